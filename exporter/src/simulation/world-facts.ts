import type { Instant } from '../units/interval';

/** Which names and units a node's dcgm-exporter has: those up to 4.8, or those of DCGM 4.6 and later. */
export type GpuEra = 'legacy' | 'renamed';

/** A node of the simulated cluster. */
export type SimulatedHost = {
  readonly name: string;
  readonly instanceId: string;
  readonly instanceType: string;
  readonly region: string;
  readonly zone: string;
  readonly capacityType: 'on_demand' | 'spot';
  readonly gpuModel: string;
  readonly gpuMemoryMib: number;
  /** One text a GPU, in the order of their index. */
  readonly gpuUuids: readonly string[];
  readonly vcpus: number;
  readonly memoryGib: number;
  /** 10⁻¹² dollars an hour. */
  readonly pricePerHour: bigint;
  readonly internalIp: string;
  /** Whole seconds. */
  readonly from: Instant;
  /** Whole seconds; null while no end is planned. */
  readonly to: Instant | null;
  readonly era: GpuEra;
  /** Closed to new pods: its GPUs idle. */
  readonly cordoned: boolean;
  /** The GPU that is cut into instances, and the profile of each; null on nodes without. */
  readonly mig: { readonly gpu: number; readonly profile: string; readonly instances: number } | null;
};

/** How busy a pod's GPUs are from an instant on, in whole percent; until the next one, or the end of the pod. */
export type Busyness = { readonly from: Instant; readonly percent: number };

/** Why a pod's container ended, in Kubernetes' words. */
export type TerminatedReason = 'Completed' | 'Error' | 'OOMKilled';

/** A pod. All its times are whole seconds, as Kubernetes keeps them. */
export type SimulatedPod = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly host: SimulatedHost;
  readonly created: Instant;
  readonly start: Instant;
  /** Null while no end is planned. A pod that was deleted before it began ends before its start. */
  readonly end: Instant | null;
  readonly reason: TerminatedReason;
  /** Indices of the whole GPUs that it holds. */
  readonly gpus: readonly number[];
  /** The MIG instance that it holds beside or instead; null for none. */
  readonly migInstance: number | null;
  readonly vcpus: number;
  /** Megabytes of a million bytes, as Metaflow's pods ask for them. */
  readonly memoryMegabytes: number;
  readonly busyness: readonly Busyness[];
  readonly owner: { readonly kind: 'Job' | 'ReplicaSet'; readonly name: string };
  /** Kubernetes' own keys. */
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
};

/** How an attempt ends. */
export type AttemptFate = 'succeeded' | 'failed' | 'killed' | 'reclaimed';

/** One attempt of a task, in a pod of its own. */
export type SimulatedAttempt = {
  readonly number: number;
  readonly pod: SimulatedPod;
  /** When its code began: the time of its `attempt` row, in ms. */
  readonly codeStart: Instant;
  /** The time of its `attempt_ok` row, in ms; null where it never writes one. */
  readonly codeEnd: Instant | null;
  readonly fate: AttemptFate;
};

/** One task of a run. */
export type SimulatedTask = {
  readonly id: number;
  readonly step: string;
  /** Its place in a foreach; null outside of one. */
  readonly item: number | null;
  readonly registered: Instant;
  readonly attempts: readonly SimulatedAttempt[];
};

/** One step of a flow. Minutes and percent are drawn from their ranges. */
export type StepTemplate = {
  readonly name: string;
  /** GPUs of each task. */
  readonly gpus: number;
  readonly vcpus: number;
  readonly memoryMegabytes: number;
  readonly minutes: readonly [number, number];
  readonly percent: readonly [number, number];
  /** How many tasks it has where it is the inside of a foreach. */
  readonly fanOut: readonly [number, number] | null;
};

/** A flow: who runs it, what it is made of, and with which Config values. */
export type FlowTemplate = {
  readonly name: string;
  readonly team: string;
  readonly project: string;
  readonly user: string;
  readonly steps: readonly StepTemplate[];
  /** Config values of its variants. */
  readonly variants: readonly { readonly [key: string]: string | number }[];
  readonly experiments: readonly string[];
};

/** One run. */
export type SimulatedRun = {
  readonly number: number;
  readonly flow: FlowTemplate;
  readonly tags: readonly string[];
  readonly config: { readonly [key: string]: string | number };
  /** In ms. */
  readonly started: Instant;
  /** When its launcher stopped, in ms; null while no end is planned. */
  readonly ended: Instant | null;
  /** The task of the pseudo step `_parameters`. */
  readonly parametersTask: number;
  readonly tasks: readonly SimulatedTask[];
  /** What is said of it where it is part of a story, e.g. that it runs away. */
  readonly note: string | null;
};

/** All that is planned so far. */
export type Plan = {
  readonly hosts: readonly SimulatedHost[];
  readonly runs: readonly SimulatedRun[];
  /** Pods of no run: the warm endpoint. */
  readonly services: readonly SimulatedPod[];
};

/** False for a pod that was deleted before any node accepted it. */
export function everHeld({ start, end }: SimulatedPod): boolean {
  return end === null || start < end;
}

/** Every pod of a plan, those of runs in their order and then the services. */
export function podsOf({ runs, services }: Plan): SimulatedPod[] {
  const ofRuns = runs.flatMap(({ tasks }) => tasks.flatMap(({ attempts }) => attempts.map(({ pod }) => pod)));
  return [...ofRuns, ...services];
}
