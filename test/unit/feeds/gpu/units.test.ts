import { newTargetMemory } from '../../../../exporter/src/feeds/gpu/parse-gpu-scrape';
import { readScrape, shownScrape } from './gpu-scrape';

const RATIO = 'DCGM_FI_DEV_GPU_UTIL_RATIO';
const ENERGY = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION';

/** What one moment of two GPUs looks like in one era of an exporter; every era tells the same. */
// prettier-ignore
const ERAS = [
  { era: 'dcgm-exporter 1.x', lines: [
    'dcgm_gpu_utilization{UUID="GPU-a",Hostname="n",pod_name="p",pod_namespace="ml"} 37',
    'dcgm_gpu_utilization{UUID="GPU-b",Hostname="n",pod_name="",pod_namespace=""} 0',
    'dcgm_power_usage{UUID="GPU-a",Hostname="n",pod_name="p",pod_namespace="ml"} 431.500000',
    'dcgm_total_energy_consumption{UUID="GPU-a",Hostname="n",pod_name="p",pod_namespace="ml"} 55491669500',
  ] },
  { era: 'dcgm-exporter with the old namespace', lines: [
    'dcgm_gpu_utilization{uuid="GPU-a",Hostname="n",pod_name="p",pod_namespace="ml"} 37',
    'dcgm_gpu_utilization{uuid="GPU-b",Hostname="n"} 0',
    'dcgm_power_usage{uuid="GPU-a",Hostname="n",pod_name="p",pod_namespace="ml"} 431.500000',
    'dcgm_total_energy_consumption{uuid="GPU-a",Hostname="n",pod_name="p",pod_namespace="ml"} 55491669500',
  ] },
  { era: 'DCGM 2 to 4.5', lines: [
    'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a",Hostname="n",pod="p",namespace="ml"} 37',
    'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-b",Hostname="n"} 0',
    'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a",Hostname="n",pod="p",namespace="ml"} 431.500000',
    'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="GPU-a",Hostname="n",pod="p",namespace="ml"} 55491669500',
  ] },
  { era: 'DCGM 4.6, its canonical names', lines: [
    '# HELP DCGM_FI_DEV_GPU_UTIL_RATIO GPU utilization.',
    'DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-a",hostname="n",pod="p",namespace="ml"} 37',
    'DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-b",hostname="n"} 0',
    'DCGM_FI_DEV_BOARD_POWER_WATTS{UUID="GPU-a",hostname="n",pod="p",namespace="ml"} 431.5',
    'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="GPU-a",hostname="n",pod="p",namespace="ml"} 55491669500',
  ] },
  { era: 'DCGM 4.7, in base units', lines: [
    'DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-a",hostname="n",pod="p",namespace="ml"} 0.37',
    'DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-b",hostname="n"} 0',
    'DCGM_FI_DEV_BOARD_POWER_WATTS{UUID="GPU-a",hostname="n",pod="p",namespace="ml"} 431.5',
    'DCGM_FI_DEV_BOARD_ENERGY_JOULES{UUID="GPU-a",hostname="n",pod="p",namespace="ml"} 55491669.5',
  ] },
  { era: 'through Prometheus', lines: [
    'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a",Hostname="n",exported_pod="p",exported_namespace="ml",pod="x",job="d"} 37',
    'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-b",Hostname="n",pod="x",namespace="monitoring",job="d"} 0',
    'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a",Hostname="n",exported_pod="p",exported_namespace="ml",job="d"} 431.5',
    `${ENERGY}{UUID="GPU-a",Hostname="n",exported_pod="p",exported_namespace="ml",job="d"} 5.54916695e+10`,
  ] },
  { era: 'OpenMetrics', lines: [
    '# TYPE DCGM_FI_DEV_GPU_UTIL gauge',
    'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a",Hostname="n",pod="p",namespace="ml"} 37.0',
    'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-b",Hostname="n"} 0.0',
    'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a",Hostname="n",pod="p",namespace="ml"} 431.5',
    '# TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter',
    'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION_total{UUID="GPU-a",Hostname="n",pod="p",namespace="ml"} 55491669500',
    '# EOF',
  ] },
];

