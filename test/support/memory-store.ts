import { type Attempt, attemptKeyText, type RunKey, runKeyText } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge, ChargePeriod, HourClosing } from '../../exporter/src/facts/charge';
import type { DeviceStretch, GpuSample } from '../../exporter/src/facts/gpu-sample';
import type { DiscoveredHost } from '../../exporter/src/facts/host';
import type { Issue } from '../../exporter/src/facts/issue';
import type { Labels, Run } from '../../exporter/src/facts/run';
import { isWorkload } from '../../exporter/src/facts/workload';
import {
  type ClosedCost,
  type CoverageRow,
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
  type RollupRow,
  type RunQuery,
  type StepHistoryRow,
  type Store,
  type UnmatchedRow,
} from '../../exporter/src/store/store';
import type { Instant, Interval } from '../../exporter/src/units/interval';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';
import { type AttributedPiece, attributedPieces, coverageRows, unmatchedRows } from './memory-coverage';
import { byPlace } from './memory-issues';
import { byFlow, flowRows, hostSpansOf, matches, newestFirst } from './memory-runs';
import { byValue, rollupRows } from './memory-rollups';
import { stretchesOf } from './memory-samples';
import { type ChargedPiece, gapRows, hostPeriodRow, stepHistoryOf, sumPieces, usageSeconds } from './memory-sums';

type Published = Load & { readonly id: LoadId; readonly text: string };

/** The reads of the store port over plain arrays, for tests of views; what is published is taken as it is given. */
export class MemoryStore implements Store {
  readonly #loads: Published[] = [];
  readonly #samples: GpuSample[] = [];

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
    return this.#listed(asOf)
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
    return hostSpansOf(this.#attempts(asOf).filter(({ key }) => !left.has(runKeyText(key))));
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
    return flowRows(this.#listed(asOf), query);
  }

  async runs(query: RunQuery, asOf: LoadId): Promise<Run[]> {
    const { after } = query;
    return this.#listed(asOf)
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

  async runsChangedSince(after: LoadId, since: Instant, asOf: LoadId): Promise<Run[]> {
    const isRecent = (run: Run | undefined): boolean => run !== undefined && (run.endedAt ?? Infinity) >= since;
    const before = new Map(this.#runs(after).map((run) => [runKeyText(run.key), run]));
    const loads = this.#loads.filter(({ id }) => id > after && id <= asOf);
    const changed = new Set(loads.flatMap(({ runs }) => runs.map(({ key }) => runKeyText(key))));
    return this.#runs(asOf)
      .filter((run) => changed.has(runKeyText(run.key)))
      .filter((run) => isRecent(run) || isRecent(before.get(runKeyText(run.key))))
      .sort(newestFirst);
  }

  async closedCosts(keys: readonly RunKey[], asOf: LoadId): Promise<ClosedCost[]> {
    const pieces = groupPieces(this.#pieces(asOf));
    return keys.flatMap((key) => {
      const own = pieces.get(runKeyText(key));
      return own ? [{ key: { deployment: key.deployment, flow: key.flow, run: key.run }, ...sumPieces(own) }] : [];
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

  async rollup(query: Parameters<Store['rollup']>[0], asOf: LoadId): Promise<RollupRow[]> {
    return rollupRows(this.#runs(asOf), this.#inside(query.window, asOf), query);
  }

  async rollupGaps(
    { by, window, uncounted = [] }: { by: keyof Labels; window: Interval; uncounted?: readonly RunKey[] },
    asOf: LoadId,
  ): Promise<GapRow[]> {
    const charged = new Set(this.#inside(window, asOf).map(({ holder }) => runKeyText(holder!)));
    const rows = gapRows(this.#runs(asOf), { by, window, charged, uncounted: new Set(uncounted.map(runKeyText)) });
    return rows.sort((a, b) => byValue(a.value, b.value));
  }

  async gpuTime(asOf: LoadId): ReturnType<Store['gpuTime']> {
    const runs = new Map(this.#runs(asOf).map((run) => [runKeyText(run.key), run]));
    const pieces = this.#periods(asOf).flatMap((period) => period.pieces);
    return pieces.map((piece) => {
      const { kind, cause, holder, host, gpuTime } = piece;
      const team = holder ? (runs.get(runKeyText(holder))?.labels.team ?? null) : null;
      return { kind, cause, team, host, gpuSeconds: Number(gpuTime) / 1e12, ...usageSeconds([piece]) };
    });
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

  async discoveredHosts(asOf: LoadId): Promise<DiscoveredHost[]> {
    const all = this.#upTo(asOf).flatMap(({ hosts = [] }) => hosts);
    const latest = [...new Map(all.map((host) => [host.name, host])).values()];
    return latest.sort((a, b) => compareUtf8(a.name, b.name));
  }

  async coverage(window: Interval, asOf: LoadId): Promise<CoverageRow[]> {
    return coverageRows(this.#attributed(window, asOf));
  }

  async unmatched(window: Interval, limit: number, asOf: LoadId): Promise<UnmatchedRow[]> {
    return unmatchedRows(this.#attributed(window, asOf)).slice(0, limit);
  }

  async appendSamples(samples: readonly GpuSample[]): Promise<void> {
    this.#samples.push(...samples);
  }

  async deviceStretches(hosts: readonly string[], span: Interval): Promise<DeviceStretch[]> {
    return stretchesOf(this.#samples, hosts, span);
  }

  async verify(): Promise<void> {}

  async close(): Promise<void> {}

  #upTo(asOf: LoadId): Published[] {
    return this.#loads.filter(({ id }) => id <= asOf);
  }

  #runs(asOf: LoadId): Run[] {
    return [...new Map(this.#upTo(asOf).flatMap(({ runs }) => runs.map((run) => [runKeyText(run.key), run]))).values()];
  }

  #listed(asOf: LoadId): Run[] {
    return this.#runs(asOf).filter(({ key }) => !isWorkload(key));
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

  #inside(window: Interval, asOf: LoadId): ChargedPiece[] {
    return this.#pieces(asOf).filter(({ period: { start } }) => start >= window.start && start < window.end);
  }

  #attributed({ start, end }: Interval, asOf: LoadId): AttributedPiece[] {
    const inside = this.#periods(asOf).filter(({ origin: { period } }) => period.start >= start && period.start < end);
    const pieces = inside.flatMap((period) => period.pieces);
    return attributedPieces(pieces, this.#runs(asOf), this.#attempts(asOf));
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

type Placed = { readonly host: string; readonly period: { readonly start: Instant } };
const byPeriod = (a: Placed, b: Placed): number => a.period.start - b.period.start || compareUtf8(a.host, b.host);
const placeOf = ({ feed, code, file, line, column, field, value }: Issue): string =>
  JSON.stringify([feed, code, file, line, column, field, value]);
