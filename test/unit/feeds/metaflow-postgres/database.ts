import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { MetaflowFeed } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { TABLES_READ } from '../../../../exporter/src/feeds/metaflow-postgres/database-problem';
import {
  createPostgresFeed,
  type PostgresFeedOptions,
} from '../../../../exporter/src/feeds/metaflow-postgres/read-postgres-feed';
import type { PostgresProcess } from '../../../support/postgres-process';
import { fixturePath } from '../metaflow-service/recorded';

/** The service's tables as its migrations leave them, without foreign keys: a dump is in the order of the alphabet. */
const SCHEMA = `
  CREATE TABLE flows_v3 (flow_id varchar(255) PRIMARY KEY, user_name varchar(255), ts_epoch bigint NOT NULL,
    tags jsonb, system_tags jsonb);
  CREATE TABLE runs_v3 (flow_id varchar(255) NOT NULL, run_number serial NOT NULL, user_name varchar(255),
    ts_epoch bigint NOT NULL, tags jsonb, system_tags jsonb, run_id varchar(255), last_heartbeat_ts bigint,
    PRIMARY KEY (flow_id, run_number), UNIQUE (flow_id, run_id));
  CREATE INDEX ON runs_v3 (ts_epoch);
  CREATE TABLE steps_v3 (flow_id varchar(255) NOT NULL, run_number bigint NOT NULL, step_name varchar(255) NOT NULL,
    user_name varchar(255), ts_epoch bigint NOT NULL, tags jsonb, system_tags jsonb, run_id varchar(255),
    PRIMARY KEY (flow_id, run_number, step_name));
  CREATE TABLE tasks_v3 (flow_id varchar(255) NOT NULL, run_number bigint NOT NULL, step_name varchar(255) NOT NULL,
    task_id bigserial PRIMARY KEY, user_name varchar(255), ts_epoch bigint NOT NULL, tags jsonb, system_tags jsonb,
    run_id varchar(255), task_name varchar(255), last_heartbeat_ts bigint,
    UNIQUE (flow_id, run_number, step_name, task_name));
  CREATE TABLE metadata_v3 (flow_id varchar(255), run_number bigint NOT NULL, step_name varchar(255) NOT NULL,
    task_id bigint NOT NULL, id bigserial NOT NULL, field_name varchar(255) NOT NULL, value text NOT NULL,
    type varchar(255) NOT NULL, user_name varchar(255), ts_epoch bigint NOT NULL, tags jsonb, system_tags jsonb,
    run_id varchar(255), task_name varchar(255),
    PRIMARY KEY (id, flow_id, run_number, step_name, task_id, field_name));
  CREATE INDEX ON metadata_v3 (flow_id, run_number, step_name, task_id, field_name);
  CREATE TABLE artifact_v3 (flow_id varchar(255) NOT NULL, run_number bigint NOT NULL, step_name varchar(255) NOT NULL,
    task_id bigint NOT NULL, name varchar(255) NOT NULL, location varchar(255) NOT NULL, ds_type varchar(255) NOT NULL,
    sha varchar(255), type varchar(255), content_type varchar(255), user_name varchar(255),
    attempt_id smallint NOT NULL, ts_epoch bigint NOT NULL, tags jsonb, system_tags jsonb, run_id varchar(255),
    task_name varchar(255), PRIMARY KEY (flow_id, run_number, step_name, task_id, attempt_id, name));`;

/** A role that may do nothing yet. */
export function makeReader(server: PostgresProcess): void {
  server.run('postgres', "CREATE ROLE reader LOGIN PASSWORD 'correct horse'");
}

/** A new database with the service's tables, empty, of which the reader may read what the feed reads. */
export function makeDatabase(server: PostgresProcess, name: string): void {
  server.run('postgres', `CREATE DATABASE ${name}`);
  const grants = `GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT ON ${TABLES_READ.join(', ')} TO reader;`;
  server.run(name, `${SCHEMA} ${grants}`);
}

/** Loads the rows that were recorded. */
export function loadRecording(server: PostgresProcess, name: string): void {
  server.run(name, gunzipSync(readFileSync(fixturePath('metadata-service.sql.gz'))).toString());
}

/** The address of a database as the reader sees it. */
export const urlOf = ({ port }: PostgresProcess, name: string, user = 'reader'): string =>
  `postgresql://${user}@127.0.0.1:${port}/${name}`;

/** A feed of a database with nothing declared. */
export function postgresFeedOf(url: string, options: Partial<PostgresFeedOptions> = {}): MetaflowFeed {
  return createPostgresFeed({
    name: 'metadata',
    deployment: 'prod',
    passwordFile: null,
    host: null,
    silenceMs: 600_000,
    holdings: [],
    timeoutMs: 30_000,
    url,
    ...options,
  });
}
