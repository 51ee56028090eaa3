import { startLiveStage } from './live-stage';
import { setTimeout as sleep } from 'node:timers/promises';
test('try', async () => {
  const t = performance.now();
  const stage = await startLiveStage({ name: 'try' });
  console.log('up', performance.now() - t);
  try {
    const run = stage.beginRun(3);
    await sleep(8000);
    const m = await stage.metrics();
    console.log(m.samples.filter(s => /run_|feed_up|spend|telemetry/.test(s.name)).map(s => JSON.stringify(s)).join('\n'));
    const d = await stage.doctor();
    console.log(d.code, d.findings.map(f => `${f.status} ${f.check} ${f.feed}: ${f.detail} => ${f.fix}`).join('\n'));
    console.log(stage.output());
  } finally { await stage.stop(); }
}, 120000);
