import { createHash } from 'node:crypto';
import type { GpuSample } from '../../exporter/src/facts/gpu-sample';
import { printFamilies } from '../../exporter/src/simulation/exposition-text';
import { nodeFamilies } from '../../exporter/src/simulation/kube-nodes';
import { podFamilies } from '../../exporter/src/simulation/kube-pods';
import type { SimulatedHost, SimulatedPod } from '../../exporter/src/simulation/world-facts';
import type { Instant } from '../../exporter/src/units/interval';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const GPUS_PER_NODE = 8;
/** The first three pairs of each node's GPUs are for tasks, the next one is for serving, the last is nobody's. */
const PAIRS = 3;
const SERVING_GPU = 6;
/** Every fifth node serves. */
const NODES_PER_SERVING = 5;
const TASKS_PER_RUN = 20;
const TASK_MS = 40 * MINUTE;
const BETWEEN_TASKS_MS = 20 * SECOND;
const FLOWS = ['TrainVisionFlow', 'TrainTextFlow', 'SweepFlow', 'RankerFlow', 'ScoreFlow'];

/** A place that one pod after another holds. */
type Slot = { readonly index: number; readonly host: SimulatedHost; readonly pods: SimulatedPod[] };

/**
 * A cluster of many nodes of eight GPUs, all full of short tasks, made from counters alone: the same size, hour and
 * instant give the same texts. It exists since `hour`; its tasks begin within 40 minutes of it and follow each other.
 */
export class GpuCrowd {
  readonly hosts: readonly SimulatedHost[];
  private readonly tasks: readonly Slot[];
  private readonly serving: readonly SimulatedPod[];

  constructor(
    nodes: number,
    private readonly hour: Instant,
  ) {
    this.hosts = Array.from({ length: nodes }, (_, node) => hostOf(node, hour));
    this.tasks = this.hosts.flatMap((host, node) =>
      Array.from({ length: PAIRS }, (_, pair) => ({ index: node * PAIRS + pair, host, pods: [] })),
    );
    this.serving = this.hosts
      .filter((_, node) => node % NODES_PER_SERVING === 0)
      .map((host, index) => servingPod(host, { index, hour }));
  }

  get gpus(): number {
    return this.hosts.length * GPUS_PER_NODE;
  }

