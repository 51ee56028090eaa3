import type { Instant } from '../units/interval';
import type { SimulatedHost, SimulatedPod } from './world-facts';

/** What one GPU, or one MIG instance of it, does at an instant. */
export type GpuLoad = {
  readonly gpu: number;
  readonly uuid: string;
  /** Null for the whole board. */
  readonly instance: number | null;
  /** The pod that holds it now. */
  readonly pod: SimulatedPod | null;
  /** Whole percent. */
  readonly percent: number;
  /** Of the board; it repeats on every instance of one. */
  readonly powerMilliwatts: number;
  readonly energyMillijoules: number;
};

const IDLE_MILLIWATTS = 70_000;
const MILLIWATTS_PER_PERCENT = 5300;
/** Every instance carries this part of the board's percent. */
const WHOLE_PERCENT = 100;

/** Every GPU of a node at an instant, in the order of its index; a GPU that is cut shows its instances alone. */
export function gpuLoads(host: SimulatedHost, pods: readonly SimulatedPod[], at: Instant): GpuLoad[] {
  const here = pods.filter((pod) => pod.host.name === host.name && pod.start <= at);
  return host.gpuUuids.flatMap((uuid, gpu) => {
    const isCut = host.mig?.gpu === gpu;
    const holders = here.filter((pod) => (isCut ? pod.migInstance !== null : pod.gpus.includes(gpu)));
    const parts = isCut ? (host.mig?.instances ?? 1) : 1;
    const boardPercent = (moment: Instant): number =>
      percentOf(
        holders.find((pod) => holdsAt(pod, moment)),
        moment,
      );
    const board = {
      gpu,
      uuid,
      powerMilliwatts: IDLE_MILLIWATTS + Math.round((MILLIWATTS_PER_PERCENT * boardPercent(at)) / parts),
      energyMillijoules: energyOf(host, holders, { at, parts }),
    };
    return Array.from({ length: parts }, (_, place): GpuLoad => {
      const pod = holders.find((one) => holdsAt(one, at) && (!isCut || one.migInstance === place)) ?? null;
      return { ...board, instance: isCut ? place : null, pod, percent: percentOf(pod ?? undefined, at) };
    });
  });
}

const holdsAt = (pod: SimulatedPod, at: Instant): boolean => pod.start <= at && (pod.end === null || at < pod.end);

function percentOf(pod: SimulatedPod | undefined, at: Instant): number {
  return pod?.busyness.findLast(({ from }) => from <= at)?.percent ?? 0;
}

/** Power is constant between two changes, so energy is a sum of rectangles, whole millijoules. */
function energyOf(
  host: SimulatedHost,
  holders: readonly SimulatedPod[],
  { at, parts }: { at: Instant; parts: number },
): number {
  const idle = ((at - host.from) * IDLE_MILLIWATTS) / 1000;
  const work = holders.reduce((sum, pod) => sum + percentMilliseconds(pod, at), 0);
  return Math.floor(idle + (work * MILLIWATTS_PER_PERCENT) / parts / 1000);
}

function percentMilliseconds({ busyness, end }: SimulatedPod, at: Instant): number {
  const until = Math.min(at, end ?? at);
  return busyness.reduce((sum, { from, percent }, place) => {
    const to = Math.min(busyness[place + 1]?.from ?? until, until);
    return sum + percent * Math.max(0, to - from);
  }, 0);
}

/** Percent as a ratio with six decimals, as dcgm-exporter prints it. */
export function ratioText(percent: number): string {
  return (percent / WHOLE_PERCENT).toFixed(6);
}
