import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGpuMetric, looksLikeEnergy, MetricNames } from '../../../../exporter/src/feeds/gpu/metric-names';
import type { Exposition } from '../../../../exporter/src/feeds/scrape/exposition';
import { parseExposition } from '../../../../exporter/src/feeds/scrape/parse-exposition';
import { readScrape, RECEIVED, shownScrape } from './gpu-scrape';

/** Other people's payloads, read in place: see shared/data/telemetry/SOURCES.md for each one's origin. */
const FOLDER = join(__dirname, '../../../../../shared/data/telemetry');
const THERE = existsSync(FOLDER);
if (!THERE) process.stdout.write("Skipped: ../shared/data/telemetry, with real exporters' answers, is not here.\n");
const describeWhereThere = THERE ? describe : describe.skip;

const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

const parse = (body: string): Exposition =>
  parseExposition(body, { contentType: null, receivedAt: RECEIVED, sampleLimit: 100_000 });

/** The same file by a reader that knows only its plain lines: name, labels, value; one entry a family. */
function plainFamilies(body: string): Map<string, unknown[]> {
  const families = new Map<string, unknown[]>();
  for (const line of body.split('\n')) {
    const [, name, inside = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
    families.set(name, [...(families.get(name) ?? []), { labels, value: Number(value) }]);
  }
  return families;
}

const EXPOSITIONS = [
  { file: 'dcgm_exporter__a100_mig__nvidia_docs_excerpt.prom', families: 6, samples: 7 },
  { file: 'dcgm_exporter__a10g_ray_pod__datadog_fixture_excerpt.prom', families: 1, samples: 1 },
  { file: 'dcgm_exporter__blank_sentinel__readme.prom', families: 3, samples: 3 },
  { file: 'dcgm_exporter__h100_pod_labels__issue490_excerpt.prom', families: 1, samples: 3 },
  { file: 'dcgm_exporter__legacy_1x_empty_pod__issue188_excerpt.prom', families: 7, samples: 7 },
  { file: 'dcgm_exporter__tesla_t4__datadog_fixture.prom', families: 23, samples: 23 },
  {
    file: 'nvidia_gpu_exporter__linux-x86_64__nvidia-geforce-rtx-4080-super__595.71.05__load.metrics',
    families: 100,
    samples: 104,
  },
  { file: 'nvidia_gpu_exporter__linux-x86_64__nvidia-h200__590.48.01__load.metrics', families: 135, samples: 139 },
];

describeWhereThere('The answer of a real exporter', () => {
  it.each(EXPOSITIONS)('is read family by family, without a bad line: $file', ({ file, families, samples }) => {
    const exposition = parse(read(file));
    const found = [...exposition.families.values()].map(({ name, samples: all }) => [
      name,
      all.map(({ labels, value }) => ({ labels: [...labels], value })),
    ]);
    expect(exposition.badLines).toEqual([]);
    expect(found).toEqual([...plainFamilies(read(file))]);
    expect(found).toHaveLength(families);
    expect([...exposition.families.values()].flatMap((family) => family.samples)).toHaveLength(samples);
  });
});

describeWhereThere('The GPUs of a real answer', () => {
  // prettier-ignore
  it.each([
    ['a100_mig__nvidia_docs_excerpt', 'ub20-a100-k8s', null, { accepted: 1, ignored: 6 }, {}, [
      'GPU-34319582-d595-d1c7-d1d2-179bcfa61660:13 1g.5gb, 995687 ppm by gr_engine, - mW, - mJ, []',
    ]],
    ['a10g_ray_pod__datadog_fixture_excerpt', null, null, { accepted: 0, ignored: 1 }, {}, []],
    ['blank_sentinel__readme', null, null, { accepted: 0, ignored: 2 }, { sentinel: 1 }, []],
    ['h100_pod_labels__issue490_excerpt', 'computeinstance-e00c1p6dpy98xytphp', 'NVIDIA H100 80GB HBM3',
      { accepted: 3, ignored: 0 }, {}, [
      'GPU-8b2281de-6d3c-22ed-0ec8-d3b864870b8b, 0 ppm by gpu_util, - mW, - mJ, [default/dcgmproftester2]',
      'GPU-15338f3e-5fd9-962d-921a-979b820520f0, 0 ppm by gpu_util, - mW, - mJ, []',
      'GPU-838de0dd-3f65-636a-83e8-fcb0f9e03cd0, 0 ppm by gpu_util, - mW, - mJ, []',
    ]],
    ['legacy_1x_empty_pod__issue188_excerpt', 'dcgm-exporter-6ldbb', null, { accepted: 3, ignored: 4 }, {}, [
      'GPU-c1f38265-5e7c-0a81-14a0-240a35ea8160, 0 ppm by gpu_util, 30982 mW, 55491669881 mJ, []',
    ]],
    ['tesla_t4__datadog_fixture', '424773df46e0', 'Tesla T4', { accepted: 3, ignored: 20 }, {}, [
      'GPU-20c56d28-0da5-6d26-a36a-e7af1ce2586e, 0 ppm by gpu_util, 8969 mW, 128996013 mJ, []',
    ]],
  ] as const)('says of GPUs what dcgm-exporter means: %s', (file, host, model, counts, dropped, shown) => {
    const body = read(`dcgm_exporter__${file}.prom`);
    const scrape = readScrape(body);
    expect(shownScrape(body)).toEqual(shown);
    expect(scrape).toMatchObject({ ...counts, seesGpus: true, issues: [] });
    expect(scrape.dropped).toEqual(dropped);
    for (const sample of scrape.samples) expect(sample).toMatchObject({ host, model, at: RECEIVED, holdsMs: 60_000 });
  });

  // prettier-ignore
  it.each([
    ['nvidia-geforce-rtx-4080-super__595.71.05', 'NVIDIA GeForce RTX 4080 SUPER', 70_000,    84_240],
    ['nvidia-h200__590.48.01',                   'NVIDIA H200',                   1_000_000, 627_400],
  ])('says of GPUs what nvidia_gpu_exporter means: %s', (name, model, activityPpm, powerMilliwatts) => {
    const { samples, dropped, issues } = readScrape(read(`nvidia_gpu_exporter__linux-x86_64__${name}__load.metrics`));
    expect(samples).toEqual([
      {
        host: '10.0.0.7',
        device: { uuid: 'GPU-00000000-0000-0000-0000-000000000000', instance: '' },
        at: RECEIVED,
        holdsMs: 60_000,
        activityPpm,
        signal: 'nvml',
        powerMilliwatts,
        energyMillijoules: null,
        pods: [],
        model,
        profile: null,
      },
    ]);
    expect({ dropped, issues }).toEqual({ dropped: {}, issues: [] });
  });
});

describeWhereThere('A real answer that is damaged or in another form', () => {
  it('loses a line whose value could not be converted, and is told of its place', () => {
    const { samples, dropped, issues } = readScrape(read('dcgm_exporter__invalid_value__issue394.txt'));
    expect({ samples, dropped }).toEqual({ samples: [], dropped: { parse: 1 } });
    expect(issues).toMatchObject([
      { code: 'bad_sample', line: 1, reason: 'A line cannot be read. Its value is not a number.' },
    ]);
  });

  it.each(EXPOSITIONS)('is the same through OpenMetrics and with line ends of Windows: $file', ({ file }) => {
    const body = read(file);
    const plain = readScrape(body);
    expect(readScrape(`${body}# EOF\n`, { contentType: 'application/openmetrics-text' })).toEqual(plain);
    expect(readScrape(body.replaceAll('\n', '\r\n'))).toEqual(plain);
  });

  it.each(EXPOSITIONS)(
    'is an error or fewer samples when it is cut off anywhere, never another number: $file',
    ({ file }) => {
      const body = read(file);
      const whole = new Map(parseSeries(body));
      for (let end = 0; end < body.length; end += 97) {
        for (const [series, value] of parseSeries(body.slice(0, end))) expect(value).toBe(whole.get(series));
      }
    },
  );
});

/** Every series of a body and its value. */
function parseSeries(body: string): [string, number][] {
  return [...parse(body).families.values()].flatMap(({ samples }) =>
    samples.map(({ name, labels, value }): [string, number] => [JSON.stringify([name, ...labels]), value]),
  );
}

describeWhereThere("dcgm-exporter's own list of metrics", () => {
  const units: { readonly [text: string]: string } = {
    '(in %)': 'percent',
    '(in W)': 'watts',
    '(in mJ)': 'millijoules',
  };
  const names = new MetricNames();
  const rows = THERE
    ? read('dcgm_exporter__default-counters__4.8.2.csv')
        .split('\n')
        .map((row) => row.replace(/^# (?=DCGM_)/, '').split(','))
        .filter(([name]) => name!.startsWith('DCGM_'))
        .map(([name, , help]) => ({ name: name!.trim(), help: help!.trim() }))
    : [];

  it('holds what we need, in the units that we read it in', () => {
    const needed = rows.flatMap(({ name, help }) => {
      const meaning = names.meaningOf(name);
      const told = Object.keys(units).find((text) => help.includes(text));
      return meaning ? [[name, meaning.quantity, meaning.unit, told ? units[told] : 'ratio']] : [];
    });
    expect(rows).toHaveLength(63);
    expect(needed).toEqual([
      ['DCGM_FI_DEV_POWER_USAGE', 'power', 'watts', 'watts'],
      ['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'energy', 'millijoules', 'millijoules'],
      ['DCGM_FI_DEV_GPU_UTIL', 'gpu_util', 'percent', 'percent'],
      ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'gr_engine', 'ratio', 'ratio'],
    ]);
  });

  it('holds nothing that we would take for an unknown energy', () => {
    expect(rows.every(({ name }) => isGpuMetric(name))).toBe(true);
    expect(rows.filter(({ name }) => !names.meaningOf(name) && looksLikeEnergy(name))).toEqual([]);
  });
});
