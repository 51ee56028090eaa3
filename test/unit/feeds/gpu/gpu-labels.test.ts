import { readScrape } from './gpu-scrape';

const GR = 'DCGM_FI_PROF_GR_ENGINE_ACTIVE';

describe('The device of a series', () => {
  // prettier-ignore
  it.each([
    ['its UUID',                     'UUID="GPU-8b2281de-6d3c"',                  'GPU-8b2281de-6d3c'],
    ['a lower-case label',           'uuid="GPU-8b2281de-6d3c"',                  'GPU-8b2281de-6d3c'],
    ['no prefix',                    'uuid="8b2281de-6d3c"',                      'GPU-8b2281de-6d3c'],
    ['upper-case digits',            'UUID="gpu-8B2281DE-6D3C"',                  'GPU-8b2281de-6d3c'],
  ])('is known by %s', (_, labels, uuid) => {
    expect(readScrape([`${GR}{${labels}} 1`]).samples.map(({ device }) => device)).toEqual([{ uuid, instance: '' }]);
  });

  it.each(['gpu="0"', 'UUID=""', 'UUID="GPU-"', 'uuid=" "'])(
    'is unknown, dropped and told without a UUID: %s',
    (labels) => {
      const { samples, dropped, issues } = readScrape([`${GR}{${labels}} 1`, `${GR}{UUID="GPU-b"} 1`]);
      expect(samples).toHaveLength(1);
      expect(dropped).toEqual({ missing_uuid: 1 });
      expect(issues).toMatchObject([{ code: 'bad_sample', line: 1, field: GR, count: 1 }]);
    },
  );

  // prettier-ignore
  it.each([
    // label                    configured  address                               host
    ['Hostname="node-1"',       null,       'http://10.0.0.7:9400/metrics',       'node-1'],
    ['hostname="node-1"',       null,       'http://10.0.0.7:9400/metrics',       'node-1'],
    ['Hostname="424773df46e0"', 'node-2',   'http://10.0.0.7:9400/metrics',       'node-2'],
    ['Hostname=""',             'node-2',   'http://10.0.0.7:9400/metrics',       'node-2'],
    ['gpu="0"',                 null,       'http://gpu-box:9400/metrics',        'gpu-box'],
    ['gpu="0"',                 null,       'http://[fd00::7]:9400/metrics',      'fd00::7'],
  ])('stands in a host: %s, configured %s, at %s', (label, host, url, expected) => {
    const { samples } = readScrape([`${GR}{UUID="GPU-a",${label}} 1`], { host, url });
    expect(samples.map((sample) => sample.host)).toEqual([expected]);
  });

  it('may be of a model that nobody has heard of', () => {
    const { samples } = readScrape([`${GR}{UUID="GPU-a",modelName="NVIDIA Z9000"} 1`]);
    expect(samples).toMatchObject([{ model: 'NVIDIA Z9000', activityPpm: 1_000_000 }]);
  });

  it('has its model from the info series of nvidia_gpu_exporter', () => {
    const lines = ['nvidia_smi_utilization_gpu_ratio{uuid="a"} 1', 'nvidia_smi_gpu_info{uuid="a",name="RTX"} 1'];
    expect(readScrape(lines)).toMatchObject({ samples: [{ model: 'RTX' }], accepted: 2 });
  });
});

describe('The pod of a series', () => {
  const plain = 'namespace="monitoring",pod="dcgm-exporter-6ldbb",container="exporter"';
  const target = 'instance="10.0.0.7:9400",job="dcgm"';
  const exported = 'exported_namespace="ml",exported_pod="train-0",exported_container="main"';
  // prettier-ignore
  it.each([
    // case                            labels                                                    honoredpods
    ['direct scrape',                  'namespace="ml",pod="train-0",container="main"',          false, 'ml/train-0'],
    ['direct scrape with a uid',       'namespace="ml",pod="train-0",pod_uid="u"',               false, 'ml/train-0#u'],
    ['dcgm-exporter 1.x',              'pod_namespace="ml",pod_name="train-0"',                  false, 'ml/train-0'],
    ['unallocated GPU',                'gpu="0"',                                                false, ''],
    ['empty texts of older builds',    'namespace="",pod="",container=""',                       false, ''],
    ['behind Prometheus',              `${plain},${exported},${target}`,                         false, 'ml/train-0'],
    ['behind Prometheus with a uid',   `${plain},${exported},pod_uid="u"`,                       false, 'ml/train-0#u'],
    ['behind Prometheus, honored',     `namespace="ml",pod="train-0",${target}`,                 true,  'ml/train-0'],
    ['behind Prometheus, not honored', `namespace="ml",pod="train-0",${target}`,                 false, ''],
    ['behind Prometheus, unallocated', `${plain},${target}`,                                     false, ''],
    ['honored, the exporter itself',   `${plain},${target}`,                                     true,  ''],
    ['the pod of its instance',        'namespace="ml",pod="gpus-1",instance="gpus-1:9400"',     true,  ''],
    ['the pod of its hostname',        'namespace="ml",pod="metrics-1",Hostname="metrics-1"',    false, ''],
    ['half an exported set',           'exported_pod="train-0",namespace="monitoring"',          false, ''],
    ['another half of a set',          'exported_container="main",namespace="ml",pod="train-0"', true,  ''],
    ['an empty exported set',          'exported_pod="",namespace="ml",pod="train-0"',           false, 'ml/train-0'],
    ['a pod without its namespace',    'pod="train-0"',                                          false, ''],
  ])('is read: %s', (_, labels, honorLabels, pods) => {
    const { samples } = readScrape([`${GR}{UUID="GPU-a",${labels}} 1`], { honorLabels });
    const named = samples[0]!.pods.map(({ uid, namespace, name }) => `${namespace}/${name}${uid ? `#${uid}` : ''}`);
    expect(named.join(' ')).toBe(pods);
  });
});
