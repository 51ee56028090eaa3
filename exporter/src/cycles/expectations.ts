import { runKeyText } from '../facts/attempt';
import type { SpendNow } from '../facts/published';
import type { Run } from '../facts/run';
import type { ChargePeriod } from '../facts/charge';
import { isWorkload } from '../facts/workload';
import { expectedPerHour, type RunningStep, type StepAverage } from '../ledger/expect';
import { priceAt } from '../ledger/charge-periods';
import type { LoadId, StepHistoryRow, Store } from '../store/store';
import type { Instant } from '../units/interval';
import type { Estate } from './estate';
import { type Outlook, outlookReader } from './outlook';

/** How many past successful runs of a flow say what is usual. */
const LAST_RUNS = 20;

/** What burns now, and on what. */
export type ExpectationInput = {
  readonly estate: Estate;
  readonly runs: ReadonlyMap<string, Run>;
  readonly spend: readonly SpendNow[];
  readonly at: Instant;
  readonly open: readonly ChargePeriod[];
  readonly closedAsOf: LoadId;
};

/** Tells what every live run is expected to burn, to cost and to last; a flow's history is read once a load. */
export function expectationReader(
  store: Store,
): (asOf: LoadId, input: ExpectationInput) => Promise<Map<string, Outlook>> {
  let histories = new Map<string, Promise<StepHistoryRow[]>>();
  let readAt: LoadId | null = null;
  const outlooksOf = outlookReader(store);
  return async (asOf, input) => {
    if (readAt !== asOf) histories = new Map();
    readAt = asOf;
    const running = runningSteps(input);
    const live = [];
    for (const [text, run] of input.runs) {
      if (run.outcome !== 'running' || isWorkload(run.key)) continue;
      const { deployment, flow } = run.key;
      const name = JSON.stringify([deployment, flow]);
      const read = histories.get(name) ?? store.stepHistory({ deployment, flow }, LAST_RUNS, asOf);
      histories.set(name, read);
      const history = await read;
      const steps = running.get(text) ?? [];
      const rate = expectedPerHour(steps, run.variant?.id ?? null, history.flatMap(averageOf));
      live.push({ run, rate, history, running: steps });
    }
    return outlooksOf(live, { ...input, asOf });
  };
}

function averageOf({ variantId, step, gpuMs, vcpuMs, byteMs, busyMs }: StepHistoryRow): StepAverage[] {
  if (busyMs <= 0) return [];
  return [{ variantId, step, gpus: gpuMs / busyMs, vcpus: vcpuMs / busyMs, memoryBytes: byteMs / busyMs }];
}

function runningSteps({ estate, spend, at }: ExpectationInput): Map<string, RunningStep[]> {
  const byRun = new Map<string, Map<string, RunningStep & { readonly hosts: ReadonlySet<string> }>>();
  for (const { holder, host, perHour } of spend) {
    const known = estate.hosts.get(host);
    if (!holder || !known) continue;
    const price = priceAt(known.prices, at).perHour;
    if (price === null) continue;
    const text = runKeyText(holder);
    const steps = byRun.get(text) ?? new Map<string, RunningStep & { hosts: ReadonlySet<string> }>();
    const before = steps.get(holder.step);
    const step = before ?? { step: holder.step, host: known.host, perHour: price, perHourNow: 0n, hosts: new Set() };
    const hosts = new Set([...step.hosts, host]);
    steps.set(holder.step, { ...step, perHourNow: step.perHourNow + perHour, hosts, hostCount: hosts.size });
    byRun.set(text, steps);
  }
  return new Map([...byRun].map(([text, steps]) => [text, [...steps.values()]]));
}
