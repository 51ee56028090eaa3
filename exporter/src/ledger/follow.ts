import type { Interval } from '../units/interval';

/**
 * Follows spans through cuts of time: for each cut, asked in order, which spans cover it, in order of their starts.
 * Every border of a span that lies inside the whole must be a border of a cut.
 */
export function follow<Item>(items: readonly Item[], spanOf: (item: Item) => Interval): (cut: Interval) => Item[] {
  const arriving = [...items].sort((a, b) => spanOf(a).start - spanOf(b).start);
  let present: Item[] = [];
  let next = 0;
  return ({ start }) => {
    const joined: Item[] = [];
    while (next < arriving.length && spanOf(arriving[next]!).start <= start) joined.push(arriving[next++]!);
    present = [...present, ...joined].filter((item) => spanOf(item).end > start);
    return present;
  };
}
