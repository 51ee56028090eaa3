import { readScrape, RECEIVED, shownScrape } from './gpu-scrape';

const GR = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE';
const UTIL = 'DCGM_FI_DEV_GPU_UTIL';
const POWER = 'DCGM_FI_DEV_POWER_USAGE';
const ENERGY = 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION';

describe('A board in MIG mode', () => {
  const slice = (id: number, profile = '1g.5gb'): string => `UUID="GPU-a",GPU_I_PROFILE="${profile}",GPU_I_ID="${id}"`;

  it('has activity for each instance, and power and energy once', () => {
    const lines = [7, 13].flatMap((id) => [
      `${GR}{${slice(id)},namespace="ml",pod="train-${id}"} 0.${id}`,
      `${POWER}{${slice(id)},namespace="ml",pod="train-${id}"} 300`,
      `${ENERGY}{${slice(id)},namespace="ml",pod="train-${id}"} 5000`,
    ]);
    expect(shownScrape(lines)).toEqual([
      'GPU-a:7 1g.5gb, 700000 ppm by gr_engine, - mW, - mJ, [ml/train-7]',
      'GPU-a:13 1g.5gb, 130000 ppm by gr_engine, - mW, - mJ, [ml/train-13]',
      'GPU-a, unknown, 300000 mW, 5000 mJ, []',
    ]);
    expect(readScrape(lines)).toMatchObject({ accepted: 4, dropped: { duplicate: 2 }, issues: [] });
  });

  it("believes the board's own power before an instance's, and calls their difference no conflict", () => {
    const lines = [`${POWER}{${slice(7)}} 290`, `${POWER}{UUID="GPU-a"} 300`];
    expect(shownScrape(lines)).toEqual(['GPU-a, unknown, 300000 mW, - mJ, []']);
    expect(readScrape(lines).dropped).toEqual({ duplicate: 1 });
  });

  it.each([
    ['on its instances', `${UTIL}{${slice(7)}} 0`],
    ['on the board', `${UTIL}{UUID="GPU-a"} 0`],
    ['from NVML', 'nvidia_smi_utilization_gpu_ratio{uuid="a"} 0'],
  ])('does not support GPU_UTIL, which is not idleness: %s', (_, line) => {
    const { samples, dropped } = readScrape([`DCGM_FI_PROF_DRAM_ACTIVE{${slice(7)}} 0.1`, line]);
    expect(samples).toEqual([]);
    expect(dropped).toEqual({ unsupported: 1 });
  });

  it('is known from nvidia_gpu_exporter too, with the profiles of its info series', () => {
    const mig = 'uuid="a",gpu_instance_id="3"';
    const lines = [
      'nvidia_smi_mig_mode_current{uuid="a"} 1',
      `nvidia_smi_mig_info{${mig},mig_uuid="MIG-1",compute_instance_id="0",profile="2g.10gb"} 1`,
      `nvidia_smi_mig_graphics_activity_ratio{${mig}} 0.5`,
      'nvidia_smi_utilization_gpu_ratio{uuid="a"} 0',
      'nvidia_smi_power_draw_watts{uuid="a"} 200',
      'nvidia_smi_energy_joules_total{uuid="a"} 1234.5',
    ];
    expect(shownScrape(lines)).toEqual([
      'GPU-a:3 2g.10gb, 500000 ppm by gr_engine, - mW, - mJ, []',
      'GPU-a, unknown, 200000 mW, 1234500 mJ, []',
    ]);
    expect(readScrape(lines).dropped).toEqual({ unsupported: 1 });
  });
});

describe('A GPU that several pods share', () => {
  const of = (pod: string, more = ''): string => `UUID="GPU-a",namespace="ml",pod="${pod}"${more}`;

  it('is one sample with all its pods, however many copies there are', () => {
    const lines = ['a', 'b', 'c'].map((pod, slot) => `${GR}{${of(pod, `,vgpu="${slot}"`)}} 0.5`);
    expect(shownScrape(lines)).toEqual(['GPU-a, 500000 ppm by gr_engine, - mW, - mJ, [ml/a ml/b ml/c]']);
    expect(readScrape(lines)).toMatchObject({ accepted: 3, dropped: {} });
  });

  it('names a pod with several slots once', () => {
    const lines = ['0', '1'].map((slot) => `${GR}{${of('a', `,pod_uid="u1",vgpu="${slot}"`)}} 0.5`);
    expect(shownScrape(lines)).toEqual(['GPU-a, 500000 ppm by gr_engine, - mW, - mJ, [ml/a#u1]']);
    expect(readScrape(lines)).toMatchObject({ accepted: 1, dropped: { duplicate: 1 } });
  });

  it('names a pod once that only some series know by its uid', () => {
    const lines = [`${GR}{${of('a')}} 0.5`, `${POWER}{${of('a', ',pod_uid="u1"')}} 100`];
    expect(shownScrape(lines)).toEqual(['GPU-a, 500000 ppm by gr_engine, 100000 mW, - mJ, [ml/a#u1]']);
  });

  it.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[1, 0, 3, 2]]])(
    'has the GPU_UTIL of the device where that of each pod stands beside it, in order %j',
    (order) => {
      const lines = [
        `${UTIL}{UUID="GPU-a"} 80`,
        `${UTIL}{${of('a', ',pod_uid="u1"')}} 50`,
        `${UTIL}{${of('b', ',pod_uid="u2"')}} 30`,
        `${UTIL}{${of('c', ',pod_uid="u3"')}} 0`,
      ];
      const { samples, dropped, accepted } = readScrape(order.map((index) => lines[index]!));
      expect(samples).toMatchObject([{ activityPpm: 800_000, signal: 'gpu_util' }]);
      expect(samples[0]!.pods.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
      expect({ dropped, accepted }).toEqual({ dropped: {}, accepted: 4 });
    },
  );
});

describe('The same series twice', () => {
  it('counts once when it says the same', () => {
    const lines = [`${GR}{UUID="GPU-a"} 0.5`, `${GR}{UUID="GPU-a"} 0.5`];
    expect(readScrape(lines)).toMatchObject({ accepted: 1, dropped: { duplicate: 1 }, issues: [] });
  });

  it('keeps its first value when it says something else, and is told of (R36)', () => {
    const lines = [`${GR}{UUID="GPU-a"} 0.5`, `${GR}{UUID="GPU-a"} 0.9`, `${GR}{UUID="GPU-a"} 0.1`];
    expect(shownScrape(lines)).toEqual(['GPU-a, 500000 ppm by gr_engine, - mW, - mJ, []']);
    expect(readScrape(lines)).toMatchObject({
      accepted: 1,
      dropped: { conflict: 2 },
      issues: [{ code: 'bad_sample', line: 2, field: GR, value: '0.9', count: 2 }],
    });
  });

  it('keeps its first value at each moment where lines carry times (R36)', () => {
    const [first, second] = [RECEIVED - 30_000, RECEIVED - 60_000];
    const { samples, dropped } = readScrape([
      `${GR}{UUID="GPU-a"} 0.5 ${first}`,
      `${GR}{UUID="GPU-a"} 0.6 ${second}`,
      `${GR}{UUID="GPU-a"} 0.7 ${first}`,
    ]);
    expect(samples.map(({ at, activityPpm }) => [at, activityPpm])).toEqual([
      [first, 500_000],
      [second, 600_000],
    ]);
    expect(dropped).toEqual({ conflict: 1 });
  });
});
