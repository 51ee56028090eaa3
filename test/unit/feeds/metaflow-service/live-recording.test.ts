import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import {
  readJsonLines,
  type RecordedAnswer,
  type RecordedService,
  type Snapshot,
} from '../../../support/recorded-service';
import {
  fixturePath,
  holdingsOfTable,
  linesOf,
  recordedAnswers,
  serviceFeedOf,
  serviceTable,
  serving,
  stopServices,
} from './recorded';

afterAll(stopServices);

const snapshots = readJsonLines<Snapshot>(fixturePath('metadata-service-live.jsonl'));

/** What does not change while run 10 runs: the run before it, and that there is one flow. */
const standing: RecordedAnswer[] = [
  {
    path: '/flows',
    status: 200,
    headers: {},
    body: JSON.stringify([{ flow_id: 'TrainFlow', ts_epoch: 1795233092988 }]),
  },
  ...recordedAnswers('metadata-service.jsonl').filter(({ path }) => path.startsWith('/flows/TrainFlow/runs/9')),
];

type Told = { readonly at: number; readonly poll: MetaflowPoll };

async function replay(kind: 'service' | 'old'): Promise<{ told: Told[]; service: RecordedService }> {
  const service = await serving({ kind, answers: [] });
  const feed = serviceFeedOf(service.url, { holdings: holdingsOfTable() });
  const told: Told[] = [];
  for (const { at, answers } of snapshots) {
    service.serve([...standing, ...answers]);
    told.push({ at, poll: await feed.poll({ now: at, known: [] }) });
  }
  return { told, service };
}

const run10 = ({ poll }: Told): MetaflowPoll['runs'] => poll.runs.filter(({ key }) => key.run === '10');
const attemptsOf10 = ({ poll }: Told): MetaflowPoll['attempts'] => poll.attempts.filter(({ key }) => key.run === '10');

describe.each(['service', 'old'] as const)('The live recording, replayed second by second over a %s', (kind) => {
  let told: Told[];
  beforeAll(async () => {
    ({ told } = await replay(kind));
  });

  it('shows run 10 from when it began, open until its last step has succeeded, then closed', () => {
    expect(run10(told[0]!)).toEqual([]);
    const outcomes = told.flatMap((one) => run10(one).map(({ outcome, endedAt }) => `${outcome} ${endedAt}`));
    expect(outcomes.length).toBeGreaterThan(5);
    expect([...new Set(outcomes)]).toEqual(['running null', 'succeeded 1795233774000']);
    expect(outcomes.filter((one) => one.startsWith('succeeded'))).toHaveLength(1);
  });

  it('grows: attempts are added and never taken back, and an end stands once it is told', () => {
    let counts = 0;
    const ends = new Map<string, number>();
    for (const one of told) {
      const attempts = attemptsOf10(one);
      if (attempts.length === 0) continue;
      expect(attempts.length).toBeGreaterThanOrEqual(counts);
      counts = attempts.length;
      for (const { key, end } of attempts) {
        const known = ends.get(key.task);
        if (known !== undefined) expect(end).toBe(known);
        if (end !== null) ends.set(key.task, end);
      }
    }
    expect(counts).toBe(8);
  });

  it('shows attempts that run, without an end, while they run', () => {
    const open = told.flatMap((one) => attemptsOf10(one).filter(({ end }) => end === null));
    expect(new Set(open.map(({ key }) => key.step))).toContain('train');
    for (const { outcome, endSource } of open) expect([outcome, endSource]).toEqual(['running', 'open']);
    const recorded = new Map(serviceTable().map((row) => [row.task, row]));
    for (const one of told) {
      for (const { key, start } of attemptsOf10(one)) expect(String(start)).toBe(recorded.get(key.task)!.start_ms);
    }
  });

  it('tells a run only when something of it has changed', () => {
    const facts = told.flatMap((one) => (run10(one).length > 0 ? [linesOf(one.poll).join('\n')] : []));
    expect(new Set(facts).size).toBe(facts.length);
    expect(told.filter(({ poll }) => poll.runs.some(({ key }) => key.run === '9'))).toHaveLength(1);
  });

  it('ends with the attempts of the table', () => {
    const last = told.filter((one) => run10(one).length > 0).pop()!;
    const ends = attemptsOf10(last).map(({ key, start, end }) => `${key.task} ${start} ${end}`);
    const rows = serviceTable().filter(({ run }) => run === '10');
    expect(ends.sort()).toEqual(rows.map((row) => `${row.task} ${row.start_ms} ${row.end_ms}`).sort());
  });
});
