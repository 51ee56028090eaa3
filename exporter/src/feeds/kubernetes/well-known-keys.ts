/** Keys of annotations and labels that Metaflow and those who run it put on a pod. */
export const POD_KEYS = {
  flow: 'metaflow/flow_name',
  run: 'metaflow/run_id',
  step: 'metaflow/step_name',
  task: 'metaflow/task_id',
  attempt: 'metaflow/attempt',
  user: 'metaflow/user',
  controlTask: 'metaflow/control-task-id',
  project: 'metaflow/project_name',
  branch: 'metaflow/branch_name',
  appName: 'app.kubernetes.io/name',
  partOf: 'app.kubernetes.io/part-of',
  workflow: 'workflows.argoproj.io/workflow',
  workflowOutputs: 'workflows.argoproj.io/outputs',
  entropy: 'task_id_entropy',
  gangRole: 'jobset.sigs.k8s.io/replicatedjob-name',
  gangIndex: 'jobset.sigs.k8s.io/job-index',
  templateHash: 'pod-template-hash',
} as const;

/** Keys of labels of a node that say what it is and what it costs. */
export const NODE_KEYS = {
  instanceType: 'node.kubernetes.io/instance-type',
  instanceTypeBefore117: 'beta.kubernetes.io/instance-type',
  zone: 'topology.kubernetes.io/zone',
  zoneBefore117: 'failure-domain.beta.kubernetes.io/zone',
  region: 'topology.kubernetes.io/region',
  regionBefore117: 'failure-domain.beta.kubernetes.io/region',
  eksCapacity: 'eks.amazonaws.com/capacityType',
  karpenterCapacity: 'karpenter.sh/capacity-type',
  gkeSpot: 'cloud.google.com/gke-spot',
  gkePreemptible: 'cloud.google.com/gke-preemptible',
  aksPriority: 'kubernetes.azure.com/scalesetpriority',
  gpuProduct: 'nvidia.com/gpu.product',
  gpuCount: 'nvidia.com/gpu.count',
  gpuReplicas: 'nvidia.com/gpu.replicas',
  gpuSharing: 'nvidia.com/gpu.sharing-strategy',
  gpuPresent: 'nvidia.com/gpu.present',
  migStrategy: 'nvidia.com/mig.strategy',
  karpenterGpuCount: 'karpenter.k8s.aws/instance-gpu-count',
  gkeAccelerator: 'cloud.google.com/gke-accelerator',
  gkePartition: 'cloud.google.com/gke-gpu-partition-size',
  gkeClientsPerGpu: 'cloud.google.com/gke-max-shared-clients-per-gpu',
} as const;

/** Keys of labels that name the pool of a node. */
export const POOL_KEYS: readonly string[] = [
  'karpenter.sh/nodepool',
  'eks.amazonaws.com/nodegroup',
  'cloud.google.com/gke-nodepool',
  'kubernetes.azure.com/agentpool',
];

/** Annotations that every task pod of Metaflow carries; Argo's has no task id. */
export const IDENTITY_ANNOTATIONS: readonly string[] = [POD_KEYS.flow, POD_KEYS.run, POD_KEYS.step, POD_KEYS.attempt];

const ANNOTATIONS_TO_LET_THROUGH: readonly string[] = [
  POD_KEYS.run,
  POD_KEYS.flow,
  POD_KEYS.step,
  POD_KEYS.task,
  POD_KEYS.attempt,
  POD_KEYS.user,
  POD_KEYS.controlTask,
  POD_KEYS.project,
  POD_KEYS.branch,
];

const POD_LABELS_TO_LET_THROUGH: readonly string[] = [
  POD_KEYS.appName,
  POD_KEYS.partOf,
  POD_KEYS.workflow,
  POD_KEYS.gangRole,
  POD_KEYS.gangIndex,
  POD_KEYS.entropy,
];

const NODE_LABELS_TO_LET_THROUGH: readonly string[] = [
  NODE_KEYS.instanceType,
  NODE_KEYS.zone,
  NODE_KEYS.region,
  NODE_KEYS.eksCapacity,
  NODE_KEYS.karpenterCapacity,
  NODE_KEYS.gkeSpot,
  NODE_KEYS.gkePreemptible,
  NODE_KEYS.aksPriority,
  NODE_KEYS.gpuProduct,
  NODE_KEYS.gpuCount,
  NODE_KEYS.gpuReplicas,
  NODE_KEYS.gpuSharing,
  NODE_KEYS.migStrategy,
];

/** The flag of kube-state-metrics without which no annotation of Metaflow reaches anybody. */
export const ANNOTATIONS_FLAG = `--metric-annotations-allowlist=pods=[${ANNOTATIONS_TO_LET_THROUGH.join(',')}]`;

/** The flag of kube-state-metrics that lets through what is read of the labels of pods and nodes. */
export const LABELS_FLAG = `--metric-labels-allowlist=pods=[${POD_LABELS_TO_LET_THROUGH.join(
  ',',
)}],nodes=[${NODE_LABELS_TO_LET_THROUGH.join(',')}]`;
