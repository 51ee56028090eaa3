import type { Attempt, ToldAttempt } from '../../exporter/src/facts/attempt';
import type { DeviceStretch } from '../../exporter/src/facts/gpu-sample';
import type { Pod } from '../../exporter/src/facts/pod';
import { placeAttempts } from '../../exporter/src/ledger/place-attempts';
import { workloadOf } from '../../exporter/src/ledger/workloads';
import type { AttemptLine, Scenario } from './parse-scenario';
import type { SampleLine } from './read-sample';

/** Activity above this percentage counts as active. */
const ACTIVE = 1;

/** The attempts of a scenario with pods, where their pods put them, and the workloads that are no run. */
export function placedAttempts(
  { attempts: lines, pods: podLines }: Scenario,
  attemptOf: (line: AttemptLine) => Attempt,
): Attempt[] {
  const told = lines.map((line) => toldOf(line, attemptOf(line)));
  const pods = podLines.map(({ pod }) => pod);
  const isNamed = ({ ref }: Pod): boolean =>
    lines.some(({ ranIn }) => ranIn?.pod === (ranIn?.by === 'uid' ? ref.uid : ref.name));
  const runs = [
    ...told.map(({ key }) => ({ flow: key.flow, run: key.run })),
    ...pods.flatMap(({ identity }) => identity ?? []),
  ];
  const distinct = new Map(runs.map((run) => [`${run.flow}/${run.run}`, run]));
  const placed = [...distinct.values()].flatMap((run) => {
    const own = told.filter(({ key }) => key.flow === run.flow && key.run === run.run);
    const ofRun = podLines.filter(({ pod }) => isOf(pod, run) || isNamedBy(pod, own));
    return placeRun(own, ofRun);
  });
  const others = pods.filter((pod) => pod.identity === null && !isNamed(pod));
  return [...placed, ...others.flatMap((pod) => workloadOf(pod)?.attempt ?? [])];
}

type Run = { readonly flow: string; readonly run: string };

const isOf = ({ identity }: Pod, { flow, run }: Run): boolean => identity?.flow === flow && identity.run === run;

const isNamedBy = ({ ref }: Pod, told: readonly ToldAttempt[]): boolean =>
  told.some(({ clues }) => clues?.podUid === ref.uid || clues?.podName === ref.name);

/** Once with every pod, and once more without those that the cluster's feed forgot. */
function placeRun(told: readonly ToldAttempt[], lines: Scenario['pods']): Attempt[] {
  const nowhere = { deployment: 'scenario', hostOfInstance: () => null, hostOfAddress: () => null };
  const { attempts } = placeAttempts({ ...nowhere, told, before: [], pods: lines.map(({ pod }) => pod) });
  const known = lines.filter(({ isForgotten }) => !isForgotten).map(({ pod }) => pod);
  return placeAttempts({ ...nowhere, told, before: attempts, pods: known }).attempts;
}

/** Where there are pods, an attempt runs where its pod does, unless its line says where. */
function toldOf({ on, ranIn }: AttemptLine, attempt: Attempt): ToldAttempt {
  const hosts = on === null ? [] : [on];
  const [podUid, podName] = ranIn?.by === 'uid' ? [ranIn.pod, null] : [null, ranIn?.pod ?? null];
  const clues = { podUid, podName, podNamespace: null, nodeIp: null, instanceId: null };
  const outcome = attempt.end === null ? 'running' : 'succeeded';
  return { ...attempt, hosts, outcome, clues: ranIn ? clues : null };
}

/** What telemetry says by `sample` lines: one stretch a line and GPU; samples that say nothing are none. */
export function stretchesOf(host: string, lines: readonly SampleLine[]): DeviceStretch[] {
  return lines.flatMap(({ gpus, mig, start, end, activity, watts, labels }) => {
    if (activity === null) return [];
    return gpus.map((gpu) => ({
      host,
      device: { uuid: `GPU-${gpu}`, instance: mig?.instance ?? '' },
      profile: mig?.profile ?? null,
      start,
      end,
      active: activity > ACTIVE,
      activityPpmMs: Math.round(activity * 10_000) * (end - start),
      energyMillijoules: watts === null ? null : watts * (end - start),
      pods: labels,
    }));
  });
}
