import { readScrape, RECEIVED, shownScrape } from './gpu-scrape';

const GR = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE';
const UTIL = 'DCGM_FI_DEV_GPU_UTIL';
const POWER = 'DCGM_FI_DEV_POWER_USAGE';
const ENERGY = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION';

describe('One scrape of a GPU', () => {
  it('is one sample of all its quantities, at the time of receipt', () => {
    const labels = 'gpu="0",UUID="GPU-a1",device="nvidia0",modelName="NVIDIA H100",hostname="node-1"';
    const pod = 'container="main",namespace="ml",pod="train-0",pod_uid="7f-1"';
    const { samples, accepted, dropped, issues, ignored } = readScrape([
      `${GR}{${labels},${pod}} 0.25`,
      `${UTIL}{${labels},${pod}} 90`,
      `${POWER}{${labels},${pod}} 431.5`,
      `${ENERGY}{${labels},${pod}} 55491669881`,
      `DCGM_FI_DEV_FB_USED{${labels},${pod}} 1024`,
      'go_goroutines 12',
    ]);
    expect(samples).toEqual([
      {
        host: 'node-1',
        device: { uuid: 'GPU-a1', instance: '' },
        at: RECEIVED,
        holdsMs: 60_000,
        activityPpm: 250_000,
        signal: 'gr_engine',
        powerMilliwatts: 431_500,
        energyMillijoules: 55_491_669_881,
        pods: [{ uid: '7f-1', namespace: 'ml', name: 'train-0' }],
        model: 'NVIDIA H100',
        profile: null,
      },
    ]);
    expect({ accepted, dropped, issues, ignored }).toEqual({ accepted: 4, dropped: {}, issues: [], ignored: 2 });
  });

  // prettier-ignore
  it.each([
    // what it has                 lines                                                    activity
    ['all three signals',          [`${GR}{UUID="GPU-a"} 0.5`, `${UTIL}{UUID="GPU-a"} 70`], '500000 ppm by gr_engine'],
    ['GPU_UTIL alone',             [`${UTIL}{UUID="GPU-a"} 70`],                            '700000 ppm by gpu_util'],
    ['the ratio of NVML alone',    ['nvidia_smi_utilization_gpu_ratio{uuid="a"} 0.07'],     '70000 ppm by nvml'],
    ['an unusable better signal',  [`${GR}{UUID="GPU-a"} NaN`, `${UTIL}{UUID="GPU-a"} 70`], '700000 ppm by gpu_util'],
    ['no signal',                  [`${POWER}{UUID="GPU-a"} 70`],                           'unknown'],
    ['an activity of zero',        [`${GR}{UUID="GPU-a"} -0`],                              '0 ppm by gr_engine'],
    ['an activity just over one',  [`${GR}{UUID="GPU-a"} 1.05`],                            '1000000 ppm by gr_engine'],
    ['a percentage just over 100', [`${UTIL}{UUID="GPU-a"} 100.5`],                         '1000000 ppm by gpu_util'],
  ])('with %s says so', (_, lines, activity) => {
    expect(shownScrape(lines).map((line) => line.split(', ')[1])).toEqual([activity]);
  });

  it('has no sample when nothing is known of it, not one of zeros', () => {
    expect(shownScrape([`${GR}{UUID="GPU-a"} NaN`, 'DCGM_FI_DEV_FB_USED{UUID="GPU-a"} 3'])).toEqual([]);
  });

  it('takes the averaged power where the instantaneous one is there too, in any order', () => {
    const lines = [
      'DCGM_FI_DEV_POWER_USAGE_INSTANT{UUID="GPU-a"} 300',
      'DCGM_FI_DEV_BOARD_POWER_WATTS{UUID="GPU-a"} 200',
      `${POWER}{UUID="GPU-a"} 100`,
    ];
    expect(shownScrape(lines)).toEqual(['GPU-a, unknown, 100000 mW, - mJ, []']);
    expect(shownScrape(lines.slice(0, 2))).toEqual(['GPU-a, unknown, 200000 mW, - mJ, []']);
    expect(readScrape(lines)).toMatchObject({ accepted: 1, ignored: 2, dropped: {} });
  });
});

