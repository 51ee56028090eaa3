import { every, type SampleSpec } from './store-samples';

/** Nothing to do. */
export const LOW = { ppm: 0 };

/** What a device did in the hour of noon, by its samples as they arrive: seconds after noon. */
export const ACTIVITIES: readonly [name: string, samples: readonly SampleSpec[], stretches: readonly string[]][] = [
  ['steady', every(30, [0, 120]), ['0..180 active a']],
  [
    'a gap ends a stretch when its last sample has spoken',
    [...every(30, [0, 30]), { at: 300 }],
    ['0..90 active a', '300..360 active a'],
  ],
  ['a sample that comes just as the one before falls silent', [{ at: 0 }, { at: 60 }], ['0..120 active a']],
  [
    'a sample that comes 1 s after the one before fell silent',
    [{ at: 0 }, { at: 61 }],
    ['0..60 active a', '61..121 active a'],
  ],
  ['one lost scrape', [{ at: 0 }, { at: 60 }, { at: 90 }], ['0..150 active a']],
  [
    'a shorter word replaces a longer one',
    [{ at: 0 }, { at: 10, holds: 5 }, { at: 40 }],
    ['0..15 active a', '40..100 active a'],
  ],
  [
    'a sample without activity is none: the one before goes on',
    [{ at: 0 }, { at: 30, ppm: null }, { at: 60 }],
    ['0..120 active a'],
  ],
  [
    'samples without activity do not make one speak longer',
    [{ at: 0 }, ...every(30, [30, 120], { ppm: null })],
    ['0..60 active a'],
  ],
  ['no activity at all is unobserved, not idle', every(30, [0, 120], { ppm: null }), []],
  ['one percent is idle', every(30, [0, 60], { ppm: 10_000 }), ['0..120 idle 1% a']],
  ['more than one percent is active', every(30, [0, 60], { ppm: 10_001 }), ['0..120 active 1% a']],
  ['low activity of 4 min 59 s', [...every(30, [0, 270], LOW), { at: 299 }], ['0..299 idle a', '299..359 active a']],
  ['low activity of 5 min', [...every(30, [0, 270], LOW), { at: 300 }], ['0..300 idle a', '300..360 active a']],
  ['across the border of the hour', every(30, [-90, 30]), ['-90..90 active a']],
  ['across the next border', every(30, [3_540, 3_660]), ['3540..3720 active a']],
  ['low for long before the hour: five minutes of it are seen', every(30, [-3_600, 0], LOW), ['-360..60 idle a']],
  ['low for long after the hour: five minutes of it are seen', every(30, [3_570, 7_200], LOW), ['3570..3975 idle a']],
  ['over before the hour', every(30, [-90, -60]), []],
  ['after the hour', [{ at: 3_600 }], []],
  [
    'another pod',
    [{ at: 0 }, { at: 30, pods: ['b'] }, { at: 60, pods: ['b'] }],
    ['0..30 active a', '30..120 active b'],
  ],
  [
    'pod labels flip',
    [{ at: 0 }, { at: 30, pods: [] }, { at: 60 }],
    ['0..30 active a', '30..60 active ', '60..120 active a'],
  ],
  [
    'shared by two pods, whichever is named first',
    [
      { at: 0, pods: ['a', 'b'] },
      { at: 30, pods: ['b', 'a', 'a'] },
    ],
    ['0..90 active a+b'],
  ],
  [
    'the same instant again, with another value (R36)',
    [{ at: 0 }, { at: 30, ...LOW }, { at: 30 }, { at: 0, ...LOW }],
    ['0..30 active a', '30..90 idle a'],
  ],
  ['arriving in reverse', [...every(30, [0, 120])].reverse(), ['0..180 active a']],
  ['two exporters of one GPU (R12)', [...every(30, [0, 60]), ...every(30, [15, 75])], ['0..135 active a']],
  [
    'two exporters that disagree: each speaks until the other',
    [{ at: 0 }, { at: 30 }, { at: 15, ppm: 400_000 }, { at: 45, ppm: 400_000 }],
    ['0..105 active 51% a'],
  ],
  [
    'MIG: each instance for itself, the board for none',
    [
      ...every(30, [0, 30], { ppm: null, watts: 300 }),
      ...every(30, [0, 30], { instance: '1', profile: '1g.5gb', pods: ['a'] }),
      ...every(30, [0, 30], { instance: '2', profile: '2g.10gb', pods: ['b'], ...LOW }),
    ],
    ['0..90 active a 1:1g.5gb', '0..90 idle b 2:2g.10gb'],
  ],
  [
    'MIG reconfigured: another profile begins another stretch',
    [
      { at: 0, instance: '1', profile: '1g.5gb' },
      { at: 30, instance: '1', profile: '2g.10gb' },
    ],
    ['0..30 active a 1:1g.5gb', '30..90 active a 1:2g.10gb'],
  ],
];

