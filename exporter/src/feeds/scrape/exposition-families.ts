import type { Family, Sample } from './exposition';

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped', 'unknown', 'info', 'stateset', 'gaugehistogram'];

/** Sample names that belong to a family of another name: its type allows the suffix. */
const SUFFIXES: readonly { readonly suffix: string; readonly types: readonly string[] }[] = [
  { suffix: '_total', types: ['counter'] },
  { suffix: '_created', types: ['counter', 'histogram', 'summary'] },
  { suffix: '_bucket', types: ['histogram', 'gaugehistogram'] },
  { suffix: '_sum', types: ['histogram', 'summary'] },
  { suffix: '_count', types: ['histogram', 'summary'] },
  { suffix: '_gsum', types: ['gaugehistogram'] },
  { suffix: '_gcount', types: ['gaugehistogram'] },
  { suffix: '_info', types: ['info'] },
];

type Draft = { readonly name: string; type: string | null; help: string | null; readonly samples: Sample[] };

/** The families of an exposition while it is read. */
export class Families {
  private readonly byName = new Map<string, Draft>();
  private lastName = '';
  private last: Draft | null = null;

  /** How many are known, those without a sample included. */
  get size(): number {
    return this.byName.size;
  }

  /** Keeps the first HELP of a family; what a second one says is left out. */
  help(name: string, help: string): void {
    this.draftOf(name).help ??= help;
  }

  /** Keeps the first TYPE of a family; the answer says what is wrong with this one, if anything. */
  type(name: string, type: string): string | null {
    if (!TYPES.includes(type)) return 'Its TYPE is none.';
    const draft = this.draftOf(name);
    if (draft.type !== null && draft.type !== type) return 'Its family has another TYPE already.';
    draft.type = type;
    this.last = null;
    return null;
  }

  /** Puts a sample into its family: the one of its name, or the one whose type allows its suffix. */
  add(sample: Sample): void {
    if (this.last === null || sample.name !== this.lastName) {
      this.last = this.byName.get(sample.name) ?? this.suffixedFamily(sample.name) ?? this.draftOf(sample.name);
      this.lastName = sample.name;
    }
    this.last.samples.push(sample);
  }

  /** All of them, in the order in which the body named them. */
  all(): ReadonlyMap<string, Family> {
    return this.byName;
  }

  private draftOf(name: string): Draft {
    const known = this.byName.get(name);
    if (known) return known;
    const draft: Draft = { name, type: null, help: null, samples: [] };
    this.byName.set(name, draft);
    return draft;
  }

  private suffixedFamily(name: string): Draft | undefined {
    for (const { suffix, types } of SUFFIXES) {
      if (!name.endsWith(suffix)) continue;
      const family = this.byName.get(name.slice(0, -suffix.length));
      if (family?.type && types.includes(family.type)) return family;
    }
    return undefined;
  }
}
