import type { Attempt, AttemptKey, ToldAttempt } from '../../../exporter/src/facts/attempt';
import type { Host } from '../../../exporter/src/facts/host';
import type { PriceSpan } from '../../../exporter/src/facts/price';
import type { RunRecord } from '../../../exporter/src/facts/run';
import type { Estate } from '../../../exporter/src/cycles/estate';
import { createKeeper, type Keeper, type KeeperContext } from '../../../exporter/src/cycles/keeper';
import type { MetaflowPoll } from '../../../exporter/src/feeds/metaflow/local-feed';
import { pollFeed } from '../../../exporter/src/feeds/poll-feed';
import { labelsOf, DEFAULT_DIMENSION_RULES } from '../../../exporter/src/ledger/dimensions';
import { pricingHash } from '../../../exporter/src/ledger/price-ladder-hash';
import type { Store } from '../../../exporter/src/store/store';
import { HOUR_MS, type Instant, type Interval } from '../../../exporter/src/units/interval';
import { MONEY_ONE } from '../../../exporter/src/units/money';
import { attempt, DAWN, host, run } from '../../support/view-estate';

/** What the scripted feed shows from now on. */
export type Script = {
  runs: RunRecord[];
  attempts: ToldAttempt[];
  fails: boolean;
  emptyReason?: string;
  /** It answers no sooner. */
  waits?: Promise<void>;
};

export type StageOptions = {
  readonly store: Store;
  readonly script: Script;
  readonly dollarsPerHour?: number | null;
  /** Further facts of the host, or another name. */
  readonly node?: Partial<Host>;
  readonly context?: Partial<KeeperContext>;
  readonly estate?: Estate;
  readonly startedAt?: Instant;
};

/** One host with four GPUs at 32 $/h unless told otherwise. */
export function estateAt(dollarsPerHour: number | null, facts: Partial<Host> = {}): Estate {
  const node = host('node-1', { gpus: 4_000_000_000n as never, ...facts });
  const perHour = dollarsPerHour === null ? null : BigInt(dollarsPerHour) * MONEY_ONE;
  const rung = perHour === null ? 'unpriced' : 'rate_card';
  const price: PriceSpan = { host: node.name, start: null, end: null, perHour, rung, rateCard: null, explanation: '' };
  const known = { host: node, prices: [price], pricingHash: (hour: Interval) => pricingHash(node, [price], hour) };
  return { hosts: new Map([[node.name, known]]), splitPolicy: 'gpu-first' };
}

/** A keeper over one scripted feed. */
export function keeperOn({
  store,
  script,
  dollarsPerHour = 32,
  node = {},
  estate = estateAt(dollarsPerHour, node),
  context = {},
  startedAt = DAWN + 1_000 * HOUR_MS,
}: StageOptions): Promise<Keeper> {
  let now = 0;
  const source = pollFeed<{ now: Instant; known: readonly unknown[] }, MetaflowPoll>(
    {
      name: 'scripted',
      poll: async (request) => {
        now = request.now;
        await script.waits;
        if (script.fails) throw new Error('The tree cannot be read.');
        const rows = { accepted: script.attempts.length, rejected: 0 };
        const { runs, attempts } = script;
        return {
          runs,
          attempts,
          rows,
          newest: null,
          issues: [],
          emptyReason: script.emptyReason ?? null,
          complete: true,
        };
      },
    },
    () => now,
  );
  return createKeeper(
    {
      store,
      estate,
      feeds: [
        {
          source,
          forget: () => undefined,
          deployment: 'prod',
          pollMs: 0,
          configHash: JSON.stringify([node.name, node.from, node.to]),
        },
      ],
      labelsOf: (record) => labelsOf(record, DEFAULT_DIMENSION_RULES),
      yamlToPaste: () => 'rate_cards: …',
      closeDelayMs: 600_000,
      currency: 'USD',
      example: false,
      finishedTtlMs: 10 * 24 * HOUR_MS,
      ...context,
    },
    startedAt,
  );
}

/** A run with one attempt of `train` on node-1 that holds `gpus` from one minute of the dawn to another. */
export function story(
  path: string,
  { from, to, gpus = 1, tags = [] }: { from: number; to: number | null; gpus?: number; tags?: string[] },
): { run: RunRecord; attempt: Attempt; key: AttemptKey } {
  const start = DAWN + from * 60_000;
  const end = to === null ? null : DAWN + to * 60_000;
  const {
    labels: _labels,
    gaps: _gaps,
    ...record
  } = run(path, {
    startedAt: start,
    endedAt: end,
    outcome: end === null ? 'running' : 'succeeded',
    tags,
  });
  const one = attempt({ ...record, labels: _labels, gaps: _gaps }, 'train/1/0', {
    start,
    end,
    endSource: end === null ? 'open' : 'attempt_ok',
    outcome: record.outcome,
    hosts: [],
    lastSign: end ?? start,
  });
  const held = { ...one.held!, gpus: (BigInt(gpus) * 1_000_000_000n) as never };
  return { run: record, attempt: { ...one, held }, key: one.key };
}
