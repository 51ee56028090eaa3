import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig, printFault } from '../../../exporter/src/config';
import { readBuiltInPrices } from '../../../exporter/src/feeds/prices/read';
import { listPricesByType } from '../../../exporter/src/ledger/list-price';
import { priceAt } from '../../../exporter/src/ledger/charge-periods';
import { pricesOf } from '../../../exporter/src/ledger/price-ladder';
import { printAmount } from '../../../exporter/src/units/money-text';

const SHIPPED = readFileSync(join(__dirname, '../../../exporter/flowledger.yaml'), 'utf8');
/** As its first lines say: two # explain, one # is a setting to switch on. */
const SWITCHED_ON = SHIPPED.replace(/^##.*$/gm, '').replace(/^# /gm, '');

const folder = mkdtempSync(join(tmpdir(), 'flowledger-shipped-'));
for (const name of ['tokens.yaml', 'web-config.yaml']) writeFileSync(join(folder, name), '');
afterAll(() => rmSync(folder, { recursive: true }));

function configOf(text: string): Config {
  const { config, faults } = loadConfig({ text, env: {}, folder });
  expect(faults.map(printFault)).toEqual([]);
  return config!;
}

describe('the shipped flowledger.yaml', () => {
  test('is valid as it is, and says the defaults', () => {
    expect(configOf(SHIPPED)).toEqual(configOf(''));
  });

  test('is valid with everything switched on', () => {
    const config = configOf(SWITCHED_ON);
    expect(config.hosts.map(({ name }) => name)).toEqual(['gpu-01', 'burst-01', 'cpu-01']);
    expect(config.feeds.metaflow.map(({ type }) => type)).toEqual(['local', 'service', 'postgres']);
    expect(config.feeds.kubernetes.map(({ scrape }) => scrape.source.kind)).toEqual(['static']);
    expect(config.feeds.dcgm.map(({ scrape }) => scrape.source.kind)).toEqual(['static', 'dns']);
    expect(config.budgets.map(({ period }) => period)).toEqual(['run', 'month', 'month']);
    expect(config.holdings).toHaveLength(1);
    expect(config.discounts).toHaveLength(3);
  });

  test('is valid with any one section switched on beside the hosts', () => {
    const sections = SHIPPED.split(/^(?=# [a-z_]+:$)/m)
      .slice(1)
      .map((section) => section.split(/^(?=##)(?!##  )/m)[0]!);
    // prettier-ignore
    expect(sections.map((section) => /^# ([a-z_]+)/.exec(section)![1])).toEqual([
      'feeds', 'hosts', 'rate_cards', 'discounts', 'holdings', 'budgets', 'dimensions',
    ]);
    const [, hosts] = sections;
    for (const section of sections) {
      const text = section === hosts ? section : section + hosts!;
      configOf(text.replace(/^##.*$/gm, '').replace(/^# /gm, ''));
    }
  });

  test('names every key that works', () => {
    const keys = [
      'currency listen tokens_file web_config url live close_delay name deployment type path poll host',
      'silence pool provider region instance_type capacity_type gpus gpu_model vcpu memory_gib',
      'billing_resource_id from to applies_to capex residual months after_amortization power_kw pue',
      'price_per_kwh facility_per_month support_per_month lease_per_month price_per_gpu_hour price_per_hour',
      'factor flow step team project cost_center experiment model_version tag system_tag map user config',
      'split_policy max_runs finished_ttl headers_file password_file timeout targets discovery interval max_body_mib',
      'sample_limit tls ca_file cert_file key_file server_name basic_auth username bearer_token_file honor_labels dns',
      'record port file amount period aliases quantity scale',
    ].flatMap((line) => line.split(' '));
    expect(keys.filter((key) => !new RegExp(`^[\\s#{-]*${key}:|[{,] *${key}:`, 'm').test(SHIPPED))).toEqual([]);
  });

  /*
   * gpu-01: by the pool's card, worked out in ledger-prices/rate-card.test.ts. cpu-01: 730 ÷ 730, its own card
   * above the provider's and the pool's. burst-01: until 2026-10-01 its type's discount, 12.24 × 0.80; then the
   * contract's 2.75 × 4 GPUs.
   */
  // prettier-ignore
  test.each([
    ['gpu-01',   '2026-05-01', '15.367095890411', 'rate_card'],
    ['burst-01', '2026-05-01', '9.792',           'list'],
    ['burst-01', '2026-11-01', '11',              'override'],
    ['cpu-01',   '2026-05-01', '1',               'rate_card'],
  ])('prices %s on %s at %s', (name, day, price, rung) => {
    const config = configOf(SWITCHED_ON);
    const host = config.hosts.find((known) => known.name === name)!;
    const listPrices = listPricesByType(readBuiltInPrices().listPrices);
    const { rateCards: cards, discounts, ledger } = config;
    const span = priceAt(pricesOf(host, { cards, discounts, listPrices, currency: ledger.currency }), Date.parse(day));
    expect([printAmount(span.perHour!), span.rung]).toEqual([price, rung]);
  });
});
