import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goNumber, kubernetesLabel } from '../../../exporter/src/simulation/exposition-text';
import { gpuText } from '../../../exporter/src/simulation/gpu-text';
import { existsAt } from '../../../exporter/src/simulation/host-plan';
import { kubeStateText } from '../../../exporter/src/simulation/kube-state';
import { demoWorld } from '../../../exporter/src/simulation/world';
import { podsOf, type SimulatedPod } from '../../../exporter/src/simulation/world-facts';
import { readExposition, type ReadSample } from '../../support/small-exposition-parser';

const RECORDED = join(__dirname, '../../fixtures/kubernetes/kube_state_metrics__allowlist.prom');
const NOW = Date.UTC(2026, 10, 21, 9, 17, 31, 250);
const plan = demoWorld({ seed: 7, now: NOW }).world.planAt(NOW);
const pods = podsOf(plan);
const MOMENTS = [NOW, NOW - 5 * 3_600_000, NOW - 26 * 3_600_000 - 777, NOW - 6 * 86_400_000];

const holdsAt = (pod: SimulatedPod, at: number): boolean => pod.start <= at && (pod.end === null || at < pod.end);
const named = (samples: readonly ReadSample[], name: string): readonly ReadSample[] =>
  samples.filter((sample) => sample.name === name);

describe('The kube-state-metrics of a simulated cluster', () => {
  const recorded = readExposition(readFileSync(RECORDED, 'utf8'));
  const made = readExposition(kubeStateText(plan, NOW));

  it('has families, types and labels as a real one with our allow-lists prints them, in their order', () => {
    const keysOf = ({ samples }: typeof made, name: string): string[] =>
      [...new Set(named(samples, name).map(({ labels }) => Object.keys(labels).join(',')))].sort();
    const differing = [...made.types].filter(([name, type]) => recorded.types.get(name) !== type);
    expect(differing).toEqual([]);
    const free = ['kube_pod_annotations', 'kube_pod_labels', 'kube_node_labels'];
    for (const name of made.types.keys()) {
      if (free.includes(name) || named(made.samples, name).length === 0) continue;
      expect([name, keysOf(made, name)]).toEqual([name, keysOf(recorded, name)]);
    }
    const annotations = keysOf(recorded, 'kube_pod_annotations').flatMap((keys) => keys.split(','));
    expect(
      keysOf(made, 'kube_pod_annotations')
        .flatMap((keys) => keys.split(','))
        .filter((key) => !annotations.includes(key)),
    ).toEqual([]);
  });

  it.each(MOMENTS)('at %d: who runs, where, with how many GPUs, is what the plan says', (at) => {
    const { samples } = readExposition(kubeStateText(plan, at));
    const held = new Map(
      named(samples, 'kube_pod_container_resource_requests').flatMap(({ labels, value }) =>
        labels['resource'] === 'nvidia_com_gpu' && labels['node'] !== ''
          ? [[labels['uid']!, [labels['node'], value]] as const]
          : [],
      ),
    );
    const over = new Set(named(samples, 'kube_pod_completion_time').map(({ labels }) => labels['uid']!));
    const open = [...held].filter(([uid]) => !over.has(uid)).sort();
    const planned = pods.filter((pod) => holdsAt(pod, at) && pod.gpus.length > 0);
    expect(open).toEqual(planned.map(({ uid, host, gpus }) => [uid, [host.name, gpus.length]]).sort());
    const started = new Map(
      named(samples, 'kube_pod_start_time').map(({ labels, value }) => [labels['uid'], value * 1000]),
    );
    for (const { uid, start } of planned) expect(started.get(uid)).toBe(start);
  });

  it.each(MOMENTS)('at %d: says nothing of what comes later', (at) => {
    const { samples } = readExposition(kubeStateText(plan, at));
    const times = samples.filter(({ name }) => /_(created|time|timestamp|started)$/.test(name));
    expect(times.length).toBeGreaterThan(20);
    expect(times.filter(({ value }) => value * 1000 > at)).toEqual([]);
    const known = new Set(samples.map(({ labels }) => labels['uid']));
    expect(pods.filter(({ uid, created }) => created > at && known.has(uid))).toEqual([]);
    const phases = named(samples, 'kube_pod_status_phase').filter(({ value }) => value === 1);
    const ended = phases.filter(({ labels }) => ['Succeeded', 'Failed'].includes(labels['phase']!));
    const early = ended.filter(({ labels }) => pods.find(({ uid }) => uid === labels['uid'])!.end! > at);
    expect(early).toEqual([]);
  });

  it('shows one phase a pod, and a request without a node before it is scheduled', () => {
    const pending = pods.find(({ created }) => created > NOW - 86_400_000 && created < NOW)!;
    const { samples } = readExposition(kubeStateText(plan, pending.created));
    const own = samples.filter(({ labels }) => labels['uid'] === pending.uid);
    expect(
      named(own, 'kube_pod_status_phase')
        .filter(({ value }) => value === 1)
        .map(({ labels }) => labels['phase']),
    ).toEqual(['Pending']);
    expect(named(own, 'kube_pod_container_resource_requests').every(({ labels }) => labels['node'] === '')).toBe(true);
    expect(named(own, 'kube_pod_start_time')).toEqual([]);
  });

  test.each([
    [0, '0'],
    [110, '110'],
    [999_999, '999999'],
    [1_000_000, '1e+06'],
    [1_236_950_581_248, '1.236950581248e+12'],
    [1_795_161_600, '1.7951616e+09'],
    [0.5, '0.5'],
  ])('prints %d as Go does: %s', (value, text) => expect(goNumber(value)).toBe(text));

  test.each([
    ['eks.amazonaws.com/capacityType', 'label_eks_amazonaws_com_capacity_type'],
    ['app.kubernetes.io/name', 'label_app_kubernetes_io_name'],
    ['snake_camelCase', 'label_snake_camel_case'],
  ])('spells the key %s as %s', (key, label) => expect(kubernetesLabel('label', key)).toBe(label));
});

