import { instantOfDate } from '../../../../exporter/src/feeds/scrape/scrape-problem';

// R34: the clock of a target is told as it is; what to make of it is decided elsewhere.
const DATES = `
  Sat, 21 Nov 2026 10:00:00 GMT   | 2026-11-21T10:00:00.000Z
  Thu, 01 Jan 1970 00:00:00 GMT   | 1970-01-01T00:00:00.000Z
  Tue, 19 Jan 2038 03:14:08 GMT   | 2038-01-19T03:14:08.000Z
  Sun, 07 Feb 2106 06:28:16 GMT   | 2106-02-07T06:28:16.000Z
  Sat, 21 Nov 2026 25:00:00 GMT   | unknown
  2026-11-21T10:00:00Z            | unknown
  1795255200                      | unknown
  yesterday                       | unknown
`;

describe('R34: a Date header', () => {
  const rows = DATES.trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string]);

  it.each(rows)('%s is %s', (header, expected) => {
    const instant = instantOfDate(header);
    expect(instant === null ? 'unknown' : new Date(instant).toISOString()).toBe(expected);
  });

  it('that is missing is unknown', () => {
    expect(instantOfDate(undefined)).toBeNull();
  });
});
