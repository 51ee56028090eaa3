import { IDLE_CAUSES } from '../../exporter/src/facts/charge';
import { ISSUE_CODES } from '../../exporter/src/facts/issue';
import { type PodLine, readPod } from './read-pod';
import { readSample, type SampleLine } from './read-sample';
import { type Gpus, type Place, Words } from './words';

/** `[start, end)` in UTC ms; null is open. */
export type Window = { readonly start: number | null; readonly end: number | null };

export type NodeLine = Place & {
  readonly is: 'node';
  readonly name: string;
  readonly gpus: Gpus;
  readonly cpus: number | null;
  readonly memoryGib: number | null;
  readonly from: number | null;
  readonly to: number | null;
};

export type PriceLine = Place & Window & { readonly is: 'price'; readonly name: string; readonly perHour: bigint };

export type ChargeLine = Place & {
  readonly is: 'charge';
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly gpus: Gpus;
  readonly amount: bigint;
};

export type AttemptLine = Place & {
  readonly is: 'attempt' | 'clone';
  readonly path: readonly string[];
  readonly number: number;
  readonly start: number;
  readonly end: number | null;
  readonly on: string | null;
  /** Null: nobody knows what it held. */
  readonly gpus: Gpus | null;
  readonly cpus: number;
  readonly memoryGib: number;
  /** The pod that its records name, by uid or by name alone. */
  readonly ranIn: { readonly by: 'uid' | 'name'; readonly pod: string } | null;
};

export type BusyLine = Place & {
  readonly is: 'busy' | 'gap';
  readonly on: string | null;
  readonly start: number;
  readonly end: number;
  readonly gpus: Gpus;
};

export type ExpectLine = Place &
  Window & {
    readonly is: 'expect';
    readonly what: 'origin' | 'workload' | 'unattributed' | 'idle';
    readonly path: readonly string[];
    readonly number: number | null;
    readonly cause: string | null;
    readonly gpus: Gpus | null;
    readonly on: string | null;
    /** Null: unpriced. */
    readonly amount: bigint | null;
  };

export type UsageLine = Place &
  Window & {
    readonly is: 'usage';
    readonly what: keyof typeof USAGE_UNITS;
    readonly path: readonly string[];
    readonly number: number | null;
    readonly on: string | null;
    /** 10⁻⁹ GPU × ms, or mJ; null: unknown. */
    readonly amount: bigint | null;
  };

export type IssueLine = Place & { readonly is: 'issue'; readonly code: string };

export type Scenario = {
  readonly file: string;
  readonly nodes: readonly NodeLine[];
  readonly prices: readonly PriceLine[];
  readonly charges: readonly ChargeLine[];
  readonly attempts: readonly AttemptLine[];
  readonly busy: readonly BusyLine[];
  readonly pods: readonly PodLine[];
  readonly samples: readonly SampleLine[];
  readonly expected: readonly ExpectLine[];
  readonly usage: readonly UsageLine[];
  readonly issues: readonly IssueLine[];
  /** The time up to which the last, open hour is known. */
  readonly until: number | null;
  /** False: a line `...` says that more pieces may remain. */
  readonly isComplete: boolean;
};

const DEFAULTS = { cpus: 1, memoryGib: 4 };
const NO_GPUS: Gpus = { devices: [], count: 0 };
const RESERVED = ['bill', 'restate'];
const VERBS = 'day, until, node, price, charge, attempt, clone, pod, busy, gap, sample, expect, ...';
const GPU_TIME = { 'gpu-seconds': 10n ** 12n, 'gpu-minutes': 60n * 10n ** 12n, 'gpu-hours': 3600n * 10n ** 12n };
const ENERGY = { J: 1000n, kJ: 1_000_000n, kWh: 3_600_000_000n };
const USAGE_UNITS = {
  held: GPU_TIME,
  used: GPU_TIME,
  workload_idle: GPU_TIME,
  unobserved: GPU_TIME,
  busy: GPU_TIME,
  energy: ENERGY,
};
const USAGES = Object.keys(USAGE_UNITS) as (keyof typeof USAGE_UNITS)[];

/** Reads a scenario; the first wrong word throws an Error that names file and line. */
export function parseScenario(file: string, text: string): Scenario {
  const told = { nodes: [], prices: [], charges: [], attempts: [], pods: [], busy: [], samples: [] };
  const scenario: Draft = { file, ...told, expected: [], usage: [], issues: [], until: null, isComplete: true };
  let day = '2026-11-02';
  text.split('\n').forEach((content, index) => {
    const words = new Words({ file, line: index + 1 }, content, day);
    const verb = words.next();
    if (verb === null) return;
    if (verb === 'day') day = words.date();
    else readStatement(scenario, verb, words);
    words.end();
  });
  if (scenario.expected.length === 0) throw new Error(`${file}: A scenario without "expect" proves nothing.`);
  return scenario;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] extends readonly (infer Item)[] ? Item[] : T[Name] };
type Draft = Mutable<Scenario>;

