import { migShare } from '../../exporter/src/facts/mig-profile';
import type { Pod, PodIdentity } from '../../exporter/src/facts/pod';
import { bytesFromGibibytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import type { Place, Words } from './words';

/** A pod as its cluster shows it, where it was seen, and whether the cluster's feed forgets it afterwards. */
export type PodLine = Place & { readonly is: 'pod'; readonly pod: Pod; readonly isForgotten: boolean };

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

/** `pod NAME [uid U] [of FLOW/RUN[/STEP[/TASK]] [#N]] START END [on NODE] [GPUS] …`, without its first word. */
export function readPod(words: Words): PodLine {
  const name = words.word('a pod');
  const uid = words.after('uid') ? words.word('a uid') : name;
  const identity = words.after('of') ? readIdentity(words) : null;
  const start = words.openTime('-');
  const isEstimate = words.isEstimate();
  const end = isEstimate ? words.estimate() : words.openTime('open');
  const host = words.after('on') ? words.name() : null;
  const gpus = readGpus(words);
  const held = {
    gpus: nanoGpusFromGpus(gpus),
    vcpus: milliVcpusFromVcpus(words.after('cpus') ? words.number() : 1),
    memory: bytesFromGibibytes(words.after('memory') ? words.gib() : 4),
    source: 'allocation' as const,
  };
  const shared = words.after('shared');
  const owner = words.after('owner') ? ownerOf(words.word('an owner')) : null;
  const phase = words.anyOf(PHASES) ?? (end === null || isEstimate ? 'Running' : 'Succeeded');
  const isForgotten = words.after('forgotten');
  const seen = { host, phase, start, end, endEstimated: isEstimate, lastSeen: end ?? start ?? 0 };
  const ref = { uid, namespace: 'default', name };
  const pod = { cluster: 'cluster', ref, ...seen, held, shared, identity, owner, labels: {} };
  return { ...words.place, is: 'pod', pod, isForgotten };
}

function readIdentity(words: Words): PodIdentity {
  const [flow = '', run = '', step = null, task = null] = words.path();
  return { flow, run, step, task, attempt: words.attemptNumber(), user: null, project: null };
}

/** `2 gpus`, `0.25 gpus`, `2 mig 1g.5gb`; none where nothing is said. */
function readGpus(words: Words): number {
  const whole = words.gpus();
  if (whole?.devices) words.fail('a pod holds a number of GPUs; samples say which');
  if (whole) return whole.count;
  const instances = words.isNumber() ? words.number() : 0;
  if (instances === 0) return 0;
  if (!words.after('mig')) words.fail('a pod holds gpus or mig instances');
  const share = migShare(words.word('a MIG profile'), null) ?? words.fail('that is no MIG profile');
  return (instances * share.slices) / share.total;
}

function ownerOf(text: string): Pod['owner'] {
  const [kind = '', name = ''] = text.split('/');
  return { kind, name };
}
