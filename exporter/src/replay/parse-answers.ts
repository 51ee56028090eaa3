import { z } from 'zod';
import type {
  ArtifactRow,
  Beats,
  FlowRow,
  MetadataRow,
  MetaflowHistory,
  RunHistory,
  RunRow,
  StepRow,
  TaskRow,
} from './history';

const answer = z.object({ path: z.string(), status: z.number(), body: z.string() });
const line = z.union([answer, z.object({ answers: z.array(answer) })]);

/**
 * Reads recorded answers of a metadata service, and of a UI backend's `/dag` and `/parameters`: one `{path, status,
 * headers, body}` or one `{at, answers[]}` a line. Whole lists are read, pages and errors are not; of two answers to
 * one path the later one counts.
 * @throws Error naming the line that is none.
 */
export function parseAnswers(text: string): MetaflowHistory {
  const bodies = new Map<string, unknown>();
  for (const [index, written] of text.split('\n').entries()) {
    if (written.trim() === '') continue;
    for (const { path, status, body } of answersOf(written, index + 1)) {
      if (status !== 200 || path === '/ping' || path === '/version') continue;
      const isUi = path.endsWith('/dag') || path.endsWith('/parameters');
      if (isUi || !path.includes('?')) bodies.set(path, valueOf(JSON.parse(body)));
    }
  }
  return historyFrom(bodies);
}

type Answer = z.infer<typeof answer>;

function answersOf(text: string, number: number): readonly Answer[] {
  try {
    const read = line.parse(JSON.parse(text));
    return 'answers' in read ? read.answers : [read];
  } catch (cause) {
    throw new Error(`answers.jsonl:${number} is not a recorded answer.`, { cause });
  }
}

/** A UI backend wraps what it says. */
const valueOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'data' in body && 'links' in body ? body.data : body;

function historyFrom(bodies: ReadonlyMap<string, unknown>): MetaflowHistory {
  const listAt = <Row>(path: string): readonly Row[] => {
    const body = bodies.get(path);
    return Array.isArray(body) ? (body as Row[]) : [];
  };
  const flows = listAt<FlowRow>('/flows');
  const runs = flows.flatMap(({ flow_id }) =>
    listAt<RunRow>(`/flows/${flow_id}/runs`).map((row): RunHistory => {
      const at = `/flows/${flow_id}/runs/${row.run_number}`;
      const steps = listAt<StepRow>(`${at}/steps`);
      const inSteps = <Row>(part: string): Row[] =>
        steps.flatMap(({ step_name }) => [...listAt<Row>(`${at}/steps/${step_name}/${part}`)]);
      return {
        row,
        beats: beatsOf(row),
        steps,
        tasks: inSteps<TaskRow>('tasks').map((task) => ({ row: task, beats: beatsOf(task) })),
        metadata: listAt<MetadataRow>(`${at}/metadata`),
        artifacts: inSteps<ArtifactRow>('artifacts'),
        dag: bodies.get(`${at}/dag`) ?? null,
        parameters: bodies.get(`${at}/parameters`) ?? null,
      };
    }),
  );
  return { flows, runs };
}

function beatsOf({ ts_epoch, last_heartbeat_ts: last }: RunRow | TaskRow): readonly Beats[] {
  return last === null ? [] : [{ from: Math.min(ts_epoch, last * 1000), to: last * 1000 }];
}

/** Writes a history as recorded answers, one a line: what {@link parseAnswers} reads, with the last heartbeats. */
export function printAnswers({ flows, runs }: MetaflowHistory): string {
  const lines = [answerLine('/flows', flows)];
  for (const { flow_id } of flows) {
    const ofFlow = runs.filter(({ row }) => row.flow_id === flow_id);
    lines.push(
      answerLine(
        `/flows/${flow_id}/runs`,
        ofFlow.map((run) => ({ ...run.row, last_heartbeat_ts: lastBeat(run.beats) })),
      ),
    );
    for (const run of ofFlow) lines.push(...runLines(run));
  }
  return lines.join('');
}

function runLines({ row, steps, tasks, metadata, dag, parameters }: RunHistory): string[] {
  const at = `/flows/${row.flow_id}/runs/${row.run_number}`;
  const tasksOf = (step: string): object[] =>
    tasks
      .filter((task) => task.row.step_name === step)
      .map((task) => ({ ...task.row, last_heartbeat_ts: lastBeat(task.beats) }));
  return [
    answerLine(`${at}/steps`, steps),
    ...steps.map(({ step_name }) => answerLine(`${at}/steps/${step_name}/tasks`, tasksOf(step_name))),
    answerLine(`${at}/metadata`, metadata),
    ...(dag === null ? [] : [answerLine(`${at}/dag`, wrapped(dag))]),
    ...(parameters === null ? [] : [answerLine(`${at}/parameters`, wrapped(parameters))]),
  ];
}

const wrapped = (data: unknown): object => ({ data, status: 200, links: {}, query: {} });

function lastBeat(beats: readonly Beats[]): number | null {
  const last = beats.at(-1);
  return last === undefined || last.to === null ? null : Math.floor(last.to / 1000);
}

const answerLine = (path: string, body: unknown): string =>
  `${JSON.stringify({ path, status: 200, headers: {}, body: JSON.stringify(body) })}\n`;
