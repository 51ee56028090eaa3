#!/usr/bin/env node
import { Command } from 'commander';
import { registerDemo } from './cli/demo';
import { registerDoctor } from './cli/doctor';
import { registerExplain } from './cli/explain';
import type { Io } from './cli/io';
import { registerRates } from './cli/rates';
import { registerReplay } from './cli/replay';
import { runExporter } from './cli/run-exporter';
import { registerServe } from './cli/serve';
import { registerSimulate } from './cli/simulate';
import { versionOf } from './cli/version';
import { clockFrom } from './clock';

const { env, stdout, stderr } = process;

try {
  const io: Io = {
    stdout,
    stderr,
    clock: clockFrom(env['FLOWLEDGER_CLOCK']),
    env,
    folder: process.cwd(),
    exit: (code) => {
      process.exitCode = code;
    },
  };
  const program = new Command('flowledger')
    .description('What every Metaflow run costs.')
    .version(versionOf())
    .option('--config <file>', 'the configuration')
    .option('--server <url>', 'the running server that verbs ask')
    .option('--token-file <file>', 'a file that holds the bearer token for it')
    .option('--json', 'print JSON')
    .showHelpAfterError()
    .exitOverride((error) => {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      throw error;
    });
  registerServe(program, io, runExporter);
  registerExplain(program, io);
  registerRates(program, io);
  registerDoctor(program, io);
  registerSimulate(program, io);
  registerReplay(program, io, runExporter);
  registerDemo(program, io, runExporter);
  program.parseAsync().catch((error: unknown) => {
    if (!(error instanceof Error && error.constructor.name.includes('Commander'))) {
      stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 1;
    }
  });
} catch (error) {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
