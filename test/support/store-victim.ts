import { openStore } from '../../exporter/src/store/open-store';
import { victimLoads } from './store-victim-loads';

/**
 * A process that publishes {@link victimLoads} one by one and reports on stdout what it was told:
 * `phase <name>` before each phase, `done <n>` after each acknowledged load. Its parent kills it somewhere.
 */
async function main([url, killAt, killLoad, delayMs]: string[]): Promise<void> {
  let load = -1;
  const report = (line: string): boolean => process.stdout.write(`${line}\n`);
  const store = await openStore({
    url: url!,
    onPhase: (phase) => {
      if (phase !== killAt || load !== Number(killLoad)) return;
      if (Number(delayMs) === 0) process.kill(process.pid, 'SIGKILL');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(delayMs));
    },
  });
  for (const next of victimLoads()) {
    load += 1;
    await store.publish(next);
    report(`done ${load}`);
  }
  await store.close();
  report('closed');
}

void main(process.argv.slice(2));
