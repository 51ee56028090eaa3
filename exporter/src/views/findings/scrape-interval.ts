import { type Check, findingsOf } from './finding-facts';

const PROMISED_SECONDS = 60;

/**
 * What an alert on spend waits for beside the scrape, in seconds: the exporter's defaults (a cluster and GPU telemetry
 * are polled every 15 s, a run every 5 s), the shipped Prometheus and Alertmanager settings, and a guess of the way.
 */
const OTHER_WAITS = { 'feed poll': 15, cycle: 5, 'rule evaluation': 5, 'group wait': 1, delivery: 2 } as const;

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
    `(scrape, ${others.join(', ')}; feed poll and cycle as by default, evaluation and group wait as shipped).`;
  return findingsOf(
    'scrape_interval',
    detail,
    worst > PROMISED_SECONDS ? [{ status: 'warn', detail, fix: SCRAPE_JOB }] : [],
  );
};
