import type { Finding } from '../../exporter/src/contract/finding';
import * as broken from './broken-payloads';
import type { LiveStage } from './live-stage';

/** One thing to break in a running system, what `flowledger doctor` then finds, and how it is mended. */
export type Breakage = {
  readonly check: Finding['check'];
  readonly what: string;
  readonly status?: 'fail';
  readonly break: (stage: LiveStage) => void | Promise<void>;
  readonly mend: (stage: LiveStage) => void | Promise<void>;
  /** Its detail and its fix. */
  readonly says: RegExp;
  readonly fix: RegExp;
  /** True where what was found stands for a while after it is mended, or until the next start. */
  readonly lasts?: true;
};

const ANNOTATIONS_FLAG =
  '--metric-annotations-allowlist=pods=[metaflow/run_id,metaflow/flow_name,metaflow/step_name,metaflow/task_id,' +
  'metaflow/attempt,metaflow/user,metaflow/control-task-id,metaflow/project_name,metaflow/branch_name]';

/** Breakages that show in new runs, so that Metaflow has to be readable. */
export const OF_NEW_RUNS: readonly Breakage[] = [
  {
    check: 'run_resources',
    what: 'a run of which neither Metaflow nor any pod tells what it asked for',
    break: (stage) => {
      const pods = podsOf(stage, stage.beginRun(1));
      stage.front('ksm').rewrite(broken.withoutLines(new RegExp(`pod="(${pods.join('|')})"`)));
      stage.front('ui').rewrite((body, path) => (path.endsWith('/dag') ? '{"data": null}' : body));
    },
    mend: mendAll('ksm', 'ui'),
    says: /^\d+ attempts? (is|are) not charged/,
    fix: /^Declare what they hold in flowledger\.yaml:\nholdings:\n/,
  },
  {
    check: 'run_hosts',
    what: 'a run on a node that nobody knows',
    break: (stage) => {
      const [pod] = podsOf(stage, stage.beginRun(1)).slice(-1);
      stage.front('ksm').rewrite((body) =>
        body
          .split('\n')
          .map((line) => (line.includes(`pod="${pod}"`) ? line.replace(/node="[^"]+"/, 'node="nowhere"') : line))
          .join('\n'),
      );
    },
    mend: mendAll('ksm'),
    says: /ran on nowhere, which is not declared under hosts/,
    fix: /^Declare nowhere under hosts with its GPUs and a rate card or instance type\.$/,
    lasts: true,
  },
];

/** Breakages of what the exporter asks, one after the other. */
export const OF_SOURCES: readonly Breakage[] = [
  {
    check: 'feed_failed',
    what: 'a DCGM target that is killed',
    status: 'fail',
    break: (stage) => stage.front(stage.nodes[2]!).kill(),
    mend: (stage) => stage.front(stage.nodes[2]!).revive(),
    says: /^The feed generated-gpus\/127\.0\.0\.1:\d+ cannot be read: The target refuses the connection\. It was last/,
    fix: /Make the source of the feed generated-gpus\/127\.0\.0\.1:\d+ readable/,
  },
  {
    check: 'feed_empty',
    what: 'a DCGM target without its driver: an empty 200',
    break: (stage) => stage.front(stage.nodes[3]!).rewrite(() => ''),
    mend: (stage) => stage.front(stage.nodes[3]!).rewrite(null),
    says: /^The feed generated-gpus\/127\.0\.0\.1:\d+ answers, and holds nothing\.$/,
    fix: /lost its driver/,
  },
  {
    check: 'gpu_hosts',
    what: 'telemetry of a host that nobody knows',
    break: (stage) => stage.front(stage.nodes[0]!).rewrite(broken.withReplaced(stage.nodes[0]!, 'stranger.example')),
    mend: (stage) => stage.front(stage.nodes[0]!).rewrite(null),
    says: /GPU telemetry names the host stranger\.example, which is neither declared nor a node of a cluster/,
    fix: /declare stranger\.example under hosts/,
    lasts: true,
  },
  {
    check: 'unattributed_burn',
    what: 'a GPU that works and that nobody holds',
    break: (stage) => stage.front(stage.nodes.at(-1)!).rewrite(broken.withBusyFreeGpu),
    mend: (stage) => stage.front(stage.nodes.at(-1)!).rewrite(null),
    says: / work for nobody known: [\d.]+ USD an hour are unattributed/,
    fix: /holdings:\n {2}- \{flow: <flow>, host: ip-10-0-1-\d+\.ec2\.internal, gpus: <gpus>\}/,
  },
  {
    check: 'unmatched_pods',
    what: 'telemetry that sees more GPUs than a node has by its allocation',
    break: (stage) => stage.front(stage.nodes[2]!).rewrite(broken.withOneMoreGpu('0', 'GPU-one-more')),
    mend: (stage) => stage.front(stage.nodes[2]!).rewrite(null),
    says: /sees 9 GPUs on ip-10-0-1-\d+\.ec2\.internal, which has 8 by its allocation/,
    fix: /^Correct hosts\[\]\.gpus of /,
    lasts: true,
  },
  {
    check: 'clock_skew',
    what: 'a target whose samples carry a time of the next hour',
    break: (stage) => stage.front(stage.nodes[4]!).rewrite(broken.withTimes(() => Date.now() + 3_600_000)),
    mend: (stage) => stage.front(stage.nodes[4]!).rewrite(null),
    says: /The sample carries a time more than 10 minutes ahead of its receipt/,
    fix: /^Set the clock of the machine that writes the time/,
    lasts: true,
  },
  {
    check: 'other_issues',
    what: 'a line that is no sample',
    break: (stage) => stage.front(stage.nodes[4]!).rewrite((body) => `${body}\nthis is no sample\n`),
    mend: (stage) => stage.front(stage.nodes[4]!).rewrite(null),
    says: /^1 × bad_sample, such as: .*A line cannot be read/,
    fix: /the others of the scrape are used/,
    lasts: true,
  },
];

/** Breakages that come late because the exporter is started anew. */
export const OF_STARTS: readonly Breakage[] = [
  {
    check: 'allow_list',
    what: 'kube-state-metrics that hides annotations',
    status: 'fail',
    // What a pod once said of itself is remembered, so that it is a new exporter that never hears it.
    break: async (stage) => {
      stage.front('ksm').rewrite(broken.withoutSeries('kube_pod_annotations'));
      await stage.end();
      await stage.start();
    },
    mend: mendAll('ksm'),
    says: /so pods cannot be tied to the runs that they belong to/,
    fix: new RegExp(`^Start kube-state-metrics with ${escaped(ANNOTATIONS_FLAG)}$`),
  },
];

function podsOf({ cluster }: LiveStage, number: number): string[] {
  const run = cluster.plan().runs.find((one) => one.number === number)!;
  return run.tasks.flatMap(({ attempts }) => attempts.map(({ pod }) => pod.name));
}

function mendAll(...names: readonly string[]): (stage: LiveStage) => void {
  return (stage) => names.forEach((name) => stage.front(name).rewrite(null));
}

function escaped(text: string): string {
  return text.replace(/[[\]/.]/g, '\\$&');
}
