/**
 * One recorded history through every transport: the metadata service paged and unpaged, the UI backend and a real
 * PostgreSQL. The ledger is the same to the last digit, and it holds every attempt of the recording's own table.
 * @needs postgresql
 */
import { type PostgresProcess, runningPostgres } from '../support/postgres-process';
import {
  readJsonLines,
  type RecordedAnswer,
  type RecordedService,
  startRecordedService,
} from '../support/recorded-service';
import { loadRecording, makeDatabase, makeReader, urlOf } from '../unit/feeds/metaflow-postgres/database';
import { fixturePath, serviceTable } from '../unit/feeds/metaflow-service/recorded';
import { freePort, makeFolder, removeFolder, runningExporter } from './exporter-process';

/** The day after the recording: every hour of it is closed. */
const CLOCK = '2026-11-22T00:00:00Z@1';

type Attempt = { attempt: number; start: string; end: string; cost: string };
type RunPage = {
  flow: string;
  runId: string;
  outcome: string;
  cost: string;
  costComplete: boolean;
  endedAt: string;
  steps: { step: string; tasks: { task: string; attempts: Attempt[] }[] }[];
};
type Ledger = { runs: RunPage[]; idle: { host: string; cost: string; workload: string; idle: string }[] };

const services: RecordedService[] = [];
let postgres: PostgresProcess;

async function serving(kind: 'service' | 'old' | 'ui'): Promise<string> {
  const file = kind === 'ui' ? 'ui-backend.jsonl.gz' : 'metadata-service.jsonl';
  const answers = readJsonLines<RecordedAnswer>(fixturePath(file));
  const service = await startRecordedService({ kind, answers });
  services.push(service);
  return service.url;
}

/** What every step of the table asked for, declared: the service and its database do not tell. */
function holdings(): string {
  const steps = new Map(serviceTable().map(({ flow, step, gpus }) => [`${flow} ${step}`, { flow, step, gpus }]));
  const items = [...steps.values()].map(({ flow, step, gpus }) => `  - {flow: ${flow}, step: ${step}, gpus: ${gpus}}`);
  return `holdings:\n${items.join('\n')}\n`;
}

const TRANSPORTS: { name: string; feed: () => Promise<string>; declared: boolean }[] = [
  { name: 'the service, paged', feed: async () => `type: service, url: "${await serving('service')}"`, declared: true },
  { name: 'the service, unpaged', feed: async () => `type: service, url: "${await serving('old')}"`, declared: true },
  { name: 'the UI backend', feed: async () => `type: ui, url: "${await serving('ui')}"`, declared: false },
  {
    name: 'PostgreSQL',
    feed: () => Promise.resolve(`type: postgres, url: "${urlOf(postgres, 'metaflow')}"`),
    declared: true,
  },
];

async function ledgerOf({ feed, declared }: (typeof TRANSPORTS)[number]): Promise<Ledger> {
  const folder = makeFolder('same-ledger');
  const port = await freePort();
  const config = `server: { listen: "127.0.0.1:${port}" }
hosts: [{ name: gpu-1, gpus: 8, gpu_model: Recorded GPU, vcpu: 64, memory_gib: 512 }]
rate_cards: [{ name: card, applies_to: { host: gpu-1 }, price_per_hour: 32 }]
feeds: { metaflow: [{ name: prod, ${await feed()} }] }
${declared ? holdings() : ''}`;
  const exporter = await runningExporter({ folder, config, port, env: { FLOWLEDGER_CLOCK: CLOCK } });
  try {
    const complete = async (): Promise<boolean> =>
      (await exporter.get<{ completeUntil: string | null }>('/api/v1/runs')).completeUntil !== null;
    for (let trial = 0; trial < 150 && !(await complete()); trial += 1)
      await new Promise((done) => setTimeout(done, 200));
    const { items } = await exporter.get<{ items: { flow: string; runId: string }[] }>('/api/v1/runs?limit=100');
    const runs: RunPage[] = [];
    for (const { flow, runId } of items) runs.push(await exporter.get(`/api/v1/runs/${flow}/${runId}`));
    const hours = 'from=2026-11-21T03:00:00.000Z&to=2026-11-21T05:00:00.000Z';
    const { items: hostHours } = await exporter.get<{ items: Ledger['idle'] }>(`/api/v1/idle?${hours}`);
    return {
      runs,
      idle: hostHours.map(({ host, cost, workload, idle }) => ({ host, cost, workload, idle })),
    };
  } finally {
    await exporter.stop();
    removeFolder(folder);
  }
}

beforeAll(async () => {
  postgres = await runningPostgres(25_450);
  makeReader(postgres);
  makeDatabase(postgres, 'metaflow');
  loadRecording(postgres, 'metaflow');
}, 60_000);

afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await postgres?.stop();
});

/** What the transports may say differently: how surely a holding is known. */
function comparable({ runs, idle }: Ledger): unknown {
  const money = runs.map(({ flow, runId, outcome, cost, costComplete, endedAt, steps }) => {
    const attempts = steps.flatMap(({ step, tasks }) =>
      tasks.flatMap(({ task, attempts: all }) =>
        all.map(({ attempt, start, end, cost: amount }) => ({ step, task, attempt, start, end, amount })),
      ),
    );
    return { flow, runId, outcome, cost, costComplete, endedAt, attempts };
  });
  return { money, idle };
}

test('every transport gives the same ledger', async () => {
  const ledgers = [];
  for (const transport of TRANSPORTS) ledgers.push({ name: transport.name, ledger: await ledgerOf(transport) });
  const [first, ...others] = ledgers;
  const attempts = first!.ledger.runs.flatMap(({ steps }) =>
    steps.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts)),
  );
  expect(attempts).toHaveLength(serviceTable().length);
  expect(attempts.filter(({ cost }) => Number(cost) > 0).length).toBeGreaterThan(30);
  for (const { name, ledger } of others) {
    expect({ name, ledger: comparable(ledger) }).toEqual({ name, ledger: comparable(first!.ledger) });
  }
}, 180_000);
