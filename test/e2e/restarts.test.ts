/**
 * The exporter is ended and started again under load, by SIGTERM and by SIGKILL in turn, while runs start, pods end and
 * hours close a minute apart. What is closed stays what it was, to the last digit, and is the generator's truth.
 * RESTARTS=50 does it fifty times.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdlePeriod } from '../../exporter/src/contract/idle';
import { hourlyPrice } from '../../exporter/src/simulation/host-plan';
import { type AttemptTruth, truthOf } from '../../exporter/src/simulation/truth';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { printAmount } from '../../exporter/src/units/money-text';
import { type LiveStage, type Scraped, startLiveStage } from './live-stage';

const RESTARTS = Number(process.env['RESTARTS'] ?? 12);
const SPEED = 60;

type Run = {
  readonly deployment: string;
  readonly flow: string;
  readonly runId: string;
  readonly endedAt: string | null;
  readonly outcome: string;
  readonly cost: string;
};

/** All that must not change any more: host-hours that are closed, and runs that ended before the first open one. */
type Settled = {
  readonly hours: ReadonlyMap<string, IdlePeriod>;
  readonly runs: ReadonlyMap<string, Run>;
  /** Every hour that ends by then is closed. */
  readonly until: number;
};

describe(`${RESTARTS} restarts under load`, () => {
  let stage: LiveStage;

  beforeAll(async () => {
    // The world begins with the exporter, so that no pod was ever forgotten before it was seen.
    const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 20 * 60_000;
    stage = await startLiveStage({
      name: 'restarts',
      interval: '60s',
      speed: SPEED,
      begins: start,
      world: { start, reclaimsUntil: start, gapMinutes: 4, pace: 0.1 },
      change: (document) => (document['cycles'].close_delay = '5m'),
    });
  }, 90_000);

  afterAll(() => stage?.stop());

  test(
    'nothing that is settled moves, nothing is there twice, and every host is spent whole',
    async () => {
      let [settled, counters] = [await settledIn(stage), await countersOf(stage)];
      for (let restart = 0; restart < RESTARTS || settled.hours.size === 0; restart += 1) {
        await sleep(500 + Math.random() * 3000);
        settled = await unchanged(stage, settled);
        counters = await noneFalls(stage, counters, ALL);
        await stage.end(restart % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
        await stage.start();
        settled = await unchanged(stage, settled);
        counters = await noneFalls(stage, counters, KEPT);
        await spentWhole(stage);
      }
      tell(`R32: ${RESTARTS} restarts, ${settled.hours.size} closed host-hours, ${settled.runs.size} settled runs`);
      expect(settled.hours.size).toBeGreaterThanOrEqual(stage.nodes.length);
      expect(settled.runs.size).toBeGreaterThan(2);
    },
    RESTARTS * 20_000 + 60_000,
  );

  test('what is settled in the end is what the generator says, to the last digit', async () => {
    const { runs, hours, until: closedUntil } = await settledIn(stage);
    const truth = truthOf(stage.cluster.plan(), closedUntil);
    const costs = costsByRun(truth.attempts);
    expect(Object.fromEntries([...runs].map(([name, { cost }]) => [name, cost]))).toEqual(
      Object.fromEntries([...runs.keys()].map((name) => [name, printAmount(costs.get(name) ?? 0n)])),
    );
    const from = stage.cluster.plan().hosts[0]!.from;
    expect(hours.size).toBe((stage.nodes.length * (closedUntil - Math.floor(from / HOUR_MS) * HOUR_MS)) / HOUR_MS);
  });
});

/** Every hour of the window, and every run; asserts that none is there twice. */
async function settledIn(stage: LiveStage): Promise<Settled> {
  const [from, to] = [stage.now() - 24 * HOUR_MS, stage.now()].map((at) => new Date(at).toISOString());
  const idle = await allOf<IdlePeriod>(stage, `/api/v1/idle?from=${from}&to=${to}`);
  const runs = await allOf<Run>(stage, '/api/v1/runs?');
  const names = runs.map(nameOf);
  expect(names).toHaveLength(new Set(names).size);
  const slots = idle.map(({ host, from }) => `${host} ${from}`);
  expect(slots).toHaveLength(new Set(slots).size);
  const open = idle.filter(({ closed }) => !closed).map(({ from }) => Date.parse(from));
  const closedUntil = Math.min(...open, Math.floor(stage.now() / HOUR_MS) * HOUR_MS);
  const isSettled = ({ endedAt, outcome }: Run): boolean =>
    outcome !== 'running' && endedAt !== null && Date.parse(endedAt) <= closedUntil;
  return {
    hours: new Map(idle.filter(({ closed }) => closed).map((hour) => [`${hour.host} ${hour.from}`, hour])),
    runs: new Map(runs.filter(isSettled).map((run) => [nameOf(run), run])),
    until: closedUntil,
  };
}

/** What is settled now, in which everything that was settled before stands as it did. */
async function unchanged(stage: LiveStage, before: Settled): Promise<Settled> {
  const now = await settledIn(stage);
  for (const kind of ['hours', 'runs'] as const) {
    const kept = [...before[kind].keys()].map((name) => [name, now[kind].get(name)]);
    expect(Object.fromEntries(kept)).toEqual(Object.fromEntries(before[kind]));
  }
  return now;
}

async function allOf<Item>(stage: LiveStage, path: string): Promise<Item[]> {
  type Page = { readonly items: Item[]; readonly nextCursor: string | null };
  const items: Item[] = [];
  for (let cursor = ''; ;) {
    const page = await stage.get<Page>(`${path}&limit=500${cursor}`);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

async function spentWhole(stage: LiveStage): Promise<void> {
  const scraped = await stage.metrics();
  const price = Number(hourlyPrice(stage.cluster.plan().hosts, stage.now())) / 1e12;
  expect(scraped.sum('flowledger_spend_dollars_per_hour')).toBeCloseTo(price, 6);
}

type Counters = ReadonlyMap<string, number>;

/** Counters of the ledger, which outlive the process; those of the process begin again with it. */
const KEPT = /^flowledger_gpu_seconds_total /;
const ALL = /^/;

async function noneFalls(stage: LiveStage, before: Counters, which: RegExp): Promise<Counters> {
  const now = await countersOf(stage);
  const fallen = [...before].filter(([name, value]) => which.test(name) && (now.get(name) ?? 0) < value);
  expect(fallen.map(([name, value]) => [name, value, now.get(name)])).toEqual([]);
  return now;
}

async function countersOf(stage: LiveStage): Promise<Counters> {
  const { samples }: Scraped = await stage.metrics();
  const counters = samples.filter(({ name }) => name.endsWith('_total'));
  return new Map(counters.map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value]));
}

function costsByRun(attempts: readonly AttemptTruth[]): Map<string, bigint> {
  const costs = new Map<string, bigint>();
  for (const { flow, run, cost } of attempts) {
    costs.set(`${flow}/${run}`, (costs.get(`${flow}/${run}`) ?? 0n) + cost);
  }
  return costs;
}

const nameOf = ({ flow, runId }: Run): string => `${flow}/${runId}`;
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
