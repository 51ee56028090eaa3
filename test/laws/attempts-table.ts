import type { Attempt, EndSource } from '../../exporter/src/facts/attempt';
import { bytesFromMebibytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../exporter/src/units/quantity';

/** One row of a table by column name. */
export type Row = { readonly [column: string]: string };

/** Rows of a tab-separated text whose first line names the columns. */
export function parseRows(text: string): Row[] {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    if (cells.length !== columns.length)
      throw new Error(`${cells.length} cells for ${columns.length} columns: ${line}`);
    return Object.fromEntries(columns.map((column, place) => [column, cells[place]!]));
  });
}

/** One row of an attempts table as the attempt that the ledger is given. */
export function attemptOf(row: Row): Attempt {
  const cell = (column: string): string => row[column] ?? '';
  return {
    key: {
      deployment: cell('deployment'),
      flow: cell('flow'),
      run: cell('run'),
      step: cell('step'),
      task: cell('task'),
      attempt: Number(cell('attempt')),
    },
    start: Number(cell('start_ms')),
    end: cell('end_ms') === '' ? null : Number(cell('end_ms')),
    endSource: cell('end_source') as EndSource,
    outcome: 'unknown',
    isClone: cell('clone') === 'yes',
    hosts: [],
    held: {
      gpus: nanoGpusFromGpus(Number(cell('gpus'))),
      vcpus: milliVcpusFromVcpus(Number(cell('vcpu'))),
      memory: bytesFromMebibytes(Number(cell('memory_mb'))),
      source: 'graph_info',
    },
    confidence: 'strong',
    lastSign: Number(cell('end_ms')),
  };
}
