/** What decides which things keep series of their own. */
export type Ranking<Item> = {
  /** One text a thing, never shared by two. */
  readonly textOf: (item: Item) => string;
  readonly isLive: (item: Item) => boolean;
  /** All that it cost so far, 10⁻¹². */
  readonly lifetimeOf: (item: Item) => bigint;
  /** True of a thing whose name is that of the sum; it always folds. */
  readonly isReserved: (item: Item) => boolean;
};

type Ranked<Item> = { readonly item: Item; readonly text: string; readonly rank: number };

/**
 * Gives at most `max` things series of their own. Live ones come first; a thing keeps its slot while it is there;
 * of the ended ones the cheapest fold first.
 */
export class Slots<Item> {
  readonly #max: number;
  readonly #ranking: Ranking<Item>;
  #kept: ReadonlySet<string> = new Set();

  constructor(max: number, ranking: Ranking<Item>) {
    this.#max = max;
    this.#ranking = ranking;
  }

  assign(items: readonly Item[]): { shown: Item[]; folded: Item[] } {
    const { isReserved } = this.#ranking;
    const ranked = items.map((item) => this.#rank(item));
    if (items.length > this.#max) ranked.sort((a, b) => a.rank - b.rank || this.#byCost(a, b) || byText(a, b));
    const named = ranked.filter(({ item }) => !isReserved(item));
    const shown = named.slice(0, this.#max);
    this.#kept = new Set(shown.map(({ text }) => text));
    const folded = [...named.slice(this.#max), ...ranked.filter(({ item }) => isReserved(item))];
    return { shown: shown.map(({ item }) => item), folded: folded.map(({ item }) => item) };
  }

  #rank(item: Item): Ranked<Item> {
    const text = this.#ranking.textOf(item);
    return { item, text, rank: (this.#ranking.isLive(item) ? 0 : 2) + (this.#kept.has(text) ? 0 : 1) };
  }

  #byCost(a: Ranked<Item>, b: Ranked<Item>): number {
    const [left, right] = [this.#ranking.lifetimeOf(a.item), this.#ranking.lifetimeOf(b.item)];
    return left === right ? 0 : left > right ? -1 : 1;
  }
}

const byText = (a: { text: string }, b: { text: string }): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
