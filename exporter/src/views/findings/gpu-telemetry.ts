import { gpusFromNanoGpus } from '../../units/quantity';
import { hostsNow } from '../hosts-now';
import { type Check, counted, findingsOf, type FindingFacts, type Trouble } from './finding-facts';

/** Of which hosts GPU telemetry sees fewer GPUs than they have. Cost does not depend on it; utilization does. */
export const gpuTelemetry: Check = ({ state }) => {
  const hosts = reachOf(state);
  const gpus = hosts.reduce((sum, host) => sum + host.gpus, 0);
  if (gpus === 0) return findingsOf('gpu_telemetry', 'No host has GPUs.', []);
  const well = `GPU telemetry sees all ${counted(gpus, 'GPU')} of ${counted(hosts.length, 'host')}.`;
  const dark = hosts.filter(({ gpus: has, seen }) => seen < has);
  if (dark.length < hosts.length || dark.some(({ seen }) => seen > 0)) {
    return findingsOf('gpu_telemetry', well, dark.map(troubleOf));
  }
  const what = `${counted(gpus, 'GPU')} of ${counted(hosts.length, 'host')}`;
  const detail = `No GPU telemetry is read: the use of ${what} is unobserved.`;
  return findingsOf('gpu_telemetry', well, [{ status: 'warn', detail, fix: feedToPaste(dark[0]!.host) }]);
};

type HostReach = { readonly host: string; readonly gpus: number; readonly seen: number };

function reachOf(state: FindingFacts['state']): HostReach[] {
  const { reach, hosts } = state;
  const seenOf = new Map(reach.map(({ host, seen }) => [host, seen]));
  const known = new Set(hosts.map(({ host }) => host.name));
  const declared = hostsNow(state).map(({ host }) => ({
    host: host.name,
    gpus: gpusFromNanoGpus(host.gpus),
    seen: seenOf.get(host.name) ?? 0,
  }));
  const others = reach.filter(({ host }) => !known.has(host));
  return [...declared, ...others].filter(({ gpus }) => gpus > 0);
}

function troubleOf({ host, gpus, seen }: HostReach): Trouble {
  const detail = `GPU telemetry sees ${seen} of the ${counted(gpus, 'GPU')} of ${host}; the rest is unobserved.`;
  const fix =
    seen === 0
      ? feedToPaste(host)
      : `See which GPUs its exporter tells, and restart it: curl http://${host}:9400/metrics | grep UUID`;
  return { status: 'warn', detail, fix };
}

const feedToPaste = (host: string): string =>
  'Add its GPU exporter to flowledger.yaml:\n' +
  `feeds:\n  dcgm:\n    - name: dcgm\n      targets:\n        - {url: http://${host}:9400/metrics, host: ${host}}`;
