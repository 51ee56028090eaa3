import fc from 'fast-check';
import { OPCODE_NAMES } from '../../../../exporter/src/feeds/metaflow/pickle-opcodes';
import { readPickle } from '../../../../exporter/src/feeds/metaflow/pickle';
import { PICKLE_LIMITS } from '../../../../exporter/src/feeds/metaflow/pickle-limits';
import pickles from '../../../fixtures/metaflow/pickles.json';

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const reasonOf = (hex: string): string => {
  const reading = readPickle(bytesOf(hex));
  return 'refused' in reading ? reading.refused : `read ${JSON.stringify(reading.value)}`;
};

describe('The pickle reader', () => {
  it.each(pickles.read)('reads what Python wrote: $name', ({ hex, value }) => {
    expect(JSON.parse(JSON.stringify(readPickle(bytesOf(hex))))).toEqual({ value });
  });

  it.each(pickles.refused)('refuses what is not plain data: $name', ({ hex, reason }) => {
    expect(reasonOf(hex)).toContain(reason);
  });

  it.each([
    ['4a ffffffff', -1],
    ['4b ff', 255],
    ['4d 0100', 1],
    ['8a 00', 0],
    ['8a 01 80', -128],
    ['8a 02 ff00', 255],
    ['8b 01000000 7f', 127],
    ['47 3fe0000000000000', 0.5],
    ['47 7ff8000000000000', 'NaN'],
    ['4e', null],
    ['88', true],
    ['89', false],
    ['8c 02 6869', 'hi'],
    ['58 02000000 6869', 'hi'],
    ['8d 0200000000000000 6869', 'hi'],
    ['43 01 00', 'base64:AA=='],
    ['42 01000000 00', 'base64:AA=='],
    ['8e 0100000000000000 00', 'base64:AA=='],
    ['5d 4b01 61', [1]],
    ['5d 28 4b01 4b02 65', [1, 2]],
    ['28 4b01 6c', [1]],
    ['28 8c0161 4b01 64', { a: 1 }],
    ['7d 8c0161 4b01 73', { a: 1 }],
    ['7d 28 8c0161 4b01 8c0161 4b02 75', { a: 2 }],
    ['29', []],
    ['28 4b01 4b02 4b03 4b04 74', [1, 2, 3, 4]],
    ['4b01 85', [1]],
    ['4b01 4b02 86', [1, 2]],
    ['4b01 4b02 4b03 87', [1, 2, 3]],
    ['28 8c0161 71 07 68 07 74', ['a', 'a']],
    ['28 8c0161 72 07010000 6a 07010000 74', ['a', 'a']],
    ['28 8c0161 94 68 00 74', ['a', 'a']],
  ])('reads the opcode of %s', (hex, value) => {
    const reading = readPickle(bytesOf(`8002 ${hex} 2e`));
    expect(JSON.parse(JSON.stringify(reading))).toEqual({ value });
  });

  it.each([
    ['63 6f730a 73797374656d0a', 'GLOBAL'],
    ['52', 'REDUCE'],
    ['69', 'INST'],
    ['6f', 'OBJ'],
    ['62', 'BUILD'],
    ['81', 'NEWOBJ'],
    ['92', 'NEWOBJ_EX'],
    ['93', 'STACK_GLOBAL'],
    ['50', 'PERSID'],
    ['51', 'BINPERSID'],
    ['82 01', 'EXT1'],
    ['83 0100', 'EXT2'],
    ['84 01000000', 'EXT4'],
    ['97', 'NEXT_BUFFER'],
    ['ff', '0xff'],
  ])('refuses the opcode of %s by its name', (hex, name) => {
    expect(reasonOf(`8004 ${hex} 2e`)).toBe(`holds the opcode ${name}`);
  });

  it('knows no other opcode than the plain ones', () => {
    const plain = Object.entries(OPCODE_NAMES).filter(
      ([code]) => !reasonOf(`8004${Number(code).toString(16).padStart(2, '0')}`).startsWith('holds the opcode'),
    );
    expect(plain.map(([, name]) => name).sort()).toEqual(
      [
        ...['APPEND', 'APPENDS', 'BINBYTES', 'BINBYTES8', 'BINFLOAT', 'BINGET', 'BININT', 'BININT1', 'BININT2'],
        ...['BINPUT', 'BINUNICODE', 'BINUNICODE8', 'DICT', 'EMPTY_DICT', 'EMPTY_LIST', 'EMPTY_TUPLE', 'FRAME'],
        ...['LIST', 'LONG1', 'LONG4', 'LONG_BINGET', 'LONG_BINPUT', 'MARK', 'MEMOIZE', 'NEWFALSE', 'NEWTRUE', 'NONE'],
        ...['SETITEM', 'SETITEMS', 'SHORT_BINBYTES', 'SHORT_BINUNICODE', 'STOP'],
        ...['TUPLE', 'TUPLE1', 'TUPLE2', 'TUPLE3'],
      ].sort(),
    );
  });

  it.each([
    ['nothing', '', 'is cut off'],
    ['no end', '8004 4e', 'is cut off'],
    ['half an integer', '8004 4a 0000', 'is cut off'],
    ['half a text', '8004 8c 05 6869', 'is cut off'],
    ['a text of 4 GiB', '8004 58 ffffffff', 'is cut off'],
    ['a text of 16 EiB', '8004 8d ffffffffffffffff', 'is cut off'],
    ['a frame longer than the file', '8004 95 ff00000000000000 4e 2e', 'is cut off inside a frame'],
    ['an integer of 2000 bytes', `8004 8b d0070000 ${'01'.repeat(2000)} 2e`, 'holds an integer of 2000 bytes'],
    ['protocol 6', '8006 4e 2e', 'has protocol 6'],
    ['an end without a value', '8004 2e', 'takes a value from an empty stack'],
    ['a value behind a mark', '8004 4b01 28 2e', 'takes a value from an empty stack'],
    ['a list without a mark', '8004 4b01 6c 2e', 'goes back to a mark that is not there'],
    ['an item for no list', '8004 4b01 4b02 61 2e', 'appends to something that is no list'],
    ['an item for no dictionary', '8004 5d 4b01 4b02 73 2e', 'sets an item of something that is no dictionary'],
    ['a key without a value', '8004 7d 28 4b01 75 2e', 'sets a key without a value'],
    ['a memo never set', '8004 68 09 2e', 'recalls memo 9, which was never set'],
  ])('refuses a damaged pickle: %s', (_name, hex, reason) => {
    expect(reasonOf(hex)).toContain(reason);
  });

  it('refuses a pickle larger than its limit before it looks inside', () => {
    const bytes = bytesOf('8004 4e 2e');
    expect(readPickle(bytes, { ...PICKLE_LIMITS, bytes: 3 })).toEqual({ refused: 'is larger than 3 bytes' });
    expect(readPickle(bytes, { ...PICKLE_LIMITS, bytes: 4 })).toEqual({ value: null });
  });

  it('refuses one long text that is meant many times', () => {
    const text = '61'.repeat(255);
    const reading = readPickle(bytesOf(`8004 28 8cff${text} 94 ${'6800'.repeat(99)} 74 2e`), {
      ...PICKLE_LIMITS,
      characters: 25_499,
    });
    expect(reading).toEqual({ refused: 'holds more than 25499 characters' });
  });

  it.each([
    ['empty dictionaries', '7d', 'makes more than 20 values'],
    ['empty lists', '5d', 'makes more than 20 values'],
    ['marks', '28', 'makes more than 10 marks'],
    ['memories of one value', '94', 'makes more than 20 memos'],
    ['recollections of one value', '6800', 'makes more than 20 values'],
  ])('refuses %s without end before they are made, cut off as they are', (_name, hex, reason) => {
    const bytes = bytesOf(`8004 4e 94 ${hex.repeat(22)}`);
    expect(readPickle(bytes, { ...PICKLE_LIMITS, items: 10 })).toEqual({ refused: reason });
  });

  it('reads as many items as its limit allows, in a dictionary as well', () => {
    const items = Array.from({ length: 9 }, (_, index) => `8c01${(0x61 + index).toString(16)}4b01`).join('');
    const bytes = bytesOf(`8004 7d 28 ${items} 75 2e`);
    expect(Object.keys(readPickle(bytes, { ...PICKLE_LIMITS, items: 10 }))).toEqual(['value']);
    expect(readPickle(bytes, { ...PICKLE_LIMITS, items: 9 })).toEqual({ refused: 'makes more than 18 values' });
  });

  it('answers every byte sequence with plain data or a refusal', () => {
    const opcode = fc.constantFrom(...Object.keys(OPCODE_NAMES).map(Number), 0, 1, 2, 3, 0x61);
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(opcode, { maxLength: 200 }));
    const answered = { value: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(2, 3, 4, 5), bytes, (protocol, body) => {
        const reading = readPickle(Uint8Array.from([0x80, protocol, ...body, 0x2e]));
        answered['value' in reading ? 'value' : 'refused'] += 1;
        if ('value' in reading) JSON.stringify(reading.value);
      }),
      { numRuns: 5000 },
    );
    expect(answered.value).toBeGreaterThan(5);
    expect(answered.refused).toBeGreaterThan(50);
  });

  it('answers every damaged copy of a real pickle', () => {
    const whole = bytesOf(pickles.read[pickles.read.length - 1]!.hex);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        return Object.keys(readPickle(damaged.subarray(0, length))).length === 1;
      }),
      { numRuns: 3000 },
    );
  });
});