function readStatement(scenario: Draft, verb: string, words: Words): void {
  if (RESERVED.includes(verb)) words.fail(`"${verb}" is reserved: the ledger knows no bill yet`);
  if (verb === '...') scenario.isComplete = false;
  else if (verb === 'until') scenario.until = words.time();
  else if (verb === 'node') scenario.nodes.push(readNode(words));
  else if (verb === 'price') scenario.prices.push(readPrice(words));
  else if (verb === 'charge') scenario.charges.push(readCharge(words));
  else if (verb === 'attempt' || verb === 'clone') scenario.attempts.push(readAttempt(verb, words));
  else if (verb === 'pod') scenario.pods.push(readPod(words));
  else if (verb === 'sample') scenario.samples.push(readSample(words));
  else if (verb === 'busy') scenario.busy.push(readBusy(words));
  else if (verb === 'gap') scenario.busy.push(readGap(words));
  else if (verb === 'expect') readExpect(scenario, words);
  else words.fail(`"${verb}" is none of ${VERBS}`);
}

function readNode(words: Words): NodeLine {
  const node = { ...words.place, is: 'node' as const, name: words.name() };
  const gpus = words.gpus() ?? NO_GPUS;
  const cpus = words.after('cpus') ? words.number() : null;
  const memoryGib = words.after('memory') ? words.gib() : null;
  const from = words.after('from') ? words.time() : null;
  const to = words.after('to') ? words.time() : null;
  if (gpus.count === 0 && (cpus === null || memoryGib === null))
    words.fail('a node without gpus needs cpus and memory');
  return { ...node, gpus, cpus, memoryGib, from, to };
}

const readPrice = (words: Words): PriceLine => ({
  ...words.place,
  is: 'price',
  name: words.name(),
  start: words.openTime('-'),
  end: words.openTime('-'),
  perHour: words.money('/h'),
});

function readCharge(words: Words): ChargeLine {
  const charge = { ...words.place, is: 'charge' as const, name: words.name(), ...span(words) };
  const gpus = words.gpus() ?? words.fail('a charge needs gpus');
  return { ...charge, gpus, amount: words.money('') };
}

function span(words: Words): { start: number; end: number } {
  const [start, end] = [words.time(), words.time()];
  return end > start ? { start, end } : words.fail('ends before it starts');
}

function readAttempt(is: 'attempt' | 'clone', words: Words): AttemptLine {
  const path = words.path();
  if (path.length !== 4) words.fail('an attempt is Flow/run/step/task #N');
  const number = words.attemptNumber() ?? words.fail('an attempt is Flow/run/step/task #N');
  const [start, end] = [words.time(), words.openTime('open')];
  const on = words.after('on') ? words.name() : null;
  const isUnknown = words.after('unknown');
  const gpus = isUnknown ? null : (words.gpus() ?? NO_GPUS);
  const cpus = words.after('cpus') ? words.number() : DEFAULTS.cpus;
  const memoryGib = words.after('memory') ? words.gib() : DEFAULTS.memoryGib;
  const ranIn = words.after('in') ? readClue(words) : null;
  return { ...words.place, is, path, number, start, end, on, gpus, cpus, memoryGib, ranIn };
}

function readClue(words: Words): AttemptLine['ranIn'] {
  const by = words.after('name') ? 'name' : 'uid';
  return { by, pod: words.word('a pod') };
}

function readBusy(words: Words): BusyLine {
  const on = words.after('on') ? words.name() : null;
  const gpus = words.gpus() ?? words.fail('"busy" needs gpus');
  return { ...words.place, is: 'busy', on, gpus, ...span(words) };
}

function readGap(words: Words): BusyLine {
  const on = words.after('on') ? words.name() : null;
  return { ...words.place, is: 'gap', on, gpus: NO_GPUS, ...span(words) };
}

function readExpect(scenario: Draft, words: Words): void {
  const what = words.oneOf(['origin', 'workload', 'unattributed', 'idle', 'issue', ...USAGES] as const);
  if (isUsage(what)) {
    scenario.usage.push(readUsage(what, words));
    return;
  }
  if (what === 'issue') {
    scenario.issues.push({ ...words.place, is: 'issue', code: words.oneOf(ISSUE_CODES) });
    return;
  }
  const path = what === 'workload' ? words.path() : [];
  const number = words.attemptNumber();
  const cause = what === 'idle' ? words.anyOf(IDLE_CAUSES) : null;
  const gpus = what === 'idle' || what === 'unattributed' ? words.gpus() : null;
  const on = words.after('on') ? words.name() : null;
  const { start, end } = words.isTime() ? span(words) : { start: null, end: null };
  const amount = words.after('unpriced') ? null : words.money('');
  scenario.expected.push({ ...words.place, is: 'expect', what, path, number, cause, gpus, on, start, end, amount });
}

const isUsage = (what: string): what is UsageLine['what'] => Object.hasOwn(USAGE_UNITS, what);

function readUsage(what: UsageLine['what'], words: Words): UsageLine {
  const path = words.path();
  const number = words.attemptNumber();
  const on = words.after('on') ? words.name() : null;
  const { start, end } = words.isTime() ? span(words) : { start: null, end: null };
  const amount = words.after('unknown') ? null : words.amountOf(USAGE_UNITS[what]);
  return { ...words.place, is: 'usage', what, path, number, on, start, end, amount };
}
