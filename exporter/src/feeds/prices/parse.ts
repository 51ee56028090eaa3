import { assert } from '../../assert';
import type { InstanceType, ListPrice } from '../../facts/list-price';
import { type Decimal, parseDecimal } from '../../units/decimal';
import { bytesFromGibibytes, milliVcpusFromVcpus, nanoGpus } from '../../units/quantity';

/** One provider's prices and sizes in one region as text: a header row that names the columns, `-` for unknown. */
export type PriceTable = {
  readonly provider: string;
  readonly region: string;
  /** The day the prices were listed, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** The publication the prices were taken from. */
  readonly source: string;
  readonly rows: string;
};

/** What a price table says: prices in US dollars an hour, and the size of every type it names. */
export type Prices = { readonly listPrices: readonly ListPrice[]; readonly instanceTypes: readonly InstanceType[] };

const COLUMNS = ['instance_type', 'on_demand', 'spot', 'vcpu', 'memory_gib', 'gpus', 'gpu_model'] as const;
type Row = { readonly [column in (typeof COLUMNS)[number]]: string | null };
const UNKNOWN = '-';

/** Reads a price table; a row that is not well formed is a fault of this program and throws. */
export function parsePriceTable(table: PriceTable): Prices {
  const [header = '', ...lines] = table.rows.trim().split('\n');
  const columns = header.split(/\s+/);
  const rows = lines.map((line) => rowOf(line, columns));
  return {
    listPrices: rows.flatMap((row) => listPricesOf(row, table)),
    instanceTypes: rows.map((row) => instanceTypeOf(row, table.provider)),
  };
}

function rowOf(line: string, columns: readonly string[]): Row {
  const cells = line.split(/\s+/);
  const last = columns.length - 1;
  assert(cells.length > last, `A price table's row has too few cells: ${line}`);
  const cellOf = (column: string): string | null => {
    const index = columns.indexOf(column);
    if (index < 0) return null;
    const cell = index === last ? cells.slice(last).join(' ') : cells[index]!;
    return cell === UNKNOWN ? null : cell;
  };
  return Object.fromEntries(COLUMNS.map((column) => [column, cellOf(column)])) as Row;
}

function listPricesOf(row: Row, { provider, region, asOf, source }: PriceTable): ListPrice[] {
  const instanceType = row.instance_type!;
  return (['on_demand', 'spot'] as const).flatMap((kind) => {
    const text = row[kind];
    if (text === null) return [];
    return [{ provider, region, instanceType, kind, perHour: figureOf(text), asOf, source }];
  });
}

function instanceTypeOf(row: Row, provider: string): InstanceType {
  return {
    provider,
    name: row.instance_type!,
    vcpus: row.vcpu === null ? null : milliVcpusFromVcpus(Number(row.vcpu)),
    memory: row.memory_gib === null ? null : bytesFromGibibytes(Number(row.memory_gib)),
    gpus: row.gpus === null ? null : nanoGpus(BigInt(row.gpus) * 1_000_000_000n),
    gpuModel: row.gpu_model,
  };
}

function figureOf(text: string): Decimal {
  const decimal = parseDecimal(text);
  assert(!('fault' in decimal) && decimal.digits > 0n, `A price table's price is not a positive decimal: ${text}`);
  return decimal;
}
