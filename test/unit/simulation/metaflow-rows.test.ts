import { heartbeatAt, runAt } from '../../../exporter/src/replay/history';
import { metaflowHistory } from '../../../exporter/src/simulation/metaflow-rows';
import { demoWorld } from '../../../exporter/src/simulation/world';
import type { SimulatedAttempt } from '../../../exporter/src/simulation/world-facts';

const NOW = Date.UTC(2026, 10, 21, 9, 17, 31, 250);
const plan = demoWorld({ seed: 7, now: NOW }).world.planAt(NOW);
const history = metaflowHistory(plan);

type Told = { start?: number; ok?: string; end?: number; fields: Map<string, string> };

/** Attempts by task and number, read from the rows alone. */
function attemptsIn(metadata: (typeof history.runs)[number]['metadata']): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const { task_id, tags, field_name, value, ts_epoch } of metadata) {
    const name = `${task_id} ${tags[0]?.slice('attempt_id:'.length)}`;
    const attempt = told.get(name) ?? { fields: new Map<string, string>() };
    told.set(name, attempt);
    if (field_name === 'attempt') attempt.start = ts_epoch;
    if (field_name === 'attempt_ok') Object.assign(attempt, { ok: value, end: ts_epoch });
    attempt.fields.set(field_name, value);
  }
  return told;
}

const okOf = ({ codeEnd, fate }: SimulatedAttempt): string | undefined =>
  codeEnd === null ? undefined : fate === 'succeeded' ? 'True' : 'False';

describe('The Metaflow rows of a simulated world', () => {
  it('are one run each, with the steps and tasks of the plan and the pseudo step', () => {
    expect(history.runs.map(({ row }) => [row.flow_id, row.run_number, row.ts_epoch])).toEqual(
      plan.runs.map(({ flow, number, started }) => [flow.name, number, started]),
    );
    for (const [place, run] of plan.runs.entries()) {
      const { tasks } = history.runs[place]!;
      expect(tasks.map(({ row }) => row.task_id)).toEqual([run.parametersTask, ...run.tasks.map(({ id }) => id)]);
    }
  });

  it('give every attempt the start, end, outcome, pod and instance of the plan', () => {
    for (const [place, run] of plan.runs.entries()) {
      const told = attemptsIn(history.runs[place]!.metadata);
      for (const { id, attempts } of run.tasks) {
        for (const attempt of attempts) {
          const { start, end, ok, fields } = told.get(`${id} ${attempt.number}`)!;
          expect([start, end, ok]).toEqual([attempt.codeStart, attempt.codeEnd ?? undefined, okOf(attempt)]);
          expect(fields.get('kubernetes-pod-id')).toBe(attempt.pod.uid);
          expect(fields.get('ec2-instance-id')).toBe(attempt.pod.host.instanceId);
        }
      }
    }
  });

  it('have ids of their own, and say when a spot node is taken away', () => {
    const rows = history.runs.flatMap(({ metadata }) => metadata);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    const reclaimed = plan.runs
      .flatMap(({ tasks }) => tasks.flatMap(({ attempts }) => attempts))
      .filter(({ fate }) => fate === 'reclaimed');
    const noticed = reclaimed.filter(({ pod, codeStart }) => pod.host.to! - 120_000 >= codeStart);
    expect(rows.filter(({ field_name }) => field_name === 'spot-termination-time')).toHaveLength(noticed.length);
    expect(noticed.length).toBeGreaterThan(0);
  });

  it.each([NOW, NOW - 3_600_000, NOW - 2 * 86_400_000])('show nothing at %d of what is written later', (at) => {
    const begun = history.runs.filter(({ row }) => row.ts_epoch <= at).map((run) => runAt(run, at));
    for (const { row, steps, tasks, metadata } of begun) {
      const times = [...steps, ...tasks.map((task) => task.row), ...metadata].map(({ ts_epoch }) => ts_epoch);
      expect(Math.max(...times)).toBeLessThanOrEqual(at);
      const beats = [row, ...tasks.map((task) => task.row)].map(({ last_heartbeat_ts: beat }) => beat ?? 0);
      expect(Math.max(...beats) * 1000).toBeLessThanOrEqual(at);
    }
    const open = plan.runs.flatMap(({ tasks }) =>
      tasks.flatMap(({ id, attempts }) => attempts.map((attempt) => ({ id, attempt }))),
    );
    const unfinished = open.filter(
      ({ attempt: { codeStart, codeEnd } }) => codeStart <= at && (codeEnd === null || codeEnd > at),
    );
    expect(unfinished.length).toBeGreaterThan(0);
    const told = new Map(begun.flatMap(({ metadata }) => [...attemptsIn(metadata)]));
    expect(unfinished.filter(({ id, attempt }) => told.get(`${id} ${attempt.number}`)?.ok !== undefined)).toEqual([]);
  });

  test.each([
    ['before it begins', 999, null],
    ['at its beginning', 1000, 1],
    ['nine seconds on', 10_999, 1],
    ['ten seconds on', 11_000, 11],
    ['at its end', 25_500, 25],
    ['long after', 99_000, 25],
  ])('beat every ten seconds: %s', (_, at, beat) => {
    expect(heartbeatAt([{ from: 1000, to: 25_500 }], at)).toBe(beat);
  });
});
