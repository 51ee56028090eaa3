import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../exporter/src/units/interval';
import type { ExporterProcess } from './exporter-process';

const SCRAPE_EVERY_MS = 10_000;
const CPU_GOAL = 25;
const RSS_GOAL_MIB = 1024;
const TICKS_PER_SECOND = 100;
const MIB = 1_048_576;

/** What one look at `/metrics` tells: how long it took, and how old the answers of targets and the numbers were. */
export type Look = { readonly latencyMs: number; readonly lagSeconds: number; readonly ageSeconds: number };

/** A running exporter whose CPU and memory the kernel tells under /proc; `clock` is the exporter's own. */
export class MeasuredExporter {
  constructor(
    private readonly exporter: ExporterProcess,
    private readonly clock: () => Instant,
  ) {}

  /** The whole text of `/metrics`. */
  async scrape(): Promise<{ text: string; look: Look }> {
    const start = performance.now();
    const text = await (await fetch(`${this.exporter.url}/metrics`)).text();
    const latencyMs = performance.now() - start;
    const lagSeconds = Math.max(0, ...valuesOf(text, 'flowledger_feed_lag_seconds', '/127.0.0.1'));
    const [computedAt = 0] = valuesOf(text, 'flowledger_computed_timestamp_seconds');
    return { text, look: { latencyMs, lagSeconds, ageSeconds: this.clock() / 1000 - computedAt } };
  }

  /** Scrapes it for so long, prints what it used meanwhile beside the goals, and answers each look. */
  async window(name: string, seconds: number): Promise<Look[]> {
    const { child } = this.exporter;
    const looks: Look[] = [];
    const [from, cpu] = [performance.now(), cpuSeconds(child)];
    const left = (): number => seconds * 1000 - (performance.now() - from);
    while (left() > 0) {
      await sleep(Math.min(SCRAPE_EVERY_MS, Math.max(1, left())));
      looks.push((await this.scrape()).look);
    }
    const used = (100_000 * (cpuSeconds(child) - cpu)) / (performance.now() - from);
    tell(name, { used, looks, child });
    return looks;
  }
}

/** The values of a metric; of those series alone whose labels hold `part`. */
export function valuesOf(text: string, name: string, part = ''): number[] {
  const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes(part));
  const own = lines.filter((line) => /^[{ ]/.test(line.slice(name.length)));
  return own.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

/** User and system time of a process. */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory now, and the most that it was, in MiB. */
function memoryOf({ pid }: ChildProcess): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024) / MIB;
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') };
}

type Window = { readonly used: number; readonly looks: readonly Look[]; readonly child: ChildProcess };

function tell(name: string, { used, looks, child }: Window): void {
  const { now, most } = memoryOf(child);
  const within = (isSo: boolean): string => (isSo ? 'within' : 'MISSES');
  const highest = (pick: (look: Look) => number): string => Math.max(...looks.map(pick)).toFixed(0);
  const latencies = looks.map(({ latencyMs }) => latencyMs.toFixed(0)).join(' ');
  process.stderr.write(
    `${name}: ${used.toFixed(1)} % of a core (${within(used < CPU_GOAL)} ${CPU_GOAL} %), ` +
      `${now.toFixed(0)} MiB, at most ${most.toFixed(0)} (${within(most < RSS_GOAL_MIB)} ${RSS_GOAL_MIB}), ` +
      `/metrics ${latencies} ms, lag at most ${highest(({ lagSeconds }) => lagSeconds)} s, ` +
      `numbers at most ${highest(({ ageSeconds }) => ageSeconds)} s old\n`,
  );
}
