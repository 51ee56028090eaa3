import { metaflowHistory } from '../../../exporter/src/simulation/metaflow-rows';
import { loadConfig } from '../../../exporter/src/config';
import { readExposition } from '../../support/small-exposition-parser';
import { type SimulatedCluster, startSimulatedCluster } from '../../support/simulated-cluster';

const NOW = Date.UTC(2026, 10, 21, 9, 17, 31, 250);

describe('A simulated cluster behind HTTP', () => {
  let now = NOW;
  let cluster: SimulatedCluster;
  beforeAll(async () => {
    cluster = await startSimulatedCluster({ now: () => now, endpoint: 'mig' });
  });
  afterAll(() => cluster.close());

  const metrics = (target: string): Promise<Response> => fetch(`${cluster.url}/targets/${target}/metrics`);
  const json = async (path: string): Promise<any> => (await fetch(`${cluster.url}${path}`)).json();
  const gpusOf = async (run: number): Promise<number> => {
    const { samples } = readExposition(await (await metrics('ksm')).text());
    const running = samples.filter(
      ({ name, labels, value }) => name === 'kube_pod_status_phase' && labels['phase'] === 'Running' && value === 1,
    );
    const uids = new Set(running.map(({ labels }) => labels['uid']));
    const own = samples.filter(
      ({ name, labels }) => name === 'kube_pod_annotations' && labels['annotation_metaflow_run_id'] === String(run),
    );
    return own.filter(({ labels }) => uids.has(labels['uid'])).length;
  };

  it('is what a configuration can be pointed at', () => {
    const { config, faults } = loadConfig({ text: cluster.config(), env: {} });
    expect(faults).toEqual([]);
    expect(config!.hosts).toHaveLength(8);
    expect(config!.feeds.dcgm[0]!.scrape.source).toMatchObject({ kind: 'static', targets: { length: 8 } });
  });

  it('shows each target by its name, with the time of its clock', async () => {
    const [host] = cluster.plan().hosts;
    const answer = await metrics(host!.name);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(Date.parse(answer.headers.get('date')!)).toBe(Math.floor(NOW / 1000) * 1000);
    expect((await metrics('ksm')).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { samples } = readExposition(await answer.text());
    expect(samples.filter(({ labels }) => labels['GPU_I_PROFILE'] === '1g.5gb').length).toBeGreaterThan(6);
    expect((await metrics('nobody')).status).toBe(404);
    expect((await fetch(`${cluster.url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${cluster.url}/service/ping`, { method: 'POST' })).status).toBe(405);
  });

  it('starts a run, triples its burn and kills it; cluster and services tell the same', async () => {
    const run = cluster.startRun(2);
    now = NOW + 5 * 60_000;
    expect(await gpusOf(run)).toBe(2);
    cluster.addTasks(run, 4);
    now += 30_000;
    expect(await gpusOf(run)).toBe(6);
    const tasks = await json(`/ui/flows/AdsSweepFlow/runs/${run}/tasks?_limit=1000`);
    expect(tasks.data.filter((row: any) => row.step_name === 'trial').map((row: any) => row.status)).toEqual(
      Array(6).fill('running'),
    );
    cluster.stopRun(run);
    now += 2000;
    expect(await gpusOf(run)).toBe(0);
    now += 10 * 60_000;
    expect((await json(`/ui/flows/AdsSweepFlow/runs/${run}`)).data.status).toBe('failed');
    expect(await json(`/service/flows/AdsSweepFlow/runs/${run}/metadata`)).toHaveLength(
      metaflowHistory(cluster.plan()).runs[0]!.metadata.length,
    );
  });

  it('breaks one thing at a time, and mends it', async () => {
    cluster.break('ksm', 'drops');
    await expect(metrics('ksm')).rejects.toThrow('fetch failed');
    cluster.break('ksm', 'fails');
    expect((await metrics('ksm')).status).toBe(500);
    cluster.break('ksm', 'empty');
    expect(await (await metrics('ksm')).text()).toBe('');
    cluster.break('ksm', 'hangs');
    const waiting = fetch(`${cluster.url}/targets/ksm/metrics`, { signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toThrow('timeout');
    expect((await fetch(`${cluster.url}/ui/ping`)).status).toBe(200);
    cluster.break('ksm', null);
    expect((await metrics('ksm')).status).toBe(200);
    expect(cluster.asked.get('ksm')).toBeGreaterThan(4);
  });
});

describe('A node that is taken away', () => {
  it('does not answer any more', async () => {
    let now = NOW;
    const cluster = await startSimulatedCluster({
      now: () => now,
      spotLife: [3_600_000, 7_200_000],
      reclaimsUntil: NOW + 86_400_000,
    });
    const taken = cluster.plan().hosts.find(({ to }) => to !== null && to > NOW)!;
    const ask = (): Promise<Response> => fetch(`${cluster.url}/targets/${taken.name}/metrics`);
    now = taken.to! - 1;
    expect((await ask()).status).toBe(200);
    now = taken.to!;
    await expect(ask()).rejects.toThrow('fetch failed');
    await cluster.close();
  });
});