describe('A value that is none', () => {
  // prettier-ignore
  it.each([
    // metric  value                      reason
    [GR,       'NaN',                     'nan'],
    [GR,       '+Inf',                    'out_of_range'],
    [GR,       '-Inf',                    'out_of_range'],
    [GR,       '-0.01',                   'out_of_range'],
    [GR,       '1.06',                    'out_of_range'],
    [GR,       '2147483632',              'sentinel'],
    [GR,       '2147483635',              'sentinel'],
    [GR,       '2147483700',              'sentinel'],
    [GR,       '140737488355328',         'sentinel'],
    [GR,       '140737488355331',         'sentinel'],
    [GR,       '9223372036854775792',     'sentinel'],
    [GR,       '9223372036854775794',     'sentinel'],
    [UTIL,     '100.6',                   'out_of_range'],
    [UTIL,     '-1',                      'out_of_range'],
    [UTIL,     '2147483634',              'sentinel'],
    [POWER,    '100000',                  'out_of_range'],
    [POWER,    '-0.5',                    'out_of_range'],
    [POWER,    '140737488355330.000000',  'sentinel'],
    [ENERGY,   '100000000000000000',      'out_of_range'],
    [ENERGY,   '-1',                      'out_of_range'],
    [ENERGY,   '2147483633',              'sentinel'],
    [ENERGY,   '140737488355329',         'sentinel'],
    [ENERGY,   '9223372036854775795',     'sentinel'],
    [GR,       'ERROR - FAILED TO CONVERT TO STRING', 'parse'],
    ['DCGM_FI_DEV_MEMORY_TEMP', '9223372036854775794', 'sentinel'],
  ])('is dropped and counted: %s %s is %s', (metric, value, reason) => {
    const { samples, dropped, accepted } = readScrape([`${metric}{UUID="GPU-a"} ${value}`]);
    expect({ samples, dropped, accepted }).toEqual({ samples: [], dropped: { [reason]: 1 }, accepted: 0 });
  });

  it.each([
    ['99999.999', POWER, '99999999 mW'],
    ['2147483648', ENERGY, '2147483648 mJ'],
    ['140737488355344', ENERGY, '140737488355344 mJ'],
    ['99999999999999984', ENERGY, '99999999999999980 mJ'],
  ])('is not one that is only large: %s', (value, metric, shown) => {
    expect(shownScrape([`${metric}{UUID="GPU-a"} ${value}`]).join()).toContain(shown);
  });

  it('leaves the other quantities of its device', () => {
    const lines = [`${GR}{UUID="GPU-a"} 0.5`, `${POWER}{UUID="GPU-a"} NaN`, `${ENERGY}{UUID="GPU-a"} 7`];
    expect(shownScrape(lines)).toEqual(['GPU-a, 500000 ppm by gr_engine, - mW, 7 mJ, []']);
  });

  it('is told with its place, once for many', () => {
    const { issues } = readScrape(
      [`${UTIL}{UUID="GPU-a"} 40`, `${UTIL}{UUID="GPU-b"} 140`, `${UTIL}{UUID="GPU-c"} 150`],
      {
        url: 'http://user:secret@10.0.0.7:9400/metrics?token=secret',
      },
    );
    expect(issues).toEqual([
      {
        code: 'bad_sample',
        feed: 'dcgm',
        file: '10.0.0.7:9400/metrics',
        line: 2,
        column: null,
        field: UTIL,
        value: '140',
        reason: 'The value is impossible for this metric in its unit.',
        remedy: 'Compare it with nvidia-smi; if its unit changed, add it to feeds.dcgm[].aliases with a scale.',
        count: 2,
      },
    ]);
  });
});

describe('An answer without a GPU', () => {
  it.each([
    ['nothing at all', ''],
    ['help alone', `# HELP ${GR} x\n# TYPE ${GR} gauge\n`],
    [
      "the exporter's own health",
      'nvidia_smi_failed_scrapes_total 3\nnvidia_smi_command_exit_code 1\ngo_goroutines 9\n',
    ],
    ['another exporter', 'node_boot_time_seconds{UUID="x"} 1\n'],
  ])('sees no GPU: %s', (_, body) => {
    expect(readScrape(body)).toMatchObject({ seesGpus: false, samples: [] });
  });

  it.each([
    ['one that nothing is known of', 'DCGM_FI_DEV_GPU_TEMP{UUID="GPU-a"} 30\n'],
    ['one whose values are none', `${GR}{UUID="GPU-a"} NaN\n`],
    ['one without a name', `${GR}{gpu="0"} 1\n`],
  ])('is not %s', (_, body) => {
    expect(readScrape(body)).toMatchObject({ seesGpus: true, samples: [] });
  });
});
