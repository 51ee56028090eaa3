import { z } from 'zod';
import { assert } from '../assert';
import { connect } from './connect';
import { type Engine, engineOver } from './engine';
import { StoreError } from './errors';
import { verifyStore } from './integrity';
import { SampleKeeper } from './keep-samples';
import { migrate, type Migration, shippedMigrations } from './migrate';
import { lastLoadAtOf, lastLoadOf, type Phase, Publisher } from './publish';
import { attemptReads } from './read-attempts';
import { coverageReads } from './read-coverage';
import { ledgerReads } from './read-ledger';
import { runReads } from './read-runs';
import { deviceStretches } from './read-stretches';
import { hostRow } from './rows/host-row';
import { issueRow } from './rows/issue-row';
import { statement } from './sql-file';
import { cleanUnpublished } from './clean-unpublished';
import { IntegrityError, type LoadId, type Store } from './store';

/** How to open a store. */
export type StoreOptions = {
  /** `chdb:<path>` or `http(s)://host:port/database`. */
  readonly url: string;
  /** Told where a publishing stands, just before each phase. */
  readonly onPhase?: (phase: Phase) => void;
};

/** What a store stands on; tests put faulty engines and other migrations in. */
export type StoreParts = {
  readonly engine: Engine;
  readonly migrations: readonly Migration[];
  readonly onPhase: (phase: Phase) => void;
};

/**
 * Opens the store, creates or migrates its tables, and deletes what was staged but never published.
 * @throws StoreOpenError, StoreLockedError, MigrationError, or IntegrityError when its files are damaged.
 */
export async function openStore({ url, onPhase = () => undefined }: StoreOptions): Promise<Store> {
  const engine = engineOver(await connect(url));
  return openStoreOver({ engine, migrations: shippedMigrations(), onPhase });
}

/** Opens a store over an engine; when that fails the engine is closed. */
export async function openStoreOver({ engine, migrations, onPhase }: StoreParts): Promise<Store> {
  try {
    await migrate(engine.writer, migrations);
    await cleanUnpublished(engine.writer);
  } catch (error) {
    await engine.close();
    throw damageOf(error) ?? error;
  }
  return storeOver(engine, onPhase);
}

function storeOver(engine: Engine, onPhase: (phase: Phase) => void): Store {
  const publisher = new Publisher(engine.writer, onPhase);
  const samples = new SampleKeeper(engine.writer);
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await publisher.idle();
    await samples.idle();
    await engine.close();
  };
  return {
    publish: (load) => {
      assert(closing === null, 'A closed store publishes nothing.');
      return publisher.publish(load);
    },
    lastLoad: () => lastLoadOf(engine.writer),
    lastLoadAt: () => lastLoadAtOf(engine.writer),
    ...runReads(engine),
    ...attemptReads(engine),
    ...ledgerReads(engine),
    ...coverageReads(engine),
    discoveredHosts: (asOf: LoadId) => engine.reader().query(statement('discovered-hosts'), hostRow, { asOf }),
    appendSamples: (some) => {
      assert(closing === null, 'A closed store keeps no samples.');
      return samples.append(some);
    },
    deviceStretches: (hosts, span) => deviceStretches(engine, hosts, span),
    issues: (asOf: LoadId, { limit, after }) =>
      engine.reader().query(statement('issues'), issueRow, {
        asOf,
        limit,
        feed: after?.feed ?? null,
        code: after?.code ?? '',
        file: after?.file ?? null,
        line: after?.line ?? null,
        column: after?.column ?? null,
        field: after?.field ?? null,
        value: after?.value ?? null,
      }),
    verify: () => verifyStore(engine.reader()),
    close: () => (closing ??= close()),
  };
}

/** Codes with which the engine says that files of a table are damaged or missing. */
const DAMAGE_CODES = new Set(['33', '40', '79', '228', '231', '246', '271', '432', '595']);
const engineError = z.object({ code: z.string() });

function damageOf(error: unknown): IntegrityError | null {
  if (!(error instanceof StoreError)) return null;
  const cause = engineError.safeParse({ code: (error.cause as { code?: unknown })?.code });
  if (!cause.success || !DAMAGE_CODES.has(cause.data.code)) return null;
  return new IntegrityError(`The files of the store are damaged: ${error.message}`, { cause: error });
}
