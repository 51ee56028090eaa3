import { Client } from 'pg';
import type { PostgresProcess } from '../../../support/postgres-process';

/** When made runs begin. */
export const START = Date.parse('2026-11-21T06:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60_000;

/** A metadata row that a test writes; `at` in ms after {@link START}. */
export type WrittenRow = {
  readonly run: number;
  readonly task: number;
  readonly field: string;
  readonly value: string;
  readonly at: number;
  readonly step?: string;
};

const open: Writer[] = [];

/** Ends every writer; for `afterAll`. */
export async function endWriters(): Promise<void> {
  for (const writer of open.splice(0)) await writer.client.end();
}

/** Writes as the metadata service does, over a connection of its own, so that its transactions can overlap others. */
export class Writer {
  private constructor(readonly client: Client) {}

  static async of({ port }: PostgresProcess, database: string): Promise<Writer> {
    const writer = new Writer(new Client({ host: '127.0.0.1', port, user: 'postgres', database }));
    writer.client.on('error', () => undefined);
    await writer.client.connect();
    open.push(writer);
    return writer;
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<void> {
    await this.client.query(text, [...values]);
  }

  /** A run of the flow F that began `at` ms after {@link START}. */
  async run(run: number, at = 0): Promise<void> {
    await this.sql(
      `INSERT INTO runs_v3 (flow_id, run_number, user_name, ts_epoch, tags, system_tags)
       VALUES ('F', $1, 'ada', $2, '[]', '["user:ada", "runtime:dev"]')`,
      [run, START + at],
    );
  }

  async row({ run, task, field, value, at, step = 'train' }: WrittenRow): Promise<void> {
    await this.sql(
      `INSERT INTO metadata_v3 (flow_id, run_number, step_name, task_id, field_name, value, type, ts_epoch, tags)
       VALUES ('F', $1, $2, $3, $4, $5, $4, $6, '["attempt_id:0"]')`,
      [run, step, task, field, value, START + at],
    );
  }

  /** Many rows of one run that say nothing, in one statement. */
  async idleRows(run: number, count: number): Promise<void> {
    await this.sql(
      `INSERT INTO metadata_v3 (flow_id, run_number, step_name, task_id, field_name, value, type, ts_epoch, tags)
       SELECT 'F', $1, 'train', 7, 'ds-type', 's3', 'ds-type', $2, '["attempt_id:0"]' FROM generate_series(1, $3)`,
      [run, START, count],
    );
  }

  /** A heartbeat of the run, and of a task where one is named, `at` ms after {@link START}. */
  async beat(run: number, { at, task }: { readonly at: number; readonly task?: number }): Promise<void> {
    const seconds = Math.floor((START + at) * 0.001);
    await this.sql('UPDATE runs_v3 SET last_heartbeat_ts = $2 WHERE run_number = $1', [run, seconds]);
    if (task === undefined) return;
    await this.sql(
      `INSERT INTO tasks_v3 (flow_id, run_number, step_name, task_id, ts_epoch, last_heartbeat_ts)
       VALUES ('F', $1, 'train', $2, $3, $4) ON CONFLICT (task_id) DO UPDATE SET last_heartbeat_ts = $4`,
      [run, task, START, seconds],
    );
  }
}
