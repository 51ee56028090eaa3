import type { Instant } from '../units/interval';
import { goNumber } from '../simulation/exposition-text';
import type { Beats, MetaflowHistory, RunHistory, TaskHistory } from './history';
import type { ReplaySource } from './source';

/** A source whose every time is moved by `shiftMs`, whole seconds: what it showed at t it shows at t + shift. */
export function rebasedSource(source: ReplaySource, shiftMs: number): ReplaySource {
  if (shiftMs === 0) return source;
  let known: { readonly from: MetaflowHistory; readonly to: MetaflowHistory } | null = null;
  return {
    targets: (at) => source.targets(at - shiftMs),
    async scrape(target, at) {
      const text = await source.scrape(target, at - shiftMs);
      return text === null ? null : rebasedText(text, shiftMs);
    },
    metaflow(at) {
      const from = source.metaflow(at - shiftMs);
      if (known?.from !== from) known = { from, to: rebasedHistory(from, shiftMs) };
      return known.to;
    },
  };
}

/** Families of kube-state-metrics whose value is a time in unix seconds. */
const TIME_SAMPLE = /^(kube_[a-z_]*_(?:created|time|timestamp|started)(?:\{.*\})?) (\S+)$/;

function rebasedText(text: string, shiftMs: number): string {
  const lines = text.split('\n').map((line) => {
    const match = TIME_SAMPLE.exec(line);
    return match ? `${match[1]!} ${goNumber(Number(match[2]) + shiftMs / 1000)}` : line;
  });
  return lines.join('\n');
}

function rebasedHistory({ flows, runs }: MetaflowHistory, shiftMs: number): MetaflowHistory {
  return { flows: flows.map((row) => movedRow(row, shiftMs)), runs: runs.map((run) => movedRun(run, shiftMs)) };
}

function movedRun(run: RunHistory, shiftMs: number): RunHistory {
  return {
    ...run,
    row: movedRow(run.row, shiftMs),
    beats: movedBeats(run.beats, shiftMs),
    steps: run.steps.map((row) => movedRow(row, shiftMs)),
    tasks: run.tasks.map(({ row, beats }): TaskHistory => ({
      row: movedRow(row, shiftMs),
      beats: movedBeats(beats, shiftMs),
    })),
    metadata: run.metadata.map((row) => ({ ...movedRow(row, shiftMs), value: movedInstants(row.value, shiftMs) })),
    artifacts: run.artifacts.map((row) => movedRow(row, shiftMs)),
  };
}

const movedRow = <Row extends { readonly ts_epoch: number }>(row: Row, shiftMs: number): Row => ({
  ...row,
  ts_epoch: row.ts_epoch + shiftMs,
});

const movedBeats = (beats: readonly Beats[], shiftMs: number): Beats[] =>
  beats.map(({ from, to }) => ({ from: from + shiftMs, to: to === null ? null : to + shiftMs }));

/** Ids of local runs are microseconds since 1970 and move with the data; all others are names. */
const LOCAL_RUN = /^\d{16}$/;

/** A run's id once its times are moved. */
export function rebasedRun(run: string, shiftMs: number): string {
  return LOCAL_RUN.test(run) ? String(BigInt(run) + BigInt(shiftMs) * 1000n) : run;
}

const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z/g;

/** Moves every UTC instant in a text: the dates of hosts and prices in a configuration move with the data. */
export function movedInstants(text: string, shiftMs: number): string {
  return text.replace(INSTANT, (written, fraction: string | undefined) => {
    const moved: Instant = Date.parse(written) + shiftMs;
    const iso = new Date(moved).toISOString();
    return fraction === undefined && iso.endsWith('.000Z') ? `${iso.slice(0, 19)}Z` : iso;
  });
}
