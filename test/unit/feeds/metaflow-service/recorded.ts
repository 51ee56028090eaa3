import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../../../../exporter/src/facts/attempt';
import type { Holding } from '../../../../exporter/src/facts/holding';
import type { MetaflowFeed, MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import {
  createServiceFeed,
  type ServiceFeedOptions,
} from '../../../../exporter/src/feeds/metaflow-service/read-service-feed';
import { createUiFeed } from '../../../../exporter/src/feeds/metaflow-ui/read-ui-feed';
import {
  readJsonLines,
  type RecordedAnswer,
  type RecordedService,
  type ServiceSettings,
  startRecordedService,
} from '../../../support/recorded-service';

const FIXTURES = join(__dirname, '../../../fixtures/metaflow');

/** What is served, by the file it was recorded in. */
export const recordedAnswers = (file: 'metadata-service.jsonl' | 'ui-backend.jsonl.gz'): RecordedAnswer[] =>
  readJsonLines<RecordedAnswer>(join(FIXTURES, file));

/** The path of a recording. */
export const fixturePath = (name: string): string => join(FIXTURES, name);

/** The attempts of the service recording, as a few lines of Python read them from it. */
export function serviceTable(): Record<string, string>[] {
  const text = readFileSync(fixturePath('metadata-service.attempts.tsv'), 'utf8');
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header!.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, index) => [names[index]!, cell])));
}

/** The GPUs of the table as holdings: over the service nothing else tells them. */
export function holdingsOfTable(): Holding[] {
  const gpus = new Map(serviceTable().map((row) => [`${row.flow}/${row.step}`, BigInt(row.gpus!) * 1_000_000_000n]));
  return [...gpus].map(([name, count]) => {
    const [flow, step] = name.split('/');
    return { flow: flow!, step: step!, host: null, gpus: count as Holding['gpus'] };
  });
}

const running: RecordedService[] = [];

/** Starts a service that {@link stopServices} stops. */
export async function serving(settings: ServiceSettings): Promise<RecordedService> {
  const service = await startRecordedService(settings);
  running.push(service);
  return service;
}

/** Stops every service; for `afterAll`. */
export async function stopServices(): Promise<void> {
  for (const service of running.splice(0)) await service.stop();
}

/** A feed of a service with nothing declared, which repeats at once what may pass. */
export function serviceFeedOf(url: string, options: Partial<ServiceFeedOptions> = {}): MetaflowFeed {
  return createServiceFeed({ ...DEFAULTS, url, ...options });
}

/** The same of a UI backend. */
export function uiFeedOf(url: string, options: Partial<ServiceFeedOptions> = {}): MetaflowFeed {
  return createUiFeed({ ...DEFAULTS, url, ...options });
}

const DEFAULTS = {
  name: 'metadata',
  deployment: 'prod',
  headersFile: null,
  host: null,
  silenceMs: 600_000,
  holdings: [],
  timeoutMs: 30_000,
  retryWaitsMs: [1, 1],
};

/** One line an attempt, in the columns of the table that do not need to know what it asked for. */
export function linesOf({ attempts }: Pick<MetaflowPoll, 'attempts'>): string[] {
  return attempts.map(lineOf).sort();
}

function lineOf({ key, start, end, endSource, outcome, isClone }: Attempt): string {
  const name = `${key.flow} ${key.run} ${key.step} ${key.task} ${key.attempt}`;
  return [name, start, end ?? 'open', endSource, outcome, isClone ? 'clone' : 'own'].join(' ');
}
