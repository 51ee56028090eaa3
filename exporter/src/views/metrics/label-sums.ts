import type { CostByBasis } from '../../facts/published';

/** Adds things that share all their labels, exactly; `add` is given null for the first of a group. */
export function sumByLabels<Item, Labels extends Readonly<Record<string, string>>, Sum>(
  items: Iterable<Item>,
  { labels, add }: { labels: (item: Item) => Labels; add: (sum: Sum | null, item: Item) => Sum },
): { labels: Labels; sum: Sum }[] {
  const groups = new Map<string, { labels: Labels; sum: Sum }>();
  for (const item of items) {
    const itemLabels = labels(item);
    const key = JSON.stringify(Object.values(itemLabels));
    groups.set(key, { labels: itemLabels, sum: add(groups.get(key)?.sum ?? null, item) });
  }
  return [...groups.values()];
}

/** Σ of two costs, basis by basis. */
export function addCosts(a: CostByBasis | null, b: CostByBasis | null): CostByBasis | null {
  if (a === null || b === null) return a ?? b;
  return { estimated: a.estimated + b.estimated, billed: a.billed + b.billed };
}

/** Σ of two numbers of which either may be unknown; null when both are. */
export function addKnown(a: bigint | null, b: bigint | null): bigint | null;
export function addKnown(a: number | null, b: number | null): number | null;
export function addKnown(a: bigint | number | null, b: bigint | number | null): bigint | number | null {
  if (a === null || b === null) return a ?? b;
  return typeof a === 'bigint' && typeof b === 'bigint' ? a + b : Number(a) + Number(b);
}

/** All that something cost so far, 10⁻¹²; 0 where nothing of it has a price. */
export function lifetimeOf({ cost }: { readonly cost: CostByBasis | null }): bigint {
  return cost === null ? 0n : cost.estimated + cost.billed;
}
