import type { Pod } from '../../../../exporter/src/facts/pod';
import type { Instant } from '../../../../exporter/src/units/interval';
import { exposed, type MadeNode, type MadePod, MORNING, ReadCluster } from './made-cluster';

/** A time of the story, in seconds since its first read. */
export const at = (seconds: number): Instant => MORNING + seconds * 1000;

/** An hour before the first read. */
export const START = at(-3600);

/** The node and the pod of the story, and a pod that is always there. */
export const NODE: MadeNode = { name: 'n', providerId: 'aws:///us-east-1a/i-1', capacity: { nvidia_com_gpu: 8 } };
export const POD: MadePod = { name: 'p', node: 'n', start: START, requests: { nvidia_com_gpu: 2 } };
const OTHER: MadePod = { name: 'other', node: 'n', start: START };

/** What a scrape finds: no pod but the other one and the node, unless it says otherwise. */
export type Look = { readonly pods?: readonly MadePod[]; readonly nodes?: readonly MadeNode[] };

/** What kube-state-metrics prints of a look. */
export const page = ({ pods = [], nodes = [NODE] }: Look): string => exposed({ pods: [OTHER, ...pods], nodes });

const ELSEWHERE: MadeNode = { name: 'elsewhere' };

/**
 * Reads a look from its words: `gone`, or a phase and what else is true of `p`. `unplaced`, `unaccepted`, `reclaimed`
 * (its node is gone) stand alone; `start@7`, `completed@7`, `terminated@7`, `deletion@7`, `containerStarted@7` are
 * times in seconds since the first read.
 */
export function lookOf(words: string): Look {
  const [phase = '', ...facts] = words.trim().split(' ');
  const nodes = words.includes('reclaimed') ? [ELSEWHERE] : [NODE];
  if (phase === 'gone') return { nodes };
  const times = facts.filter((fact) => fact.includes('@')).map((fact) => fact.split('@'));
  const placed = {
    ...(facts.includes('unplaced') && { node: '' }),
    ...(facts.includes('unaccepted') && { start: undefined }),
  };
  const told = Object.fromEntries(times.map(([name, seconds]) => [name, at(Number(seconds))]));
  return { nodes, pods: [{ ...POD, phase, ...placed, ...told }] };
}

/** Reads the looks of a story, `second look | second look | …`, and returns `p` as it is known then. */
export function podAfter(story: string): Pod | null {
  const cluster = new ReadCluster();
  for (const step of story.split('|')) {
    const [, second, words] = /^\s*(\d+) (.*)$/.exec(step)!;
    cluster.read(at(Number(second)), page(lookOf(words!)));
  }
  return cluster.pod('p');
}

/** A pod's time in seconds since the first read: `-3600 to 15`, with ~ where the end is estimated. */
export function timeOf(pod: Pod | null): string {
  const seconds = (instant: Instant | null, none: string): string =>
    instant === null ? none : String((instant - MORNING) / 1000);
  return `${seconds(pod!.start, 'never')} to ${seconds(pod!.end, 'now')}${pod!.endEstimated ? '~' : ''}`;
}
