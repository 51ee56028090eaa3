import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePriceTable } from '../../../../exporter/src/feeds/prices/parse';
import { BUILT_IN_TABLES, readBuiltInPrices } from '../../../../exporter/src/feeds/prices/read';
import { printDecimal } from '../../../../exporter/src/units/decimal';

const PUBLISHED = join(__dirname, '../../../../../shared/data/billing/prices');
const FILES = [
  { file: 'aws_ec2_ondemand_linux_us-east-1_2026-07-20.csv', provider: 'aws', type: 0, kind: null, price: 1 },
  { file: 'azure_vm_ondemand_eastus_gpu_2026-06-18.csv', provider: 'azure', type: 0, kind: null, price: 1 },
  { file: 'gcp_vm_us-central1_gpu_2026-08-03.csv', provider: 'gcp', type: 0, kind: 1, price: 2 },
];

const { listPrices, instanceTypes } = readBuiltInPrices();

describe('the built-in price tables', () => {
  // prettier-ignore
  test.each([
    // provider  region           as of         on demand  spot  types  GPU count known
    ['aws',      'us-east-1',     '2026-07-20', 1367,      0,    1369,  1354],
    ['azure',    'eastus',        '2026-06-18', 77,        0,    77,    25],
    ['gcp',      'us-central1',   '2026-08-03', 28,        28,   28,    21],
  ])('hold every published row of %s in %s', (provider, region, asOf, onDemand, spot, types, counted) => {
    const prices = listPrices.filter((row) => row.provider === provider);
    expect(new Set(prices.map((row) => `${row.region} ${row.asOf}`))).toEqual(new Set([`${region} ${asOf}`]));
    expect(prices.filter(({ kind }) => kind === 'on_demand')).toHaveLength(onDemand);
    expect(prices.filter(({ kind }) => kind === 'spot')).toHaveLength(spot);
    const own = instanceTypes.filter((row) => row.provider === provider);
    expect(own).toHaveLength(types);
    expect(own.filter(({ gpus }) => gpus !== null)).toHaveLength(counted);
  });

  // prettier-ignore
  test.each([
    // type                      kind         $/h                 GPUs   model
    ['p3.8xlarge',               'on_demand', '12.24',            4n,    'NVIDIA V100'],
    ['p5.48xlarge',              'on_demand', '55.04',            8n,    'NVIDIA H100'],
    ['g4dn.xlarge',              'on_demand', '0.526',            1n,    'NVIDIA T4'],
    ['m5.large',                 'on_demand', '0.096',            0n,    null],
    ['g6f.large',                'on_demand', '0.202',            null,  'NVIDIA L4'],
    ['Standard_ND96isr_H100_v5', 'on_demand', '98.32',            8n,    'NVIDIA H100'],
    ['Standard_NC12_Promo',      'on_demand', '0.792',            null,  null],
    ['a3-highgpu-8g',            'on_demand', '88.4899999025753', 8n,    'NVIDIA H100'],
    ['a3-highgpu-8g',            'spot',      '50.6095408219178', 8n,    'NVIDIA H100'],
  ])('list %s %s at %s', (name, kind, price, gpus, gpuModel) => {
    const row = listPrices.find((listed) => listed.instanceType === name && listed.kind === kind);
    expect(row && printDecimal(row.perHour)).toBe(price);
    const type = instanceTypes.find((known) => known.name === name);
    expect(type).toMatchObject({ gpus: gpus === null ? null : gpus * 1_000_000_000n, gpuModel });
  });

  test('name every type once', () => {
    const names = instanceTypes.map(({ provider, name }) => `${provider} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('carry the sizes in vCPUs and bytes, and what is not published stays unknown', () => {
    const sizeOf = (wanted: string): unknown => {
      const { vcpus, memory } = instanceTypes.find(({ name }) => name === wanted)!;
      return { vcpus, memory };
    };
    expect(sizeOf('g5.xlarge')).toEqual({ vcpus: 4000n, memory: 16n * 1_073_741_824n });
    expect(sizeOf('p3.8xlarge')).toEqual({ vcpus: null, memory: null });
    expect(sizeOf('p5e.48xlarge')).toEqual({ vcpus: null, memory: null });
  });

  test('say which types have a size and no price', () => {
    const priced = new Set(listPrices.map(({ instanceType }) => instanceType));
    const unpriced = instanceTypes.filter(({ name }) => !priced.has(name)).map(({ name }) => name);
    expect(unpriced).toEqual(['p5e.48xlarge', 'p6e-gb200.36xlarge']);
  });

  test('a row with too few cells is refused', () => {
    const table = { ...BUILT_IN_TABLES[0], rows: 'instance_type on_demand vcpu memory_gib gpus gpu_model\nx 1 2' };
    expect(() => parsePriceTable(table)).toThrow('too few cells: x 1 2');
  });

  test('a price that is no positive decimal is refused', () => {
    const header = 'instance_type on_demand vcpu memory_gib gpus gpu_model';
    for (const price of ['0', '-1', '1,5', 'free']) {
      const table = { ...BUILT_IN_TABLES[0], rows: `${header}\nx ${price} 2 4 0 -` };
      expect(() => parsePriceTable(table)).toThrow(`not a positive decimal: ${price}`);
    }
  });
});

describe('the published files the tables were made from', () => {
  test.each(FILES)('$file agrees row by row', ({ file, provider, type, kind, price }) => {
    const path = join(PUBLISHED, file);
    if (!existsSync(path)) {
      process.stdout.write(`note: ${file} is not here; the built-in prices were not compared with it\n`);
      return;
    }
    const rows = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(','));
    const published = rows.map((row) =>
      [row[type], kind === null ? 'on_demand' : row[kind], Number(row[price])].join(' '),
    );
    const ours = listPrices
      .filter((row) => row.provider === provider)
      .map((row) => [row.instanceType, row.kind, Number(printDecimal(row.perHour))].join(' '));
    expect(ours.sort()).toEqual(published.sort());
  });
});