describe('The dcgm-exporters of a simulated cluster', () => {
  const SIGNAL = { legacy: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE', renamed: 'DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO' };

  it.each(MOMENTS)('at %d: every GPU has the pod and the activity that the plan gives it', (at) => {
    for (const host of plan.hosts.filter((one) => existsAt(one, at))) {
      const { samples } = readExposition(gpuText(plan, host, at)!);
      const told = named(samples, SIGNAL[host.era]).map(({ labels, value }) => [
        labels['gpu'],
        labels['GPU_I_ID'] ?? null,
        labels['pod'] ?? null,
        value,
      ]);
      const planned = host.gpuUuids.flatMap((_, gpu) => {
        const isCut = host.mig?.gpu === gpu;
        const slots = isCut ? [0, 1, 2, 3, 4, 5, 6] : [null];
        return slots.map((slot) => {
          const pod = pods.find(
            (one) =>
              one.host.name === host.name &&
              holdsAt(one, at) &&
              (slot === null ? one.gpus.includes(gpu) : one.migInstance === slot),
          );
          const percent = pod?.busyness.findLast(({ from }) => from <= at)?.percent ?? 0;
          return [String(gpu), slot === null ? null : String(7 + slot), pod?.name ?? null, percent / 100];
        });
      });
      expect(told).toEqual(planned);
      const [hostLabel] = host.era === 'legacy' ? ['Hostname'] : ['hostname'];
      expect(samples.every(({ labels }) => labels[hostLabel] === host.name)).toBe(true);
    }
  });

  it('says nothing before a node exists, and nothing after it is gone', () => {
    const taken = plan.hosts.find(({ to }) => to !== null)!;
    expect(gpuText(plan, taken, taken.from - 1)).toBeNull();
    expect(gpuText(plan, taken, taken.to! - 1)).toContain(taken.name);
    expect(gpuText(plan, taken, taken.to!)).toBeNull();
  });

  it('counts energy that is power over time, once a board, and never less than before', () => {
    const host = plan.hosts.find(({ era, to, cordoned }) => era === 'legacy' && to === null && !cordoned)!;
    const read = (at: number): { power: number; energy: number }[] => {
      const { samples } = readExposition(gpuText(plan, host, at)!);
      const of = (name: string): number[] => named(samples, name).map(({ value }) => value);
      const energy = of('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION');
      return of('DCGM_FI_DEV_POWER_USAGE').map((power, gpu) => ({ power, energy: energy[gpu]! }));
    };
    const [from, step] = [NOW - 600_000, 5000];
    let sum = read(from).map(({ energy }) => energy);
    for (let at = from; at < NOW; at += step) {
      const before = read(at);
      const after = read(at + step);
      sum = sum.map((energy, gpu) => energy + before[gpu]!.power * step);
      for (const [gpu, { energy }] of after.entries()) expect(energy).toBeGreaterThan(before[gpu]!.energy);
    }
    // A change of power inside a step makes it wrong by 530 W × the step at most; few changes fall into ten minutes.
    for (const [gpu, { energy }] of read(NOW).entries())
      expect(Math.abs(energy - sum[gpu]!)).toBeLessThan(4 * 530 * step);
  });
});
