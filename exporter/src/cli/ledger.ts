import type { Clock } from '../clock';
import { yamlToPaste } from '../config/yaml-to-paste';
import { createKeeper, type Keeper, type Phase } from '../cycles/keeper';
import { labelsOf } from '../ledger/dimensions';
import { openStore } from '../store/open-store';
import type { Store } from '../store/store';
import { estateFromConfig } from './estate-from-config';
import { feedsFromConfig, type KeptFeeds, stopFeeds } from './feeds-from-config';
import type { StartMode } from './start-mode';

/** An open store and the keeper that fills it. */
export type OpenLedger = { readonly store: Store; readonly keeper: Keeper; close(): Promise<void> };

/** What a ledger is opened with. */
export type LedgerOptions = {
  readonly mode: StartMode;
  readonly clock: Clock;
  /** Told what is about to be done: `ingest`, `close`, `state`, and the store's `stage`, `verify`, `publish`. */
  readonly onPhase?: (phase: string) => void;
  /** Told of a feed that begins to fail or is read again, and of a broken invariant. */
  readonly onFault?: (message: string) => void;
  /** Told when a cluster shows pods that are new or changed: the next cycle need not wait. */
  readonly onNews?: () => void;
};

/** Opens the store of a start, wires its feeds to it, and makes sure that it still holds what was published. */
export async function openLedger({ mode, clock, onPhase, onFault, onNews }: LedgerOptions): Promise<OpenLedger> {
  const { config } = mode;
  const estate = estateFromConfig(config);
  const store = await openStore({ url: config.store.url, ...(onPhase ? { onPhase } : {}) });
  let feeds: KeptFeeds | null = null;
  try {
    await store.verify();
    const known = await store.discoveredHosts(await store.lastLoad());
    const knownUntil = await store.lastLoadAt();
    const news = onNews ? { onNews } : {};
    feeds = feedsFromConfig(config, { clock, rebaseMs: mode.rebaseMs, known, knownUntil, ...news });
    const kept = feeds;
    const keeper = await createKeeper(
      {
        store,
        estate,
        ...kept,
        budgets: config.budgets,
        labelsOf: (run) => labelsOf(run, config.dimensions),
        yamlToPaste: (host) => yamlToPaste(host.name, host, { isDeclared: host.name !== mode.undeclaredHost }),
        closeDelayMs: config.cycles.closeDelayMs,
        currency: config.ledger.currency,
        example: mode.example !== null,
        finishedTtlMs: config.metrics.finishedTtlMs,
        ...(onFault ? { onFault } : {}),
        ...(onPhase ? { onPhase: (phase: Phase) => onPhase(phase) } : {}),
      },
      clock.now(),
    );
    return {
      store,
      keeper,
      close: async () => {
        await stopFeeds(kept);
        await store.close();
      },
    };
  } catch (error) {
    if (feeds) await stopFeeds(feeds);
    await store.close();
    throw error;
  }
}
