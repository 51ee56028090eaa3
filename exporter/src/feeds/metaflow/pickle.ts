import type { PlainValue } from '../../facts/run';
import { PickleBytes } from './pickle-bytes';
import { ConstructedDict, type Constructed, toPlainValue } from './pickle-plain';
import { OPCODE_NAMES } from './pickle-opcodes';
import { PICKLE_LIMITS, type PickleLimits } from './pickle-limits';
import { PickleRefusal } from './pickle-refusal';

/** Plain data, or the one sentence that says why the pickle was refused. */
export type PickleReading = { readonly value: PlainValue } | { readonly refused: string };

/**
 * Reads plain data out of a pickle of protocol 2–5 and executes nothing: an opcode that is not on the list of plain
 * ones is refused by its name. Tuples become lists, bytes `base64:…`, integers beyond 2⁵³ and non-finite floats text.
 */
export function readPickle(bytes: Uint8Array, limits: PickleLimits = PICKLE_LIMITS): PickleReading {
  try {
    if (bytes.length > limits.bytes) throw new PickleRefusal(`is larger than ${limits.bytes} bytes`);
    return { value: toPlainValue(new PlainUnpickler(bytes, limits).run(), limits) };
  } catch (error) {
    if (error instanceof PickleRefusal) return { refused: error.message };
    throw error;
  }
}

const PROTO = 0x80;
const STOP = 0x2e;
/** An item of a dictionary is a key and a value on the stack, and one value in the end. */
const STACKED_FOR_ONE_VALUE = 2;
type Step = (unpickler: PlainUnpickler, input: PickleBytes) => void;

class PlainUnpickler {
  private readonly input: PickleBytes;
  private stack: Constructed[] = [];
  private readonly marked: Constructed[][] = [];
  private readonly memo = new Map<number, Constructed>();
  private readonly made = { values: 0, marks: 0, memos: 0 };

  constructor(
    bytes: Uint8Array,
    private readonly limits: PickleLimits,
  ) {
    this.input = new PickleBytes(bytes);
  }

  run(): Constructed {
    if (this.input.byte() !== PROTO) throw new PickleRefusal('does not begin with a protocol of 2 to 5');
    const protocol = this.input.byte();
    if (protocol < 2 || protocol > 5) throw new PickleRefusal(`has protocol ${protocol}, not one of 2 to 5`);
    for (;;) {
      const opcode = this.input.byte();
      if (opcode === STOP) return this.pop();
      const step = PLAIN_STEPS[opcode];
      if (!step) throw new PickleRefusal(`holds the opcode ${OPCODE_NAMES[opcode] ?? `0x${opcode.toString(16)}`}`);
      step(this, this.input);
    }
  }

  push(value: Constructed): void {
    this.count('values', STACKED_FOR_ONE_VALUE * this.limits.items);
    this.stack.push(value);
  }

  pop(): Constructed {
    if (this.stack.length === 0) throw new PickleRefusal('takes a value from an empty stack');
    return this.stack.pop()!;
  }

  mark(): void {
    this.count('marks', this.limits.items);
    this.marked.push(this.stack);
    this.stack = [];
  }

  popToMark(): Constructed[] {
    const values = this.stack;
    const below = this.marked.pop();
    if (!below) throw new PickleRefusal('goes back to a mark that is not there');
    this.stack = below;
    return values;
  }

  popTuple(length: number): void {
    const values = Array.from({ length }, () => this.pop());
    this.push(values.reverse());
  }

  append(values: readonly Constructed[]): void {
    const list = this.stack[this.stack.length - 1];
    if (!Array.isArray(list)) throw new PickleRefusal('appends to something that is no list');
    for (const value of values) list.push(value);
  }

  setItems(values: readonly Constructed[]): void {
    const dict = this.stack[this.stack.length - 1];
    if (!(dict instanceof ConstructedDict)) throw new PickleRefusal('sets an item of something that is no dictionary');
    dict.setItems(values);
  }

  remember(index: number = this.memo.size): void {
    this.count('memos', STACKED_FOR_ONE_VALUE * this.limits.items);
    const value = this.stack[this.stack.length - 1];
    if (value === undefined) throw new PickleRefusal('takes a value from an empty stack');
    this.memo.set(index, value);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleRefusal(`recalls memo ${index}, which was never set`);
    this.push(value);
  }

  /** Refuses while the pickle is read: a few bytes can ask for millions of containers. */
  private count(what: 'values' | 'marks' | 'memos', most: number): void {
    this.made[what] += 1;
    if (this.made[what] > most) throw new PickleRefusal(`makes more than ${most} ${what}`);
  }
}

const PLAIN_STEPS: { readonly [opcode: number]: Step } = {
  0x95: (_, input) => input.skipFrame(),
  0x28: (unpickler) => unpickler.mark(),
  0x4e: (unpickler) => unpickler.push(null),
  0x88: (unpickler) => unpickler.push(true),
  0x89: (unpickler) => unpickler.push(false),
  0x4a: (unpickler, input) => unpickler.push(input.int32()),
  0x4b: (unpickler, input) => unpickler.push(input.byte()),
  0x4d: (unpickler, input) => unpickler.push(input.uint16()),
  0x8a: (unpickler, input) => unpickler.push(input.long(input.byte())),
  0x8b: (unpickler, input) => unpickler.push(input.long(input.uint32())),
  0x47: (unpickler, input) => unpickler.push(input.float64()),
  0x8c: (unpickler, input) => unpickler.push(input.text(input.byte())),
  0x58: (unpickler, input) => unpickler.push(input.text(input.uint32())),
  0x8d: (unpickler, input) => unpickler.push(input.text(input.uint64())),
  0x43: (unpickler, input) => unpickler.push(input.base64(input.byte())),
  0x42: (unpickler, input) => unpickler.push(input.base64(input.uint32())),
  0x8e: (unpickler, input) => unpickler.push(input.base64(input.uint64())),
  0x5d: (unpickler) => unpickler.push([]),
  0x6c: (unpickler) => unpickler.push(unpickler.popToMark()),
  0x61: (unpickler) => unpickler.append([unpickler.pop()]),
  0x65: (unpickler) => unpickler.append(unpickler.popToMark()),
  0x7d: (unpickler) => unpickler.push(new ConstructedDict()),
  0x64: (unpickler) => {
    const values = unpickler.popToMark();
    unpickler.push(new ConstructedDict());
    unpickler.setItems(values);
  },
  0x73: (unpickler) => {
    const value = unpickler.pop();
    unpickler.setItems([unpickler.pop(), value]);
  },
  0x75: (unpickler) => unpickler.setItems(unpickler.popToMark()),
  0x29: (unpickler) => unpickler.push([]),
  0x74: (unpickler) => unpickler.push(unpickler.popToMark()),
  0x85: (unpickler) => unpickler.popTuple(1),
  0x86: (unpickler) => unpickler.popTuple(2),
  0x87: (unpickler) => unpickler.popTuple(3),
  0x68: (unpickler, input) => unpickler.recall(input.byte()),
  0x6a: (unpickler, input) => unpickler.recall(input.uint32()),
  0x71: (unpickler, input) => unpickler.remember(input.byte()),
  0x72: (unpickler, input) => unpickler.remember(input.uint32()),
  0x94: (unpickler) => unpickler.remember(),
};
