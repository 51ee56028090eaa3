import { type Attempt, attemptKeyText, type RunKey, runKeyText } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge, ChargePeriod, HourClosing } from '../../exporter/src/facts/charge';
import type { Issue } from '../../exporter/src/facts/issue';
import type { Labels, Run } from '../../exporter/src/facts/run';
import {
  type ClosedCost,
  type FlowRow,
  type GapRow,
  type HostPeriodRow,
  type HostSpan,
  IdempotencyError,
  type IssuePlace,
  type KnownRun,
  type Load,
  type LoadId,
  type PublishOutcome,
  type RollupBy,
  type RollupRow,
  type RunQuery,
  type StepHistoryRow,
  type Store,
} from '../../exporter/src/store/store';
import type { Instant, Interval } from '../../exporter/src/units/interval';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';
import { byPlace } from './memory-issues';
import { matches } from './memory-runs';
import { type ChargedPiece, gapRows, hostPeriodRow, stepHistoryOf, sumPieces, valueOf } from './memory-sums';

type Published = Load & { readonly id: LoadId; readonly text: string };

/** The reads of the store port over plain arrays, for tests of views; what is published is taken as it is given. */
export class MemoryStore implements Store {
  readonly #loads: Published[] = [];

  async publish(load: Load): Promise<PublishOutcome> {
    const text = JSON.stringify({ ...load, at: 0 }, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    const known = this.#loads.find(({ key }) => key === load.key);
    if (known && known.text !== text) throw new IdempotencyError(`Load ${load.key} was published with other content.`);
    if (known) return { outcome: 'skipped', loadId: known.id };
    this.#loads.push({ ...load, id: this.#loads.length + 1, text });
    return { outcome: 'published', loadId: this.#loads.length };
  }

  async lastLoad(): Promise<LoadId> {
    return this.#loads.length;
  }

  async knownRuns(deployment: string, asOf: LoadId): Promise<KnownRun[]> {
    return this.#runs(asOf)
      .filter(({ key }) => key.deployment === deployment)
      .map(({ key, outcome, fingerprint }) => ({ key, outcome, fingerprint }));
  }

  async attemptsOfRuns(keys: readonly RunKey[], asOf: LoadId): Promise<Attempt[]> {
    const wanted = new Set(keys.map(runKeyText));
    return this.#attempts(asOf).filter(({ key }) => wanted.has(runKeyText(key)));
  }

  async attemptsOnHosts(hosts: readonly string[], span: Interval, asOf: LoadId): Promise<Attempt[]> {
    return this.#attempts(asOf).filter(
      (attempt) =>
        !attempt.isClone &&
        attempt.hosts.some((host) => hosts.includes(host)) &&
        attempt.start < span.end &&
        (attempt.end ?? Infinity) > span.start,
    );
  }

  async lastLoadAt(): Promise<Instant | null> {
    return this.#loads.length === 0 ? null : Math.max(...this.#loads.map(({ at }) => at));
  }

  async hostSpans(asOf: LoadId, without: readonly RunKey[] = []): Promise<HostSpan[]> {
    const left = new Set(without.map(runKeyText));
    const spans = new Map<string, HostSpan>();
    for (const { key, hosts, start, end, isClone, held } of this.#attempts(asOf)) {
      if (isClone || held === null || start === end || left.has(runKeyText(key))) continue;
      for (const host of hosts) {
        const known = spans.get(host);
        const lastHeld = end === null || known?.lastHeld === null ? null : Math.max(end, known?.lastHeld ?? end);
        spans.set(host, { host, firstHeld: Math.min(start, known?.firstHeld ?? start), lastHeld });
      }
    }
    return [...spans.values()].sort((a, b) => compareUtf8(a.host, b.host));
  }

  async closedHours(host: string, span: Interval, asOf: LoadId): Promise<{ hour: Instant; pricingHash: string }[]> {
    return this.#closings(asOf)
      .filter((closing) => closing.host === host && closing.hour.start >= span.start && closing.hour.start < span.end)
      .map(({ hour, pricingHash }) => ({ hour: hour.start, pricingHash }));
  }

  async closedUntil(asOf: LoadId): Promise<Map<string, Instant>> {
    const ends = new Map<string, Instant>();
    for (const { host, hour } of this.#closings(asOf)) ends.set(host, Math.max(hour.end, ends.get(host) ?? 0));
    return ends;
  }

  async flows(asOf: LoadId, query: Parameters<Store['flows']>[1]): Promise<FlowRow[]> {
    const flows = new Map<string, FlowRow>();
    for (const { key, startedAt } of this.#runs(asOf)) {
      const text = JSON.stringify([key.deployment, key.flow]);
      const known = flows.get(text);
      const lastStartedAt = Math.max(startedAt, known?.lastStartedAt ?? startedAt);
      flows.set(text, { deployment: key.deployment, flow: key.flow, runs: (known?.runs ?? 0) + 1, lastStartedAt });
    }
    return [...flows.values()]
      .filter((row) => row.flow.toLowerCase().includes((query.q ?? '').toLowerCase()))
      .filter(({ deployment }) => deployment === (query.deployment ?? deployment))
      .sort(byFlow)
      .filter((row) => !query.after || byFlow(row, query.after) > 0)
      .slice(0, query.limit);
  }

  async runs(query: RunQuery, asOf: LoadId): Promise<Run[]> {
    const { after } = query;
    return this.#runs(asOf)
      .filter((run) => matches(run, query))
      .sort(newestFirst)
      .filter((run) => !after || newestFirst(run, after) > 0)
      .slice(0, query.limit);
  }

  async runsByKey(keys: readonly RunKey[], asOf: LoadId): Promise<Run[]> {
    const wanted = new Set(keys.map(runKeyText));
    return this.#runs(asOf).filter(({ key }) => wanted.has(runKeyText(key)));
  }

  async findRun({ flow, run, deployment }: Parameters<Store['findRun']>[0], asOf: LoadId): Promise<Run[]> {
    return this.#runs(asOf)
      .filter(({ key }) => key.flow === flow && key.run === run)
      .filter(({ key }) => key.deployment === (deployment ?? key.deployment))
      .sort((a, b) => byFlow(a.key, b.key));
  }

  async recentRuns(since: Instant, asOf: LoadId): Promise<Run[]> {
    return this.#runs(asOf)
      .filter(({ endedAt }) => (endedAt ?? Infinity) >= since)
      .sort(newestFirst);
  }

  async closedCosts(keys: readonly RunKey[], asOf: LoadId): Promise<ClosedCost[]> {
    const pieces = groupPieces(this.#pieces(asOf));
    return keys.flatMap((key) => {
      const own = pieces.get(runKeyText(key));
      return own ? [{ key: plainKey(key), ...sumPieces(own) }] : [];
    });
  }

  async piecesOfRun(key: RunKey, asOf: LoadId): Promise<AllocatedCharge[]> {
    const own = groupPieces(this.#pieces(asOf)).get(runKeyText(key)) ?? [];
    return own.map(({ rung: _rung, ...piece }) => piece).sort(byPeriod);
  }

  async hostPeriods(query: Parameters<Store['hostPeriods']>[0], asOf: LoadId): Promise<HostPeriodRow[]> {
    const { hosts, from, to, limit, after } = query;
    return this.#periods(asOf)
      .filter(
        ({ origin: { host, period } }) => period.start >= from && period.start < to && (hosts?.includes(host) ?? true),
      )
      .sort((a, b) => byPeriod(a.origin, b.origin))
      .filter(({ origin }) => !after || byPeriod(origin, { host: after.host, period: { start: after.start } }) > 0)
      .slice(0, limit)
      .map(hostPeriodRow);
  }

  async piecesOfPeriod(host: string, period: Interval, asOf: LoadId): Promise<AllocatedCharge[]> {
    return (
      this.#periods(asOf)
        .find(({ origin }) => origin.host === host && origin.period.start === period.start)
        ?.pieces.slice() ?? []
    );
  }

  async rollup(
    { by, window, uncounted = [] }: { by: RollupBy; window: Interval; uncounted?: readonly RunKey[] },
    asOf: LoadId,
  ): Promise<RollupRow[]> {
    const skipped = new Set(uncounted.map(runKeyText));
    const runs = new Map(this.#runs(asOf).map((run) => [runKeyText(run.key), run]));
    const inside = this.#pieces(asOf).filter(({ period }) => period.start >= window.start && period.start < window.end);
    const groups = new Map<string, { row: Omit<RollupRow, 'runs'>; pieces: ChargedPiece[] }>();
    for (const piece of inside) {
      const { deployment, flow, step } = piece.holder!;
      const value = by === 'flow' ? flow : by === 'step' ? step : valueOf(runs.get(runKeyText(piece.holder!)), by);
      const text = JSON.stringify([deployment, flow, value]);
      const group = groups.get(text) ?? { row: { deployment, flow, value, ...sumPieces([]) }, pieces: [] };
      group.pieces.push(piece);
      groups.set(text, group);
    }
    const sorted = [...groups.values()].sort((a, b) => byFlow(a.row, b.row) || byValue(a.row.value, b.row.value));
    return sorted.map(({ row: { deployment, flow, value }, pieces }) => {
      const { estimated, billed, heldGpuSeconds, unpricedMs } = sumPieces(pieces);
      const counted = new Set(pieces.map(({ holder }) => runKeyText(holder!)).filter((text) => !skipped.has(text)));
      return { deployment, flow, value, estimated, billed, heldGpuSeconds, unpricedMs, runs: counted.size };
    });
  }

  async rollupGaps(
    { by, window, uncounted = [] }: { by: keyof Labels; window: Interval; uncounted?: readonly RunKey[] },
    asOf: LoadId,
  ): Promise<GapRow[]> {
    const inside = this.#pieces(asOf).filter(({ period }) => period.start >= window.start && period.start < window.end);
    const charged = new Set(inside.map(({ holder }) => runKeyText(holder!)));
    const rows = gapRows(this.#runs(asOf), { by, window, charged, uncounted: new Set(uncounted.map(runKeyText)) });
    return rows.sort((a, b) => byValue(a.value, b.value));
  }

  async gpuTime(asOf: LoadId): ReturnType<Store['gpuTime']> {
    const runs = new Map(this.#runs(asOf).map((run) => [runKeyText(run.key), run]));
    return this.#periods(asOf).flatMap(({ pieces }) =>
      pieces.map(({ kind, cause, holder, host, gpuTime }) => {
        const team = holder ? (runs.get(runKeyText(holder))?.labels.team ?? null) : null;
        return { kind, cause, team, host, gpuSeconds: Number(gpuTime) / 1e12 };
      }),
    );
  }

  async stepHistory(
    flow: { deployment: string; flow: string },
    lastRuns: number,
    asOf: LoadId,
  ): Promise<StepHistoryRow[]> {
    const runs = this.#runs(asOf)
      .filter(({ key, outcome }) => byFlow(key, flow) === 0 && outcome === 'succeeded')
      .sort(newestFirst)
      .slice(0, lastRuns);
    const rows = runs.flatMap((run) => stepHistoryOf(run, this.#attempts(asOf)));
    return rows.sort((a, b) => compareUtf8(a.run, b.run) || compareUtf8(a.step, b.step));
  }

  async issues(asOf: LoadId, { limit, after }: { limit: number; after?: IssuePlace }): Promise<Issue[]> {
    const latest = new Map<string, Issue>();
    for (const { issues } of this.#upTo(asOf)) for (const issue of issues) latest.set(placeOf(issue), issue);
    const standing = [...latest.values()].filter(({ count }) => count > 0).sort(byPlace);
    return standing.filter((issue) => !after || byPlace(issue, after) > 0).slice(0, limit);
  }

  async verify(): Promise<void> {}

  async close(): Promise<void> {}

  #upTo(asOf: LoadId): Published[] {
    return this.#loads.filter(({ id }) => id <= asOf);
  }

  #runs(asOf: LoadId): Run[] {
    return [...new Map(this.#upTo(asOf).flatMap(({ runs }) => runs.map((run) => [runKeyText(run.key), run]))).values()];
  }

  #attempts(asOf: LoadId): Attempt[] {
    const all = this.#upTo(asOf).flatMap(({ attempts }) => attempts);
    return [...new Map(all.map((attempt) => [attemptKeyText(attempt.key), attempt])).values()];
  }

  #closings(asOf: LoadId): HourClosing[] {
    const all = this.#upTo(asOf).flatMap(({ closings }) => closings);
    const latest = new Map(all.map((closing) => [`${closing.hour.start} ${closing.host}`, closing]));
    return [...latest.values()].sort((a, b) => a.hour.start - b.hour.start);
  }

  #periods(asOf: LoadId): ChargePeriod[] {
    return this.#closings(asOf).flatMap(({ periods }) => periods);
  }

  #pieces(asOf: LoadId): ChargedPiece[] {
    return this.#periods(asOf).flatMap(({ origin, pieces }) =>
      pieces.filter(({ holder }) => holder !== null).map((piece) => ({ ...piece, rung: origin.rung })),
    );
  }
}

function groupPieces(pieces: readonly ChargedPiece[]): Map<string, ChargedPiece[]> {
  const groups = new Map<string, ChargedPiece[]>();
  for (const piece of pieces) {
    const text = runKeyText(piece.holder!);
    groups.set(text, [...(groups.get(text) ?? []), piece]);
  }
  return groups;
}

type Started = { readonly startedAt: Instant; readonly key: RunKey };
const plainKey = ({ deployment, flow, run }: RunKey): RunKey => ({ deployment, flow, run });
const newestFirst = (a: Started, b: Started): number =>
  b.startedAt - a.startedAt || byFlow(a.key, b.key) || compareUtf8(a.key.run, b.key.run);
const byFlow = (a: { deployment: string; flow: string }, b: { deployment: string; flow: string }): number =>
  compareUtf8(a.deployment, b.deployment) || compareUtf8(a.flow, b.flow);
const byValue = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : compareUtf8(a, b);
type Placed = { readonly host: string; readonly period: { readonly start: Instant } };
const byPeriod = (a: Placed, b: Placed): number => a.period.start - b.period.start || compareUtf8(a.host, b.host);
const placeOf = ({ feed, code, file, line, column, field, value }: Issue): string =>
  JSON.stringify([feed, code, file, line, column, field, value]);
