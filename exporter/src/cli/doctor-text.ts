import Table from 'cli-table3';
import type { Coverage } from '../contract/coverage';
import type { Finding } from '../contract/finding';

/** What doctor found out: of the configuration, of the server, and of what it watches. */
export type Diagnosis = {
  readonly status: Finding['status'];
  /** The server that answered; null where none did. */
  readonly server: string | null;
  readonly findings: readonly Finding[];
  /** Null where no server told it. */
  readonly coverage: Pick<
    Coverage,
    'window' | 'items' | 'telemetry' | 'unmatched' | 'completeUntil' | 'currency'
  > | null;
};

const WIDTHS = [8, 19, 72];
const SHOWN_HOLDERS = 5;
const WORDS = { ok: 'ok', warn: 'warn', fail: 'FAIL' } as const;

/** What names and errors of others could do to a terminal. */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A diagnosis for people: a table of findings, each fix so that it can be copied, coverage, and the verdict. */
export function doctorText(diagnosis: Diagnosis): string {
  const parts = [
    tableOf(diagnosis.findings),
    ...fixesOf(diagnosis.findings),
    ...coverageOf(diagnosis),
    verdict(diagnosis),
  ];
  return `${parts.join('\n\n')}\n`;
}

function tableOf(findings: readonly Finding[]): string {
  const table = new Table({
    head: ['', 'check', 'finding'],
    colWidths: WIDTHS,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { status, check, detail } of findings) table.push([WORDS[status], check, oneLine(detail)]);
  return table.toString();
}

/** Below the table, because a frame around a text keeps it from being pasted. */
function fixesOf(findings: readonly Finding[]): string[] {
  const fixes = findings.flatMap(({ check, feed, fix }) =>
    fix === null ? [] : [`${check}${feed === null ? '' : ` (${oneLine(feed)})`}:\n${lines(fix)}`],
  );
  return fixes.length === 0 ? [] : ['What to do', ...new Set(fixes)];
}

function coverageOf({ coverage }: Diagnosis): string[] {
  if (coverage === null) return [];
  const { window, items, unmatched, currency } = coverage;
  const known = items.map(({ key, ratio }) => `${key} ${ratio === null ? '–' : `${Math.floor(ratio * 1000) / 10} %`}`);
  const holders = unmatched.slice(0, SHOWN_HOLDERS).map((holder) => {
    const { namespace, workload, flow, runId, host, amount, likelyFix } = holder;
    const name = host ?? (flow === null ? `${namespace}/${workload}` : `${flow}/${runId}`);
    return oneLine(`  ${name}: ${amount} ${currency}. ${likelyFix}`);
  });
  const heading = `Known from ${window.from} to ${window.to}: ${known.join(', ')}.`;
  return [
    holders.length === 0 ? heading : `${heading}\nThe dearest that is no run, or of no team:\n${holders.join('\n')}`,
  ];
}

function verdict({ findings, server }: Diagnosis): string {
  const count = (status: Finding['status']): number => findings.filter((finding) => finding.status === status).length;
  const who = server === null ? 'No server told anything' : `Asked ${server}`;
  return `${who}: ${count('ok')} ok, ${count('warn')} warn, ${count('fail')} failed.`;
}

const oneLine = (text: string): string => text.replace(UNSAFE, '\ufffd');
const lines = (text: string): string => text.trimEnd().split('\n').map(oneLine).join('\n');
