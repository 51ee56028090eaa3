/** @needs prometheus */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { metrics } from '../../exporter/src/contract/metrics';
import { complaintsOf, renderedBy, type Series } from './promtool-rules';
import { CASES, type RuleCase } from './rule-cases';

const ROOT = resolve(__dirname, '../..');
type Rule = {
  alert: string;
  expr: string;
  annotations: { [name: string]: string };
  labels: { [name: string]: string };
};
const { groups } = parse(readFileSync(resolve(ROOT, 'provisioning/prometheus/rules/flowledger.yml'), 'utf8')) as {
  groups: { rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

/** One sample every five seconds; `s` seconds of a value, or of nothing. */
const hold = (value: number | null, s: number): string =>
  value === null ? `stale _x${s / 5 - 2}` : `${value}x${s / 5 - 1}`;
const LONG = 600;

/** The alert's series through phases, and what stands beside it for the whole time; `instance` names the replica. */
function told({ series, beside }: RuleCase, values: readonly string[], instance = 'a'): Series[] {
  const named = (text: string): string => text.replace('instance="I"', `instance="${instance}"`);
  const still = Object.entries(beside).map(([name, value]) => ({ series: named(name), values: hold(value, LONG) }));
  return [{ series: named(series), values: values.join(' ') }, ...still];
}

/** Evaluation may come up to one interval after the sample. */
const fired = ({ forSeconds }: RuleCase, after: number): number => after + forSeconds + 5;

describe.each(CASES)('$alert', (rule) => {
  const { alert, calm, burning, forSeconds } = rule;
  const firing = [rule.labels];

  test('does not fire at its threshold', () => {
    expect(complaintsOf({ alert, series: told(rule, [hold(calm, LONG)]), expect: [{ at: 300, firing: [] }] })).toBe('');
  });

  test('fires once it is passed for as long as the rule asks, and resolves when it is over', () => {
    const series = told(rule, [hold(calm, 60), hold(burning, 180), hold(calm, 300)]);
    const early = forSeconds === 0 ? [] : [{ at: 60 + forSeconds - 5, firing: [] }];
    const story = [{ at: 55, firing: [] }, ...early, { at: fired(rule, 60), firing }, { at: 235, firing }];
    expect(complaintsOf({ alert, series, expect: [...story, { at: 250, firing: [] }] })).toBe('');
  });

  const isOfExporter = alert === 'FlowledgerExporterDown';
  if (!isOfExporter)
    test('stays through a restart of the exporter: a minute without any sample', () => {
      const series = told(rule, [hold(burning, 180), hold(null, 60), hold(burning, 120)]);
      const during = [175, 200, 235, 245, 300].map((at) => ({ at, firing }));
      expect(complaintsOf({ alert, series, expect: during })).toBe('');
    });

  if (!isOfExporter)
    test('is not raised by a restart while all is calm', () => {
      const series = told(rule, [hold(calm, 180), hold(null, 60), hold(calm, 120)]);
      const during = [175, 200, 235, 245, 300].map((at) => ({ at, firing: [] }));
      expect(complaintsOf({ alert, series, expect: during })).toBe('');
    });

  test('stays while another feed fails: rates outlive it', () => {
    const other = { series: 'flowledger_feed_up{feed="other",instance="a",job="flowledger"}', values: '1x35 0x80' };
    const series = [...told(rule, [hold(burning, LONG)]), other];
    const stale = alert === 'FlowledgerFeedStale' ? [{ feed: 'other', severity: 'warning' }] : [];
    expect(complaintsOf({ alert, series, expect: [{ at: 300, firing: [...firing, ...stale] }] })).toBe('');
  });

  test('is one alert with two replicas, and stays when one of them goes', () => {
    const series = [
      ...told(rule, [hold(burning, LONG)], 'a'),
      ...told(rule, [hold(burning, 180), hold(null, 300)], 'b'),
    ];
    const during = [175, 185, 300, 420].map((at) => ({ at, firing }));
    expect(complaintsOf({ alert, series, expect: during })).toBe('');
  });

  test('says what people need', () => {
    const said = renderedBy(alert, told(rule, [hold(burning, LONG)]), 300);
    expect(said).toContain(`summary="${rule.summary}"`);
    expect(said).toContain(`docs/runbooks/${alert}.md`);
  });
});

describe('FlowledgerRunTakesLong', () => {
  const rule = CASES.find(({ alert }) => alert === 'FlowledgerRunTakesLong')!;
  const expected = 'metaflow_run_expected_cost_dollars_per_hour';
  const labels = '{deployment="prod",flow="TrainFlow",run_id="42",instance="a",job="flowledger"}';
  const beside = (perHour: number): Series[] => [
    ...told(rule, [hold(rule.burning, LONG)]),
    { series: `${expected}${labels}`, values: hold(perHour, LONG) },
  ];

  test.each([
    ['fires at three times the expected rate', 2 / 3, [rule.labels], []],
    ['leaves a faster burn to FlowledgerRunSpendRateAboveExpected', 0.6, [], [rule.labels]],
  ])('%s', (_what, perHour, takesLong, aboveExpected) => {
    const series = beside(perHour);
    expect(complaintsOf({ alert: rule.alert, series, expect: [{ at: 300, firing: takesLong }] })).toBe('');
    const alert = 'FlowledgerRunSpendRateAboveExpected';
    expect(complaintsOf({ alert, series, expect: [{ at: 300, firing: aboveExpected }] })).toBe('');
  });
});

describe('FlowledgerExporterDown', () => {
  test('fires when nothing is scraped at all', () => {
    const series = [{ series: 'up{job="other"}', values: '1x100' }];
    const labels = { job: 'flowledger', severity: 'critical' };
    expect(complaintsOf({ alert: 'FlowledgerExporterDown', series, expect: [{ at: 60, firing: [labels] }] })).toBe('');
  });
});

describe('The rules', () => {
  test('are those of the cases, each with a runbook page that names it', () => {
    expect(rules.map(({ alert }) => alert)).toEqual(CASES.map(({ alert }) => alert));
    for (const { alert, annotations } of rules) {
      expect(annotations['runbook']).toBe(`docs/runbooks/${alert}.md`);
      const page = resolve(ROOT, annotations['runbook']!);
      expect(existsSync(page) ? readFileSync(page, 'utf8').split('\n')[0] : 'no page').toBe(`# ${alert}`);
    }
  });

  test('use metrics of the catalogue alone, and never add up the runs that are folded together', () => {
    const known = new Set<string>(['up', ...Object.values(metrics).map(({ name }) => name)]);
    for (const { expr } of rules) {
      const used = [...expr.matchAll(/\b(?:metaflow|flowledger|gpu)_[a-z_]+\b|\bup\b/g)].map(([name]) => name);
      expect(used.filter((name) => !known.has(name))).toEqual([]);
      const perRun = [...expr.matchAll(/metaflow_run_[a-z_]+(\{[^}]*\})?/g)].map(([, selector]) => selector);
      expect(perRun.filter((selector) => selector !== '{run_id!="_overflow"}')).toEqual([]);
    }
  });
});
