import type { PlainValue } from '../../facts/run';
import type { PickleLimits } from './pickle-limits';
import { PickleRefusal } from './pickle-refusal';

/** What the opcodes build: containers may be shared, and may even hold themselves. */
export type Constructed = null | boolean | number | string | Constructed[] | ConstructedDict;

/** A dictionary under construction; a later entry of the same key replaces the earlier one, as in Python. */
export class ConstructedDict {
  private items: Map<string, { readonly type: string; readonly value: Constructed }> | null = null;

  /** Keys and values in the order of their first setting. */
  get entries(): readonly (readonly [string, Constructed])[] {
    return [...(this.items ?? [])].map(([key, { value }]) => [key, value]);
  }

  /** Sets alternating keys and values; two different keys that print alike are refused. */
  setItems(values: readonly Constructed[]): void {
    if (values.length % 2 !== 0) throw new PickleRefusal('sets a key without a value');
    for (let index = 0; index < values.length; index += 2) this.setItem(values[index]!, values[index + 1]!);
  }

  private setItem(key: Constructed, value: Constructed): void {
    if (typeof key === 'object' && key !== null)
      throw new PickleRefusal('has a dictionary key that is no text or number');
    const text = String(key);
    const type = typeof key;
    this.items ??= new Map();
    if ((this.items.get(text)?.type ?? type) !== type) {
      throw new PickleRefusal('has two dictionary keys that print alike');
    }
    this.items.set(text, { type, value });
  }
}

/** Writes shared parts out into a tree of plain values; throws {@link PickleRefusal} beyond `limits` and on cycles. */
export function toPlainValue(root: Constructed, limits: PickleLimits): PlainValue {
  let items = 0;
  let characters = 0;
  const countText = (text: string): void => {
    characters += text.length;
    if (characters > limits.characters) throw new PickleRefusal(`holds more than ${limits.characters} characters`);
  };
  const copy = (value: Constructed, depth: number): PlainValue => {
    items += 1;
    if (items > limits.items) throw new PickleRefusal(`holds more than ${limits.items} values`);
    if (typeof value === 'string') countText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= limits.depth) throw new PickleRefusal(`is nested more than ${limits.depth} deep`);
    if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
    const dict: { [key: string]: PlainValue } = Object.create(null) as { [key: string]: PlainValue };
    for (const [key, item] of value.entries) {
      countText(key);
      dict[key] = copy(item, depth + 1);
    }
    return dict;
  };
  return copy(root, 0);
}