  /** What the dcgm-exporter of a node, by its number, answers: twelve series a GPU. */
  gpuText(node: number, at: Instant): string {
    const gpus = Array.from({ length: GPUS_PER_NODE }, (_, gpu) => this.gpuAt(node, gpu, at));
    const labels = gpus.map((one) => labelsOf(this.hosts[node]!, one));
    return GPU_FAMILIES.map(({ name, type, help, value }) => {
      const lines = gpus.map((one, place) => `${name}{${labels[place]}} ${value(one)}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    }).join('');
  }

  /** What kube-state-metrics answers: pods stay for an hour after their end. */
  kubeStateText(at: Instant): string {
    const pods = [...this.tasks.flatMap((slot) => this.podsOf(slot, at)), ...this.serving];
    return printFamilies([...nodeFamilies(this.hosts, at), ...podFamilies(pods, at)]);
  }

  /** What an exporter that scraped every GPU at an instant has kept. */
  samplesAt(at: Instant, holdsMs: number): GpuSample[] {
    return this.hosts.flatMap((host, node) =>
      Array.from({ length: GPUS_PER_NODE }, (_, gpu) => {
        const { pod, percent, uuid } = this.gpuAt(node, gpu, at);
        return {
          host: host.name,
          device: { uuid, instance: '' },
          at,
          holdsMs,
          activityPpm: percent * 10_000,
          signal: 'gr_engine' as const,
          powerMilliwatts: WATTS * 1000,
          energyMillijoules: energyAt(at, this.hour),
          pods: pod ? [{ uid: null, namespace: pod.namespace, name: pod.name }] : [],
          model: host.gpuModel,
          profile: null,
        };
      }),
    );
  }

  private podsOf(slot: Slot, at: Instant): SimulatedPod[] {
    const { pods } = slot;
    while (startOf(slot.index, pods.length, this.hour) <= at) pods.push(taskPod(slot, pods.length, this.hour));
    return pods;
  }

  private gpuAt(node: number, gpu: number, at: Instant): GpuNow {
    const uuid = this.hosts[node]!.gpuUuids[gpu]!;
    const pod = this.podAt(node, gpu, at);
    const percent = pod === null ? 0 : percentOf(node * GPUS_PER_NODE + gpu, Math.floor((at - this.hour) / MINUTE));
    return { gpu, uuid, pod, percent, energy: energyAt(at, this.hour) };
  }

  private podAt(node: number, gpu: number, at: Instant): SimulatedPod | null {
    if (gpu > SERVING_GPU) return null;
    if (gpu === SERVING_GPU) return node % NODES_PER_SERVING === 0 ? this.serving[node / NODES_PER_SERVING]! : null;
    const slot = this.tasks[node * PAIRS + Math.floor(gpu / 2)]!;
    const pod = this.podsOf(slot, at).at(-1);
    return pod && at < pod.end! ? pod : null;
  }
}

const WATTS = 350;
const energyAt = (at: Instant, hour: Instant): number => WATTS * (at - hour + 86_400_000);

/** Idle for seven minutes in every thirty-five, else busy between 40 and 94 %. */
function percentOf(gpu: number, minute: number): number {
  const isIdle = (gpu + Math.floor(minute / 7)) % 5 === 0;
  return isIdle ? 0 : 40 + ((gpu * 31 + minute * 17) % 55);
}

const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
};

function hostOf(node: number, from: Instant): SimulatedHost {
  const [high, low] = [Math.floor(node / 250), (node % 250) + 1];
  const name = `ip-10-0-${high}-${low}.ec2.internal`;
  return {
    name,
    instanceId: `i-${uuidOf(name).replaceAll('-', '').slice(0, 17)}`,
    instanceType: 'p5.48xlarge',
    region: 'us-east-1',
    zone: 'us-east-1a',
    capacityType: 'on_demand',
    gpuModel: 'NVIDIA H100 80GB HBM3',
    gpuMemoryMib: 81_920,
    gpuUuids: Array.from({ length: GPUS_PER_NODE }, (_, gpu) => `GPU-${uuidOf(`${name} ${gpu}`)}`),
    vcpus: 192,
    memoryGib: 2048,
    pricePerHour: 55_040_000_000_000n,
    internalIp: `10.0.${high}.${low}`,
    from,
    to: null,
    era: 'legacy',
    cordoned: false,
    mig: null,
  };
}

/** The tasks of a run begin within the same minute. */
function startOf(slot: number, round: number, hour: Instant): Instant {
  const minute = (Math.floor(slot / TASKS_PER_RUN) * 7) % (TASK_MS / MINUTE);
  return hour + minute * MINUTE + (slot % TASKS_PER_RUN) * SECOND + round * TASK_MS;
}

function taskPod({ index, host }: Slot, round: number, hour: Instant): SimulatedPod {
  const group = Math.floor(index / TASKS_PER_RUN);
  const flow = FLOWS[group % FLOWS.length]!;
  const [run, task] = [`argo-crowd-${group}-${round}`, `t-${uuidOf(`task ${index} ${round}`).slice(0, 8)}`];
  const start = startOf(index, round, hour);
  const name = `crowd-${group}-${round}-${index}`;
  return {
    ...heldBy(host, name),
    namespace: 'metaflow',
    created: start - 3 * SECOND,
    start,
    end: start + TASK_MS - BETWEEN_TASKS_MS,
    gpus: [0, 1].map((gpu) => (index % PAIRS) * 2 + gpu),
    owner: { kind: 'Job', name },
    labels: { 'app.kubernetes.io/name': 'metaflow-task', team: `team-${group % 12}` },
    annotations: {
      'metaflow/flow_name': flow,
      'metaflow/run_id': run,
      'metaflow/step_name': 'train',
      'metaflow/task_id': task,
      'metaflow/attempt': '0',
      'metaflow/user': `user${group % 50}`,
    },
  };
}

function servingPod(host: SimulatedHost, { index, hour }: { index: number; hour: Instant }): SimulatedPod {
  const hash = '7c9f8d6b5';
  const service = `llm-${index % 50}`;
  return {
    ...heldBy(host, `${service}-${hash}-${index}`),
    namespace: 'serving',
    created: hour + 5 * SECOND,
    start: hour + 8 * SECOND,
    end: null,
    gpus: [SERVING_GPU],
    owner: { kind: 'ReplicaSet', name: `${service}-${hash}` },
    labels: { app: service, model_version: 'v3', team: `team-${index % 12}` },
    annotations: {},
  };
}

function heldBy(
  host: SimulatedHost,
  name: string,
): Omit<SimulatedPod, 'namespace' | 'created' | 'start' | 'end' | 'gpus' | 'owner' | 'labels' | 'annotations'> {
  const asked = { vcpus: 16, memoryMegabytes: 200_000, migInstance: null, busyness: [], reason: 'Completed' as const };
  return { uid: uuidOf(name), name, container: 'main', host, ...asked };
}

type GpuNow = {
  readonly gpu: number;
  readonly uuid: string;
  readonly pod: SimulatedPod | null;
  readonly percent: number;
  readonly energy: number;
};

function labelsOf({ gpuModel, name }: SimulatedHost, { gpu, uuid, pod }: GpuNow): string {
  const board = `gpu="${gpu}",UUID="${uuid}",pci_bus_id="00000000:8${gpu}:00.0",device="nvidia${gpu}"`;
  const machine = `modelName="${gpuModel}",Hostname="${name}",DCGM_FI_DRIVER_VERSION="550.144.03"`;
  const holder = pod ? `,container="main",namespace="${pod.namespace}",pod="${pod.name}"` : '';
  return `${board},${machine}${holder}`;
}

type GpuFamily = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly value: (now: GpuNow) => string | number;
};

const gauge = (name: string, help: string, value: GpuFamily['value']): GpuFamily => ({
  name: `DCGM_FI_${name}`,
  type: 'gauge',
  help,
  value,
});

const GPU_FAMILIES: readonly GpuFamily[] = [
  gauge('DEV_SM_CLOCK', 'SM clock frequency (in MHz).', () => 1980),
  gauge('DEV_MEM_CLOCK', 'Memory clock frequency (in MHz).', () => 2619),
  gauge('DEV_MEMORY_TEMP', 'Memory temperature (in C).', ({ percent }) => 40 + Math.round(percent / 4)),
  gauge('DEV_GPU_TEMP', 'GPU temperature (in C).', ({ percent }) => 35 + Math.round(percent / 3)),
  gauge('DEV_POWER_USAGE', 'Power draw (in W).', () => `${WATTS}.000000`),
  {
    ...gauge('DEV_TOTAL_ENERGY_CONSUMPTION', 'Total energy consumption since boot (in mJ).', ({ energy }) => energy),
    type: 'counter',
  },
  gauge('DEV_GPU_UTIL', 'GPU utilization (in %).', ({ percent }) => percent),
  gauge('DEV_MEM_COPY_UTIL', 'Memory utilization (in %).', ({ percent }) => Math.round(percent / 2)),
  gauge('DEV_XID_ERRORS', 'Value of the last XID error encountered.', () => 0),
  gauge('DEV_FB_USED', 'Framebuffer memory used (in MiB).', ({ percent }) => percent * 800),
  gauge('PROF_GR_ENGINE_ACTIVE', 'Ratio of time the graphics engine is active.', ({ percent }) =>
    (percent / 100).toFixed(6),
  ),
  gauge('PROF_DRAM_ACTIVE', 'Ratio of cycles the device memory interface is active.', ({ percent }) =>
    (percent / 250).toFixed(6),
  ),
];
