import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './repository';

type Violation = { from: string; to: string; rule: { name: string } };

const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** Every broken wall of the folders under `root`, as `rule: from → to`. */
function brokenWalls(root: string, folders: readonly string[]): string[] {
  const flags = ['--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', ...folders];
  const { stdout, stderr } = spawnSync(process.execPath, [CRUISER, ...flags], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (stdout === '') throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[]; totalCruised: number } };
  if (summary.totalCruised === 0) throw new Error(`dependency-cruiser found nothing under ${folders.join(' ')}.`);
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
}

describe('The walls of the house', () => {
  it('stand', () => {
    expect(brokenWalls(ROOT, ['exporter/src', 'exporter/scripts', 'test'])).toEqual([]);
  });
});

/** A room, what it may not import, and the rule that says so. */
const FORBIDDEN: readonly (readonly [file: string, statement: string, rule: string])[] = [
  ['units/money.ts', `import '../facts/host';`, 'units-imports-only-what-is-listed'],
  ['units/clock.ts', `import 'node:fs';`, 'units-imports-only-what-is-listed'],
  ['contract/run.ts', `import '../units/leaf';`, 'contract-imports-only-what-is-listed'],
  ['contract/page.ts', `import 'express';`, 'contract-imports-only-what-is-listed'],
  ['facts/charge.ts', `import '../store/store';`, 'facts-imports-only-what-is-listed'],
  ['ledger/allocate.ts', `import '../store/store';`, 'ledger-imports-only-what-is-listed'],
  ['ledger/price.ts', `import '../clock';`, 'ledger-imports-only-what-is-listed'],
  ['reconciliation/reconcile.ts', `import 'zod';`, 'reconciliation-imports-only-what-is-listed'],
  ['feeds/metaflow/parse.ts', `import 'node:fs';`, 'feeds-parse-without-io'],
  ['feeds/metaflow/read.ts', `import '../../ledger/leaf';`, 'feeds-know-no-ledger'],
  ['store/rows.ts', `import '../ledger/leaf';`, 'store-knows-no-money-rules'],
  ['cycles/close.ts', `import '@clickhouse/client';`, 'store-alone-knows-the-engine'],
  ['store/migrate.ts', `import 'chdb';`, 'connect-alone-loads-chdb'],
  ['views/api/runs.ts', `import '../../ledger/leaf';`, 'views-only-project'],
  ['views/api/flows.ts', `import { open } from '../../store/store'; open();`, 'views-take-the-store-as-a-type'],
  ['cycles/ingest.ts', `import 'prom-client';`, 'cycles-show-nothing'],
  ['cycles/live.ts', `import { now } from '../clock'; now();`, 'clock-is-an-argument'],
  ['cli/serve.ts', `import '../main';`, 'main-is-imported-by-nobody'],
  ['../../test/oracle/split.ts', `import '../../exporter/src/units/leaf';`, 'oracle-shares-no-code'],
  ['../../plugin/src/rows.ts', `import '../../exporter/src/units/leaf';`, 'contract-is-the-only-door'],
  ['units/even.ts', `import './odd';`, 'no-cycles'],
  ['cli/explain.ts', `import './nowhere';`, 'no-unresolvable-imports'],
  ['cli/rates.ts', `import '../../../test/oracle/leaf';`, 'product-needs-no-test'],
  ['cli/report.ts', `import 'fast-check';`, 'product-needs-no-development-package'],
];

/** What the forbidden imports lead to, and imports that are allowed. */
const FURNITURE: Readonly<Record<string, string>> = {
  'main.ts': `import './clock'; import './cycles/restate'; export const main = 1;`,
  'clock.ts': 'export const now = (): number => 0;',
  'assert.ts': 'export const assert = 1;',
  'units/leaf.ts': `import '../assert'; export const leaf = 1;`,
  'facts/host.ts': `import '../units/leaf'; export const host = 1;`,
  'ledger/leaf.ts': `import '../facts/host'; import 'node:crypto'; export const leaf = 1;`,
  'store/store.ts': `import '@clickhouse/client'; export const open = (): void => {}; export type Store = 1;`,
  'store/connect.ts': `import 'chdb'; export const connect = 1;`,
  'cycles/restate.ts': `import '../ledger/leaf'; import '../store/store'; export const restate = 1;`,
  'views/metrics/cost.ts': `import type { Store } from '../../store/store'; import 'prom-client'; type A = Store;`,
  'feeds/metaflow/watch.ts': `import 'node:fs'; export const watch = 1;`,
  'units/odd.ts': `import './even'; export const odd = 1;`,
  '../../test/oracle/leaf.ts': 'export const leaf = 1;',
};

describe('The rules of the walls', () => {
  let house: string;
  let broken: string[];

  beforeAll(() => {
    house = mkdtempSync(join(tmpdir(), 'flowledger-house-'));
    for (const [file, statement] of [...Object.entries(FURNITURE), ...FORBIDDEN]) {
      const path = join(house, 'exporter/src', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${statement}\n`);
    }
    for (const name of ['node_modules', 'package.json', 'tsconfig.json']) {
      symlinkSync(join(ROOT, name), join(house, name));
    }
    broken = brokenWalls(house, ['exporter', 'test', 'plugin']);
  });

  afterAll(() => rmSync(house, { recursive: true, force: true }));

  it.each(FORBIDDEN)('see in %s: %s', (file, _statement, rule) => {
    const from = join('exporter/src', file);
    expect(broken.filter((line) => line.startsWith(`${rule}: ${from} → `))).toHaveLength(1);
  });

  it('let every allowed import pass', () => {
    const allowed = Object.keys(FURNITURE).map((file) => join('exporter/src', file));
    expect(broken.filter((line) => allowed.some((file) => line.includes(` ${file} → `)))).toEqual([]);
  });
});

describe('dependency-cruiser', () => {
  it('is the pinned line that runs on Node 20', () => {
    expect(execFileSync(process.execPath, [CRUISER, '--version'], { encoding: 'utf8' })).toMatch(/^17\./);
  });
});
