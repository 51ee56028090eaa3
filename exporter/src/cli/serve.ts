import type { Command } from 'commander';
import type { RunExporter } from './exporter-run';
import { reportFailure } from './failure';
import type { Io } from './io';
import { chooseStart } from './start-mode';
import { stopOnSignals } from './stop-signals';

const HELP = `
Reads ./flowledger.yaml if there is one, else ./.metaflow, else a bundled example.

Examples:
  $ flowledger serve
  $ flowledger serve --config /etc/flowledger.yaml
  $ FLOWLEDGER_CLOCK=2026-11-21T05:00:00Z@1 flowledger serve     (a clock of its own, for recordings)`;

/** Adds `serve`: the exporter, until it is told to stop. */
export function registerServe(program: Command, io: Io, runExporter: RunExporter): void {
  program
    .command('serve')
    .description('read the feeds, keep the ledger, and serve /metrics, the API and the landing page')
    .option('--config <file>', 'the configuration')
    .addHelpText('after', HELP)
    .action((_options, command: Command) => serve(command.optsWithGlobals(), { io, runExporter }));
}

async function serve(
  { config }: { config?: string },
  { io, runExporter }: { io: Io; runExporter: RunExporter },
): Promise<void> {
  const { clock, env, folder } = io;
  const stopping = stopOnSignals();
  try {
    const mode = await chooseStart({ folder, configPath: config ?? null, env, now: clock.now() });
    await runExporter({ mode, io, stopping: stopping.signal });
  } catch (error) {
    reportFailure(error, io);
  }
}
