/** Values of labels or annotations of one object, by name without prefix, as the source spells it. */
export type NamedValues = { readonly [name: string]: string };

/**
 * The label names that kube-state-metrics 2 gives to these Kubernetes keys: other characters than [a-zA-Z0-9_] become
 * `_`, camelCase becomes snake_case, and all keys that would share a name get `_conflict1`, `_conflict2`, … in the
 * order of the keys (its `internal/store/utils.go`).
 */
export function ksmNames(keys: readonly string[], prefix: 'label' | 'annotation'): ReadonlyMap<string, string> {
  const sorted = [...new Set(keys)].sort();
  const byName = new Map<string, string[]>();
  for (const key of sorted) {
    const name = `${prefix}_${snakeCase(plain(key))}`;
    byName.set(name, [...(byName.get(name) ?? []), key]);
  }
  const entries = [...byName].flatMap(([name, sharers]): [string, string][] =>
    sharers.map((key, index) => [key, sharers.length === 1 ? name : `${name}_conflict${index + 1}`]),
  );
  return new Map(entries);
}

/** Values that are still gathered. */
export type GatheredValues = { [name: string]: string };

/** No values yet; without a prototype, because a label may be called `__proto__`. */
export function noValues(): GatheredValues {
  return Object.create(null) as GatheredValues;
}

/** Adds to `values` those whose label names begin with the prefix, by the rest of the name; later ones win. */
export function gatherValues(values: GatheredValues, labels: ReadonlyMap<string, string>, prefix: string): void {
  for (const [label, value] of labels) {
    if (label.startsWith(prefix)) values[label.slice(prefix.length)] = value;
  }
}

/**
 * The value of a Kubernetes key in whichever spelling it arrived: of kube-state-metrics 2 (snake_case) or of those that
 * keep the case (kube-state-metrics 1, Prometheus' service discovery, dcgm-exporter). Where keys collided
 * (`_conflict1` …) there is a value only if all colliding ones agree. Null: absent. Empty text: present and empty.
 */
export function valueOf(values: NamedValues, key: string): string | null {
  const spelling = spellingsOf(key);
  const told = values[spelling.snake] ?? values[spelling.kept];
  if (told !== undefined) return told;
  const collided = Object.keys(values).filter((name) => spelling.conflict.test(name));
  const distinct = new Set(collided.map((name) => values[name]!));
  return distinct.size === 1 ? [...distinct][0]! : null;
}

/** The same, where an empty text says as little as an absent one. */
export function textOf(values: NamedValues, key: string): string | null {
  return valueOf(values, key) || null;
}

type Spellings = { readonly snake: string; readonly kept: string; readonly conflict: RegExp };
const SPELLINGS = new Map<string, Spellings>();

function spellingsOf(key: string): Spellings {
  const known = SPELLINGS.get(key);
  if (known !== undefined) return known;
  const kept = plain(key);
  const snake = snakeCase(kept);
  const spellings = { snake, kept, conflict: new RegExp(`^(${snake}|${kept})_conflict\\d+$`) };
  SPELLINGS.set(key, spellings);
  return spellings;
}

function plain(key: string): string {
  return key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}

function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