/** Board energy of the stretches that these samples make, in J; null where nothing tells. */
export const ENERGIES: readonly [name: string, samples: readonly SampleSpec[], joules: readonly (number | null)[]][] = [
  [
    'counted',
    [
      { at: 0, joules: 1_000 },
      { at: 30, joules: 10_000 },
      { at: 60, joules: 22_000 },
    ],
    [21_000],
  ],
  [
    'counted on a sample without activity',
    [
      { at: 0, joules: 0 },
      { at: 30, joules: 9_000, ppm: null },
      { at: 60, joules: 15_000 },
    ],
    [15_000],
  ],
  [
    'by stretch',
    [
      { at: 0, joules: 0 },
      { at: 30, joules: 9_000, ...LOW },
      { at: 60, joules: 11_000, ...LOW },
    ],
    [9_000, 2_000],
  ],
  [
    'reset: the new value is what it counted since (R37)',
    [
      { at: 0, joules: 5_000_000 },
      { at: 30, joules: 5_009_000 },
      { at: 60, joules: 6_000 },
      { at: 90, joules: 15_000 },
    ],
    [24_000],
  ],
  [
    'reset to more than a board can draw: nothing (R37)',
    [
      { at: 0, joules: 5_000_000 },
      { at: 30, joules: 5_009_000 },
      { at: 60, joules: 900_000 },
      { at: 90, joules: 909_000 },
    ],
    [18_000],
  ],
  [
    'a giant jump is not believed, power is (R37)',
    [
      { at: 0, joules: 0, watts: 300 },
      { at: 30, joules: 1e9, watts: 500 },
      { at: 60, joules: 1e9 + 9_000, watts: 500 },
    ],
    [21_000],
  ],
  [
    'a board of more than 1,000 W is believed by its power',
    [
      { at: 0, joules: 0, watts: 1_200 },
      { at: 60, joules: 140_000, watts: 1_200 },
    ],
    [140_000],
  ],
  [
    'no counter: power by trapezoid',
    [
      { at: 0, watts: 300 },
      { at: 30, watts: 500 },
      { at: 60, watts: 500 },
    ],
    [27_000],
  ],
  [
    'no counter, and the next sample comes too late',
    [
      { at: 0, watts: 300 },
      { at: 61, watts: 300 },
    ],
    [null, null],
  ],
  ['neither', every(30, [0, 60]), [null]],
  [
    'a counter over a gap: what is covered of it',
    [
      { at: 0, joules: 0 },
      { at: 120, joules: 12_000 },
    ],
    [6_000, null],
  ],
  [
    'a counter over more than five minutes',
    [
      { at: 0, joules: 0 },
      { at: 301, joules: 12_000 },
    ],
    [null, null],
  ],
  [
    'two exporters, of which one lags by 29 s of 300 W (R12)',
    [
      { at: 0, joules: 9_000 },
      { at: 1, joules: 300 },
      { at: 30, joules: 18_000 },
      { at: 31, joules: 9_300 },
      { at: 60, joules: 27_000 },
      { at: 61, joules: 18_300 },
    ],
    [18_000],
  ],
  [
    'two exporters, of which one has no counter (R12)',
    [
      { at: 0, joules: 0, watts: 300 },
      { at: 15, watts: 300 },
      { at: 30, joules: 9_000, watts: 300 },
    ],
    [9_000],
  ],
  [
    'of a MIG instance nothing tells',
    every(30, [0, 60], { instance: '3', profile: '1g.5gb', joules: 5, watts: 9 }),
    [null],
  ],
];
