import { type Attempt, type RunKey, runKeyText } from '../facts/attempt';
import type { AllocatedCharge, ChargePeriod } from '../facts/charge';
import type { Run } from '../facts/run';
import { priceAt } from '../ledger/charge-periods';
import { expectedRun, finishedSteps, type HostPrice, projectedCost, type RunExpectation } from '../ledger/expect-run';
import type { Expectation, RunningStep } from '../ledger/expect';
import type { LoadId, StepHistoryRow, Store } from '../store/store';
import type { Instant } from '../units/interval';
import type { Estate } from './estate';
import { remember } from './remember';
import { workloadPieces } from './workload-pieces';

/** What a live run is expected to burn, to cost and to last; each part null where no history tells. */
export type Outlook = {
  readonly rate: Expectation | null;
  /** 10⁻¹². */
  readonly total: bigint | null;
  readonly projected: bigint | null;
  readonly seconds: number | null;
};

/** A live run with the history of its flow and what it does now. */
export type LiveRun = {
  readonly run: Run;
  readonly rate: Expectation | null;
  readonly history: readonly StepHistoryRow[];
  readonly running: readonly RunningStep[];
};

/** Where and up to when live runs are looked at. */
export type OutlookInput = {
  readonly estate: Estate;
  readonly at: Instant;
  readonly asOf: LoadId;
  readonly closedAsOf: LoadId;
  readonly open: readonly ChargePeriod[];
};

/** Tells the outlook of live runs, by run; attempts are read once a load, closed costs once an hour is closed. */
export function outlookReader(
  store: Store,
): (live: readonly LiveRun[], input: OutlookInput) => Promise<Map<string, Outlook>> {
  const attemptsOf = remember(async (_asOf: LoadId, names: string, keys: readonly RunKey[]) =>
    names === '' ? [] : store.attemptsOfRuns(keys, _asOf),
  );
  const closedOf = remember(async (closedAsOf: LoadId, names: string, keys: readonly RunKey[]) =>
    names === '' ? [] : Promise.all(keys.map((key) => store.piecesOfRun(key, closedAsOf))),
  );
  return async (live, input) => {
    const hosts = pricedHosts(input.estate, input.at);
    const expected = live.map((one) => ({ one, expectation: expectationOf(one, hosts) }));
    const keys = expected.flatMap(({ one, expectation }) => (expectation ? [one.run.key] : []));
    const names = keys.map(runKeyText).join('\n');
    const attempts = grouped(await attemptsOf(input.asOf, names, keys), ({ key }) => runKeyText(key));
    const closed = (await closedOf(input.closedAsOf, names, keys)).flat();
    const pieces = grouped([...closed, ...workloadPieces(input.open)], ({ holder }) => runKeyText(holder!));
    return new Map(
      expected.map(({ one, expectation }) => {
        const text = runKeyText(one.run.key);
        const soFar = { attempts: attempts.get(text) ?? [], pieces: pieces.get(text) ?? [] };
        return [text, outlookOf(one.rate, expectation, soFar)];
      }),
    );
  };
}

function expectationOf({ run, history, running }: LiveRun, hosts: readonly HostPrice[]): RunExpectation | null {
  return expectedRun({ history, variantId: run.variant?.id ?? null, running, hosts });
}

type SoFar = { readonly attempts: readonly Attempt[]; readonly pieces: readonly AllocatedCharge[] };

function outlookOf(rate: Expectation | null, expected: RunExpectation | null, { attempts, pieces }: SoFar): Outlook {
  if (!expected) return { rate, total: null, projected: null, seconds: null };
  const steps = new Map<string, bigint>();
  for (const { holder, amount } of pieces) {
    steps.set(holder!.step, (steps.get(holder!.step) ?? 0n) + (amount ?? 0n));
  }
  const cost = [...steps.values()].reduce((total, amount) => total + amount, 0n);
  const projected = projectedCost({ cost, steps, finished: finishedSteps(attempts) }, expected);
  return { rate, total: expected.total, projected, seconds: expected.milliseconds / 1000 };
}

function pricedHosts({ hosts }: Estate, at: Instant): HostPrice[] {
  return [...hosts.values()].flatMap(({ host, prices }) => {
    const { perHour } = priceAt(prices, at);
    return perHour === null ? [] : [{ host, perHour }];
  });
}

function grouped<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
