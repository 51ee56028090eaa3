const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{3})?)?Z$/;
const AMOUNT = /^\$(\d+)(?:\.(\d{1,12}))?$/;
const DAY_MS = 86_400_000;

/** `0,2-4` as 0, 2, 3, 4. */
export function devicesOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place);
  });
}

/** 10⁻¹² dollars of `$9.588`, or null. */
export function amountOf(word: string): bigint | null {
  const [, dollars, fraction = ''] = AMOUNT.exec(word) ?? [];
  return dollars === undefined ? null : BigInt(dollars + fraction.padEnd(12, '0'));
}

/** UTC ms of `HH:MM[:SS[.mmm]]` on a day (`24:00` is its end) or of a full ISO time, or null. */
export function instantOf(word: string, day: string): number | null {
  const [, hours, minutes, seconds = '0', milliseconds = '0'] = CLOCK.exec(word) ?? [];
  if (hours !== undefined) {
    const clock = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
    const isClock = Number(minutes) < 60 && Number(seconds) < 60 && clock <= DAY_MS;
    return isClock ? Date.parse(`${day}T00:00Z`) + clock : null;
  }
  if (!ISO.test(word)) return null;
  const instant = Date.parse(word);
  const isOnItsDay = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(word.slice(0, 10));
  return isOnItsDay ? instant : null;
}
