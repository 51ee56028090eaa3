import { readScrape, RECEIVED } from './gpu-scrape';

const GR = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE';

describe('The time of a sample (R34)', () => {
  // prettier-ignore
  it.each([
    // what the clock did             its time                            taken at            dropped
    ['nothing: it sends no time',     null,                               RECEIVED,           {}],
    ['right',                         RECEIVED - 15_000,                  RECEIVED - 15_000,  {}],
    ['ahead within 10 minutes',       RECEIVED + 600_000,                 RECEIVED + 600_000, {}],
    ['behind within 10 minutes',      RECEIVED - 600_000,                 RECEIVED - 600_000, {}],
    ['ahead by 10 minutes and 1 ms',  RECEIVED + 600_001,                 null,               { future: 1 }],
    ['behind by 10 minutes and 1 ms', RECEIVED - 600_001,                 null,               { late: 1 }],
    ['ahead by an hour',              RECEIVED + 3_600_000,               null,               { future: 1 }],
    ['behind by an hour',             RECEIVED - 3_600_000,               null,               { late: 1 }],
    ['at zero',                       0,                                  null,               { late: 1 }],
    ['in 1970, by seconds for ms',    Math.floor(RECEIVED / 1000),        null,               { late: 1 }],
    ['in 2038',                       Date.parse('2038-01-19T03:14:08Z'), null,               { future: 1 }],
    ['in 2106',                       Date.parse('2106-02-07T06:28:16Z'), null,               { future: 1 }],
  ])('with a clock that is %s', (_, time, at, dropped) => {
    const scrape = readScrape([`${GR}{UUID="GPU-a"} 0.5${time === null ? '' : ` ${time}`}`]);
    expect(scrape.samples.map((sample) => sample.at)).toEqual(at === null ? [] : [at]);
    expect(scrape.dropped).toEqual(dropped);
    expect(scrape.issues.map(({ code }) => code)).toEqual(at === null ? ['clock_skew'] : []);
  });

  it('is in seconds in OpenMetrics, where ms would be millennia ahead', () => {
    const lines = [`${GR}{UUID="GPU-a"} 0.5 ${RECEIVED / 1000}`, `${GR}{UUID="GPU-b"} 0.5 ${RECEIVED}`, '# EOF'];
    const { samples, dropped } = readScrape(lines);
    expect(samples.map(({ at, device }) => [device.uuid, at])).toEqual([['GPU-a', RECEIVED]]);
    expect(dropped).toEqual({ future: 1 });
  });

  it('never falls into another month than the receipt by more than ten minutes', () => {
    const receivedAt = Date.parse('2026-12-01T00:00:05Z');
    const lines = [-3_600_000, -601_000, -5000, 0, 601_000].map(
      (shift, index) => `${GR}{UUID="GPU-${index}a"} 0.5 ${receivedAt + shift}`,
    );
    const times = readScrape(lines, { receivedAt }).samples.map(({ at }) => at - receivedAt);
    expect(times).toEqual([-5000, 0]);
  });
});