describe('The names and units of an era', () => {
  it.each(ERAS)('tell the same in any era: $era', ({ lines }) => {
    const { samples, dropped, issues } = readScrape(lines);
    expect(shownScrape(lines)).toEqual([
      'GPU-a, 370000 ppm by gpu_util, 431500 mW, 55491669500 mJ, [ml/p]',
      'GPU-b, 0 ppm by gpu_util, - mW, - mJ, []',
    ]);
    expect(samples.map(({ host }) => host)).toEqual(['n', 'n']);
    expect({ dropped, issues }).toEqual({ dropped: {}, issues: [] });
  });

  it.each([
    'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
    'DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO',
    'dcgm_fi_prof_gr_engine_active',
    'nvidia_smi_mig_graphics_activity_ratio',
  ])('give activity as a ratio whatever HELP says: %s', (name) => {
    const lines = [`# HELP ${name} Activity (in %).`, `${name}{UUID="GPU-a"} 0.37`];
    expect(shownScrape(lines)).toEqual(['GPU-a, 370000 ppm by gr_engine, - mW, - mJ, []']);
  });

  it.each([
    'DCGM_FI_DEV_TOTAL_ENERGY_JOULES',
    'DCGM_FI_DEV_BOARD_ENERGY_JOULES_TOTAL',
    'DCGM_FI_DEV_ENERGY_JOULES',
    'nvidia_smi_energy_joules_total',
  ])('give energy in joules where the name says so: %s', (name) => {
    expect(shownScrape([`${name}{uuid="a"} 12.345`])).toEqual(['GPU-a, unknown, - mW, 12345 mJ, []']);
  });

  it('read one of two names that say the same, the older first', () => {
    const lines = ['DCGM_FI_DEV_BOARD_POWER_WATTS{UUID="GPU-a"} 200', 'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a"} 100'];
    expect(shownScrape(lines)).toEqual(['GPU-a, unknown, 100000 mW, - mJ, []']);
  });
});

describe('GPU_UTIL_RATIO, which DCGM 4.6 gives in percent', () => {
  // prettier-ignore
  it.each([
    // what the scrape shows                      HELP            values         ppm
    ['a value over 1',                            'Utilization.', ['37', '1'],   [370_000, 10_000]],
    ['a value over 1 beside a sentinel',          'Utilization.', ['2147483634', '37'], [370_000]],
    ['a fraction',                                'Utilization.', ['0.37', '1'], [370_000, 1_000_000]],
    ['a fraction just over 1',                    'Utilization.', ['1.04'],      [1_000_000]],
    ['a fraction beside a sentinel',              'Utilization.', ['0.5', '2147483634'], [500_000]],
    ['a percent sign',                            'In %.',        ['1', '0'],    [10_000, 0]],
    ['zeros alone',                               'Utilization.', ['0', '0'],    [0, 0]],
  ])('is told by %s', (_, help, values, ppm) => {
    const lines = values.map((value, index) => `${RATIO}{UUID="GPU-${index}"} ${value}`);
    const { samples } = readScrape([`# HELP ${RATIO} ${help}`, ...lines]);
    expect(samples.map(({ activityPpm }) => activityPpm)).toEqual(ppm);
  });

  it('is not guessed from ones alone: it could be 1 % or 100 %', () => {
    const { samples, dropped, issues } = readScrape([`${RATIO}{UUID="GPU-a"} 1`, `${RATIO}{UUID="GPU-b"} 0`]);
    expect(samples.map(({ device, activityPpm }) => [device.uuid, activityPpm])).toEqual([['GPU-b', 0]]);
    expect(dropped).toEqual({ unknown_unit: 1 });
    expect(issues).toMatchObject([{ code: 'unknown_unit', field: RATIO, line: 1, value: '1' }]);
  });

  // prettier-ignore
  it.each([
    // scrape after scrape                         the ppm of each
    ['percent stays',           ['37', '1', '0', '1'],    [370_000, 10_000, 0, 10_000]],
    ['a ratio stays',           ['0.37', '1', '0', '1'],  [370_000, 1_000_000, 0, 1_000_000]],
    ['an upgrade shows',        ['37', '1', '0.5', '1'],  [370_000, 10_000, 500_000, 1_000_000]],
    ['a downgrade shows',       ['0.5', '1', '50', '1'],  [500_000, 1_000_000, 500_000, 10_000]],
    ['unknown until it shows',  ['1', '37', '1'],         [null, 370_000, 10_000]],
  ])('is remembered for its target: %s', (_, values, ppm) => {
    const memory = newTargetMemory();
    const seen = values.map((value) => readScrape([`${RATIO}{UUID="GPU-a"} ${value}`], { memory }).samples[0]);
    expect(seen.map((sample) => sample?.activityPpm ?? null)).toEqual(ppm);
  });

  it('is not remembered for another target', () => {
    readScrape([`${RATIO}{UUID="GPU-a"} 37`], { memory: newTargetMemory() });
    expect(readScrape([`${RATIO}{UUID="GPU-a"} 1`], { memory: newTargetMemory() }).samples).toEqual([]);
  });
});

