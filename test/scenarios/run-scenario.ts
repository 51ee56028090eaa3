import type { AttemptKey } from '../../exporter/src/facts/attempt';
import type { ChargePeriod } from '../../exporter/src/facts/charge';
import { allocateHour } from '../../exporter/src/ledger/allocate';
import { oracleHour } from '../oracle/allocate-oracle';
import { comparedCharge, comparedOracle } from '../oracle/parties';
import { idleDevices, strayDevices } from './devices';
import { hostHoursOf } from './host-hours';
import type { ExpectLine, Scenario } from './parse-scenario';
import { usageFaults } from './usage-faults';

/** One amount of the ledger that an `expect` can speak of. */
type Entry = {
  readonly what: ExpectLine['what'];
  readonly host: string;
  readonly start: number;
  readonly end: number;
  readonly holder: AttemptKey | null;
  readonly cause: string | null;
  readonly amount: bigint | null;
};

/** Divides every hour of a scenario; returns what is wrong, one sentence each, with file and line. */
export function runScenario(scenario: Scenario): string[] {
  const inputs = hostHoursOf(scenario);
  const answers = inputs.map(allocateHour);
  const periods = answers.flatMap((answer) => answer.periods);
  const issues = answers.flatMap((answer) => answer.issues.map(({ code }) => code));
  return [
    ...inputs.flatMap((input, place) =>
      disagreements(scenario.file, answers[place]!.periods, oracleHour(input).map(comparedOracle)),
    ),
    ...periods.flatMap((period) => lawBreaches(scenario.file, period)),
    ...unmet(scenario, periods.flatMap(entriesOf)),
    ...usageFaults(scenario, periods),
    ...issueFaults(scenario, issues),
  ];
}

function disagreements(file: string, periods: readonly ChargePeriod[], oracle: readonly object[]): string[] {
  const [ours, theirs] = [periods.map(comparedCharge), oracle].map((answer) => JSON.stringify(answer, plainBigints));
  return ours === theirs ? [] : [`${file}: The ledger says ${ours}, the oracle ${theirs}.`];
}

function plainBigints(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Σ amounts, weights and GPU time of the pieces are the origin charge's own; no more is observed than held. */
export function lawBreaches(file: string, { origin, pieces }: ChargePeriod): string[] {
  const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
  const isUnpriced = origin.amount === null;
  const known = pieces.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  const holds = [
    isUnpriced ? known.length === 0 : known.length === pieces.length && sumOf(known) === origin.amount,
    sumOf(pieces.map(({ weight }) => weight)) === origin.capacityWeight,
    sumOf(pieces.map(({ gpuTime }) => gpuTime)) === origin.gpuTime,
    pieces.every(({ weight, gpuTime }) => weight >= 0n && gpuTime >= 0n),
    pieces.every(({ gpuTime, usage }) => !usage || usage.used + usage.workloadIdle <= gpuTime),
  ];
  const names = ['amounts', 'weights', 'GPU time', 'signs', 'usage'];
  const where = `${origin.host} ${new Date(origin.period.start).toISOString()}`;
  return names.filter((_, place) => !holds[place]).map((name) => `${file}: The ${name} of ${where} break the law.`);
}

function entriesOf({ origin, pieces }: ChargePeriod): Entry[] {
  const where = { host: origin.host, ...origin.period };
  return [
    { ...where, what: 'origin', holder: null, cause: null, amount: origin.amount },
    ...pieces.map(({ kind, holder, cause, amount }) => ({ ...where, what: kind, holder, cause, amount })),
  ];
}

function isMeant(line: ExpectLine, entry: Entry): boolean {
  const { flow, run, step, task, attempt } = entry.holder ?? {};
  return (
    line.what === entry.what &&
    (line.on === null || line.on === entry.host) &&
    (line.start === null || line.start <= entry.start) &&
    (line.end === null || entry.end <= line.end) &&
    (line.cause === null || line.cause === entry.cause) &&
    line.path.every((name, place) => name === [flow, run, step, task][place]) &&
    (line.number === null || line.number === attempt)
  );
}

function unmet(scenario: Scenario, entries: readonly Entry[]): string[] {
  const faults = scenario.expected.flatMap((line) =>
    faultOf(
      scenario,
      line,
      entries.filter((entry) => isMeant(line, entry)),
    ),
  );
  const loose = entries.filter(({ what, amount }) => what !== 'origin' && amount !== 0n);
  const forgotten = loose.filter((entry) => !scenario.expected.some((line) => isMeant(line, entry)));
  return scenario.isComplete ? [...faults, ...forgotten.map((entry) => forgottenFault(scenario.file, entry))] : faults;
}

function forgottenFault(file: string, { what, cause, holder, host, start, end, amount }: Entry): string {
  const name = holder ? `${holder.flow}/${holder.run}/${holder.step}/${holder.task} #${holder.attempt}` : (cause ?? '');
  const [from, to] = [start, end].map((moment) => new Date(moment).toISOString());
  return `${file}: Nobody expects ${what} ${name} on ${host} ${from} ${to}: ${dollars(amount)}.`;
}

function faultOf(scenario: Scenario, line: ExpectLine, entries: readonly Entry[]): string[] {
  const where = `${line.file}:${line.line}:`;
  const priced = entries.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  if (priced.length > 0 && priced.length < entries.length)
    return [`${where} Priced and unpriced hours in one sum: say from when to when.`];
  const isUnpriced = entries.length > 0 && priced.length === 0;
  const amount = isUnpriced ? null : priced.reduce((sum, part) => sum + part, 0n);
  const money =
    amount === line.amount ? [] : [`${where} Expected ${dollars(line.amount)}, the ledger says ${dollars(amount)}.`];
  return [...money, ...deviceFaults(scenario, line)];
}

/** The GPUs that an `expect idle gpu 3` names are those which no line holds or keeps busy at some time. */
function deviceFaults(scenario: Scenario, line: ExpectLine): string[] {
  if (line.gpus === null) return [];
  const actual = line.what === 'idle' ? idleDevices(scenario, line) : strayDevices(scenario, line);
  const [named, found] = [line.gpus.devices ?? [], actual].map((devices) =>
    [...devices].sort((a, b) => a - b).join(','),
  );
  return named === found ? [] : [`${line.file}:${line.line}: Not gpu ${named}, but ${found || 'none'}.`];
}

function issueFaults({ file, issues, isComplete }: Scenario, found: readonly string[]): string[] {
  const missing = issues
    .filter(({ code }) => !found.includes(code))
    .map(({ line, code }) => `${file}:${line}: There is no issue ${code}.`);
  const unexpected = [...new Set(found)].filter((code) => !issues.some((issue) => issue.code === code));
  return isComplete ? [...missing, ...unexpected.map((code) => `${file}: Nobody expects the issue ${code}.`)] : missing;
}

function dollars(amount: bigint | null): string {
  if (amount === null) return 'unpriced';
  const digits = String(amount).padStart(13, '0');
  return `$${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
