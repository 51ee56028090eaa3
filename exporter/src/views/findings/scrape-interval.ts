import { type Check, findingsOf } from './finding-facts';

const PROMISED_SECONDS = 60;

/** What an alert waits for beside the scrape, in seconds, with the shipped Prometheus and Alertmanager settings. */
const OTHER_WAITS = { 'feed poll': 5, cycle: 5, 'rule evaluation': 5, 'group wait': 5, delivery: 5 } as const;

const SCRAPE_JOB =
  'Add to prometheus.yml:\nglobal:\n  evaluation_interval: 5s\nscrape_configs:\n  - job_name: flowledger\n' +
  "    scrape_interval: 5s\n    scrape_timeout: 4s\n    static_configs:\n      - targets: ['127.0.0.1:9715']";

/** Whether a Prometheus scrapes, and often enough for an alert within a minute; says the worst-case delay. */
export const scrapeInterval: Check = ({ scrapers }) => {
  const present = scrapers.filter(({ intervalSeconds, agoSeconds }) => agoSeconds <= Math.max(3 * intervalSeconds, 60));
  if (present.length === 0) {
    const detail =
      scrapers.length === 0
        ? 'No Prometheus has scraped /metrics twice since the start: no alert can fire.'
        : 'No Prometheus scrapes /metrics any more: no alert can fire.';
    return findingsOf('scrape_interval', '', [{ status: 'warn', detail, fix: SCRAPE_JOB }]);
  }
  const scrape = Math.min(...present.map(({ intervalSeconds }) => intervalSeconds));
  const worst = Math.round(Object.values(OTHER_WAITS).reduce((sum, seconds) => sum + seconds, scrape));
  const others = Object.entries(OTHER_WAITS).map(([name, seconds]) => `${name} ${seconds} s`);
  const detail =
    `/metrics is scraped every ${Math.round(scrape * 10) / 10} s: an alert comes ${worst} s after its cause at worst ` +
    `(scrape, ${others.join(', ')}; the last five as in the shipped settings).`;
  return findingsOf(
    'scrape_interval',
    detail,
    worst > PROMISED_SECONDS ? [{ status: 'warn', detail, fix: SCRAPE_JOB }] : [],
  );
};
