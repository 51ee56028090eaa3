import { z } from 'zod';
import type { MetricAlias } from '../feeds/gpu/metric-names';
import type { ScrapeSettings } from '../feeds/scrape/settings';
import type { FieldPath, Report } from './fault';
import { scrapeKeys, scrapeSettings } from './scrape';
import { count, scale, text } from './scalars';
import { itemsOf, readBy, strictMap } from './section';

/** A kube-state-metrics to scrape. */
export type KubernetesFeedConfig = {
  readonly name: string;
  readonly type: 'kube-state-metrics';
  /** The Metaflow deployment whose runs its pods belong to. */
  readonly deployment: string;
  readonly scrape: ScrapeSettings;
};

/** GPU exporters to scrape: dcgm-exporter or nvidia_gpu_exporter, told apart by their metrics. */
export type GpuFeedConfig = {
  readonly name: string;
  /** True where a Prometheus with honor_labels stands between. */
  readonly honorLabels: boolean;
  /** Metric names of the user's own; they go before the built-in table. */
  readonly aliases: readonly MetricAlias[];
  readonly scrape: ScrapeSettings;
};

type Place = {
  readonly value: unknown;
  readonly path: FieldPath;
  readonly report: Report;
  readonly resolve: (path: string) => string;
};

const kubernetesType = z.string().transform((type, context) => {
  if (type === 'kube-state-metrics') return 'kube-state-metrics' as const;
  const message = type === 'api' ? 'does not work yet' : 'is not a type of Kubernetes feed';
  const params = { remedy: 'Write type: kube-state-metrics.' };
  context.issues.push({ code: 'custom', message, params, input: type });
  return z.NEVER;
});

// One answer is of a whole cluster: some thirty series a pod, where a GPU exporter tells of one machine.
const kubernetesSchema = strictMap({
  ...scrapeKeys,
  max_body_mib: count(1, 1024).default(64),
  sample_limit: count(1, 10_000_000).default(1_000_000),
  type: kubernetesType.optional(),
  deployment: text.optional(),
});

const gpuSchema = strictMap({
  ...scrapeKeys,
  honor_labels: z.enum(['true', 'false']).default('false'),
  aliases: z.unknown().optional(),
});

const aliasSchema = strictMap({
  name: text,
  quantity: z.enum(['gr_engine', 'gpu_util', 'nvml', 'power', 'energy']),
  scale,
});

function readAliases(value: unknown, { path, report }: Place): MetricAlias[] {
  return itemsOf({ value, path: [...path, 'aliases'], report }).flatMap((item) => {
    const raw = readBy(aliasSchema, { ...item, report });
    return raw === null ? [] : [raw];
  });
}

/** Reads one Kubernetes feed; `deployments` are those of the Metaflow feeds. Null when something is wrong with it. */
export function readKubernetesFeed(place: Place, deployments: readonly string[]): KubernetesFeedConfig | null {
  const raw = readBy(kubernetesSchema, place);
  const scrape = raw && scrapeSettings(raw, place);
  if (!raw || !scrape) return null;
  const deployment = deploymentOf(raw, place, deployments);
  return deployment === null ? null : { name: raw.name, type: 'kube-state-metrics', deployment, scrape };
}

function deploymentOf(
  { name, deployment }: z.output<typeof kubernetesSchema>,
  { path, report }: Place,
  deployments: readonly string[],
): string | null {
  if (deployments.includes(name)) {
    const reason = 'is the name of a Metaflow deployment too';
    report({
      path: [...path, 'name'],
      reason,
      remedy: 'Give the cluster another name: its workloads are kept under it.',
    });
    return null;
  }
  if (deployment === undefined) {
    if (deployments.length === 1) return deployments[0]!;
    const known = deployments.length === 0 ? 'there is none' : `there are ${deployments.join(', ')}`;
    const remedy = 'Add deployment: the one whose runs these pods belong to.';
    report({ path: [...path, 'deployment'], reason: `is missing, and of Metaflow feeds ${known}`, remedy });
    return null;
  }
  return deployment;
}

/** Reads one feed of GPU telemetry; null when something is wrong with it. */
export function readGpuFeed(place: Place): GpuFeedConfig | null {
  const raw = readBy(gpuSchema, place);
  const scrape = raw && scrapeSettings(raw, place);
  if (!raw || !scrape) return null;
  const aliases = readAliases(raw.aliases, place);
  return { name: raw.name, honorLabels: raw.honor_labels === 'true', aliases, scrape };
}