describe('A name that nobody knows', () => {
  it.each(['DCGM_FI_DEV_ENERGY_CONSUMPTION_TOTAL', 'DCGM_FI_DEV_MODULE_ENERGY_JOULES', 'nvidia_smi_energy_used'])(
    'is asked for when it looks like energy, never guessed: %s',
    (name) => {
      const { samples, dropped, issues } = readScrape([`${name}{UUID="GPU-a"} 5`, `${name}{UUID="GPU-b"} 6`]);
      expect(samples).toEqual([]);
      expect(dropped).toEqual({ unknown_unit: 2 });
      expect(issues).toMatchObject([{ code: 'unknown_unit', field: name, line: 1, value: '5', count: 2 }]);
      expect(issues[0]!.remedy).toContain('alias');
    },
  );

  it("is no concern of ours when it is another exporter's", () => {
    expect(readScrape(['node_energy_joules{UUID="x"} 5'])).toMatchObject({ dropped: {}, ignored: 1, issues: [] });
  });
});

describe('An alias of the user', () => {
  // prettier-ignore
  it.each([
    // name                        quantity     scale  value     read as
    ['DCGM_FI_DEV_ENERGY_USED',    'energy',    0.001, '12345',  'GPU-a, unknown, - mW, 12345 mJ, []'],
    ['my_gpu_busy_percent',        'gpu_util',  0.01,  '37',     'GPU-a, 370000 ppm by gpu_util, - mW, - mJ, []'],
    ['my_gpu_busy',                'gr_engine', 1,     '0.37',   'GPU-a, 370000 ppm by gr_engine, - mW, - mJ, []'],
    ['slurm_job_power_gpu',        'power',     0.001, '250000', 'GPU-a, unknown, 250000 mW, - mJ, []'],
    ['DCGM_FI_DEV_GPU_UTIL_RATIO', 'gpu_util',  0.01,  '1',      'GPU-a, 10000 ppm by gpu_util, - mW, - mJ, []'],
  ] as const)('adds or overrules a name: %s', (name, quantity, scale, value, shown) => {
    const aliases = [{ name, quantity, scale }];
    expect(shownScrape([`${name}{UUID="GPU-a"} ${value}`], { aliases })).toEqual([shown]);
    expect(readScrape([`${name}{UUID="GPU-a"} ${value}`], { aliases })).toMatchObject({ seesGpus: true, issues: [] });
  });

  it('wins over a built-in name for the same quantity', () => {
    const lines = ['DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a"} 100', 'my_power{UUID="GPU-a"} 200'];
    const aliases = [{ name: 'my_power', quantity: 'power', scale: 1 }] as const;
    expect(shownScrape(lines, { aliases })).toEqual(['GPU-a, unknown, 200000 mW, - mJ, []']);
  });

  it('with a scale that makes no sense gives no value', () => {
    const aliases = [{ name: 'my_power', quantity: 'power', scale: NaN }] as const;
    expect(readScrape(['my_power{UUID="GPU-a"} 5'], { aliases }).dropped).toEqual({ out_of_range: 1 });
  });
});
