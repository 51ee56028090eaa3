import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';

/** Who each run belongs to and how it ended; an unknown is the empty label value. */
export const runInfo = bindFamily(metrics.runInfo, function* ({ runs }) {
  for (const { key, user, labels, variant, k8sNamespace, runtime, outcome } of runs.shown) {
    yield {
      labels: {
        deployment: key.deployment,
        flow: key.flow,
        run_id: key.run,
        user: user ?? '',
        team: labels.team ?? '',
        project: labels.project ?? '',
        cost_center: labels.cost_center ?? '',
        experiment: labels.experiment ?? '',
        model_version: labels.model_version ?? '',
        config_variant: variant?.id ?? '',
        k8s_namespace: k8sNamespace ?? '',
        runtime: runtime ?? '',
        outcome,
      },
      value: 1,
    };
  }
});
