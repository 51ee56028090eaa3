import { runKeyText } from '../facts/attempt';
import type { SpendNow } from '../facts/published';
import type { Run } from '../facts/run';
import { type Expectation, expectedPerHour, type RunningStep, type StepAverage } from '../ledger/expect';
import { priceAt } from '../ledger/charge-periods';
import type { LoadId, StepHistoryRow, Store } from '../store/store';
import type { Instant } from '../units/interval';
import type { Estate } from './estate';

/** How many past successful runs of a flow say what is usual. */
const LAST_RUNS = 20;

/** What burns now, and on what. */
export type ExpectationInput = {
  readonly estate: Estate;
  readonly runs: ReadonlyMap<string, Run>;
  readonly spend: readonly SpendNow[];
  readonly at: Instant;
};

/** Tells the expected dollars an hour of every run that burns now, by run; a flow's history is read once a load. */
export function expectationReader(
  store: Store,
): (asOf: LoadId, input: ExpectationInput) => Promise<Map<string, Expectation>> {
  let histories = new Map<string, Promise<StepAverage[]>>();
  let readAt: LoadId | null = null;
  return async (asOf, input) => {
    if (readAt !== asOf) histories = new Map();
    readAt = asOf;
    const expected = new Map<string, Expectation>();
    for (const [text, running] of runningSteps(input)) {
      const run = input.runs.get(text);
      if (!run) continue;
      const { deployment, flow } = run.key;
      const name = JSON.stringify([deployment, flow]);
      const history = histories.get(name) ?? historyOf(store, { deployment, flow }, asOf);
      histories.set(name, history);
      const expectation = expectedPerHour(running, run.variant?.id ?? null, await history);
      if (expectation) expected.set(text, expectation);
    }
    return expected;
  };
}

async function historyOf(
  store: Store,
  flow: { deployment: string; flow: string },
  asOf: LoadId,
): Promise<StepAverage[]> {
  return (await store.stepHistory(flow, LAST_RUNS, asOf)).flatMap(averageOf);
}

function averageOf({ variantId, step, gpuMs, vcpuMs, byteMs, busyMs }: StepHistoryRow): StepAverage[] {
  if (busyMs <= 0) return [];
  return [{ variantId, step, gpus: gpuMs / busyMs, vcpus: vcpuMs / busyMs, memoryBytes: byteMs / busyMs }];
}

function runningSteps({ estate, spend, at }: ExpectationInput): Map<string, RunningStep[]> {
  const byRun = new Map<string, Map<string, RunningStep>>();
  for (const { holder, host, perHour } of spend) {
    const known = estate.hosts.get(host);
    if (!holder || !known) continue;
    const price = priceAt(known.prices, at).perHour;
    if (price === null) continue;
    const text = runKeyText(holder);
    const steps = byRun.get(text) ?? new Map<string, RunningStep>();
    const before = steps.get(holder.step);
    const step = before ?? { step: holder.step, host: known.host, perHour: price, perHourNow: 0n };
    steps.set(holder.step, { ...step, perHourNow: step.perHourNow + perHour });
    byRun.set(text, steps);
  }
  return new Map([...byRun].map(([text, steps]) => [text, [...steps.values()]]));
}
