import type { Command } from 'commander';
import { coverage, type Coverage } from '../contract/coverage';
import type { Finding } from '../contract/finding';
import { askServer, checkedAddress, problemText, type ServerAnswer, type ServerOptions } from './ask-server';
import { checkConfig } from './doctor-config';
import { type Diagnosis, doctorText } from './doctor-text';
import { reportFailure } from './failure';
import { EXIT, type Io } from './io';

const HELP = `
Checks the configuration, then asks the running server what it sees: each thing that is missing, and its fix.

Exit codes: 0 all is well (warnings allowed), 2 the configuration has faults, 3 a check failed,
4 no server answers, or its numbers are stale.

Examples:
  $ flowledger doctor
  $ flowledger doctor --server http://exporter:9715 --token-file ./token --json`;

type Options = ServerOptions & { readonly json?: boolean };

/** Adds `doctor`: what is missing or broken, and what to do about it. */
export function registerDoctor(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('say what is missing or broken in configuration, feeds, attribution and scraping, with each fix')
    .option('--config <file>', 'the configuration')
    .option('--server <url>', 'the running server', undefined)
    .option('--token-file <file>', 'a file that holds the bearer token')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((_options, command: Command) => doctor(command.optsWithGlobals(), io));
}

async function doctor(options: Options, io: Io): Promise<void> {
  try {
    const config = checkConfig(options.config, io);
    const server = options.server === undefined ? config.server : checkedAddress(options.server);
    const answer = await askServer('/api/v1/coverage', { ...options, server });
    const told = serverSays(answer, server);
    const diagnosis = diagnosisOf(
      [...config.findings, ...told.findings],
      told.coverage && { server, ...told.coverage },
    );
    io.stdout.write(options.json ? `${JSON.stringify(diagnosis)}\n` : doctorText(diagnosis));
    const code = config.isSound ? told.code : EXIT.usage;
    if (code !== EXIT.ok) io.exit(code);
  } catch (error) {
    reportFailure(error, io);
  }
}

type Told = { readonly findings: readonly Finding[]; readonly coverage: Coverage | null; readonly code: number };

function serverSays(answer: ServerAnswer | null, server: string): Told {
  if (answer === null) {
    const fix = 'Start one: flowledger serve. Or name the one that runs: --server http://host:port';
    const detail = `No exporter answers at ${server}; only the configuration was checked.`;
    return { findings: [serverFinding(detail, fix)], coverage: null, code: EXIT.unreachable };
  }
  if (answer.status !== 200) {
    const fix = FIXES[answer.status] ?? 'Look at its log (stderr).';
    const code = answer.status === 503 ? EXIT.unreachable : EXIT.checkFailed;
    return { findings: [serverFinding(`${server}: ${problemText(answer)}`, fix)], coverage: null, code };
  }
  const read = coverage.safeParse(answer.body);
  if (!read.success) {
    const detail = `${server} answers, but not as this version of Flowledger does.`;
    const fix = 'Run the doctor of the version that serves: see flowledger_build_info at /metrics.';
    return { findings: [serverFinding(detail, fix)], coverage: null, code: EXIT.checkFailed };
  }
  const { findings } = read.data;
  const failed = findings.filter(({ status }) => status === 'fail');
  const isStale = failed.some(({ check }) => check === 'cycle');
  const code = isStale ? EXIT.unreachable : failed.length > 0 ? EXIT.checkFailed : EXIT.ok;
  const ok: Finding = { check: 'server', status: 'ok', feed: null, detail: `${server} answers.`, fix: null };
  return { findings: [ok, ...findings], coverage: read.data, code };
}

const FIXES: Readonly<Record<number, string>> = {
  401: 'Show a token: --token-file <file>',
  403: 'Use a token with the scope read that is bound to no teams: --token-file <file>',
  404: 'Name the address of the exporter itself: --server http://host:port',
  503: 'Wait for its first cycle and ask again; if it stays so, its log (stderr) says why.',
};

function serverFinding(detail: string, fix: string): Finding {
  return { check: 'server', status: 'fail', feed: null, detail, fix };
}

function diagnosisOf(findings: readonly Finding[], told: (Coverage & { server: string }) | null): Diagnosis {
  const statuses = findings.map(({ status }) => status);
  const status = statuses.includes('fail') ? 'fail' : statuses.includes('warn') ? 'warn' : 'ok';
  if (told === null) return { status, server: null, findings, coverage: null };
  const { server, window, items, telemetry, unmatched, completeUntil, currency } = told;
  return { status, server, findings, coverage: { window, items, telemetry, unmatched, completeUntil, currency } };
}
