import type { RunSummary } from '../../contract/run';
import type { PublishedState } from '../../facts/published';
import { isWorkload } from '../../facts/workload';
import { sumAmounts } from '../../units/money';
import type { Instant } from '../../units/interval';
import { hostsNow } from '../hosts-now';
import { attributionCard } from './attribution-card';
import { feedsTable } from './feeds-table';
import { type Html, html, nameHtml } from './html';
import { runsTable } from './runs-table';
import { amountHtml, countText, spanText, timeHtml } from './show';
import { STYLE } from './style';

/** What the landing page shows. `runs` and `issues` are null when the store could not be read. */
export type LandingFacts = {
  readonly state: PublishedState | null;
  readonly runs: readonly RunSummary[] | null;
  /** How many issues `/api/v1/issues` lists, and whether they were not counted to the end. */
  readonly issues: { readonly count: number; readonly isMore: boolean } | null;
  readonly example: string | null;
  readonly version: string;
  readonly now: Instant;
};

// Printed as it is: the policy of the page holds the hash of every character.
const STYLE_ELEMENT: Html = { html: `<style>${STYLE}</style>` };

const LINKS = [
  ['/metrics', 'Metrics for Prometheus'],
  ['/api/v1/runs', 'Runs'],
  ['/api/v1/teams', 'Teams'],
  ['/api/v1/experiments', 'Experiments'],
  ['/api/v1/idle', 'Idle'],
  ['/api/v1/rates', 'Rates'],
  ['/api/v1/issues', 'Issues'],
  ['/api/v1/coverage', 'Coverage'],
  ['/api/v1/openapi.json', 'OpenAPI'],
] as const;

/** The landing page: what is being spent, how fresh that is, the newest runs and the feeds. */
export function landingPage({ state, runs, issues, example, version, now }: LandingFacts): string {
  const body =
    state === null
      ? waiting()
      : [...overview(state, { issues, now }), runsCard(state, runs), attributionCard(state), feedsCard(state, now)];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Flowledger</title>
        ${state === null ? html`<meta http-equiv="refresh" content="3" />` : null} ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <header>
            <h1>Flowledger</h1>
            <p class="soft">What every Metaflow run costs.</p>
          </header>
          ${example === null ? null : banner(example)}${body}
          <section class="card">
            <div class="head"><h2>Interfaces</h2></div>
            <nav>${LINKS.map(([path, name]) => html`<a href="${path}">${name}</a>`)}</nav>
          </section>
          <footer class="soft small">Flowledger ${version}. Live numbers are estimates until the bill lands.</footer>
        </main>
      </body>
    </html> `;
  return page.html;
}

function banner(text: string): Html {
  return html`<div class="banner" role="note">
    <strong>These are example data</strong>
    <p>${text}</p>
  </div>`;
}

function waiting(): Html[] {
  return [
    html`<section class="card">
      <div class="head"><h2>Reading the feeds</h2></div>
      <p class="soft">The first cycle has not finished yet. This page asks again by itself.</p>
    </section>`,
  ];
}

function overview(state: PublishedState, { issues, now }: Pick<LandingFacts, 'issues' | 'now'>): Html[] {
  const { spend, runs, completeUntil, currency } = state;
  const hosts = hostsNow(state);
  const total = sumAmounts(spend.map(({ perHour }) => perHour));
  const unheld = sumAmounts(spend.filter(({ kind }) => kind !== 'workload').map(({ perHour }) => perHour));
  const priced = hosts.filter(({ price }) => price.perHour !== null).length;
  const own = runs.filter(({ key }) => !isWorkload(key));
  const live = own.filter((run) => run.live).length;
  const hostCount = `${priced} of ${hosts.length}`;
  return [
    html`<section class="tiles">
      <div class="tile">
        <span class="soft">Spend now</span><b>${priced === 0 ? 'unpriced' : html`${amountHtml(total, currency)}/h`}</b>
        <span class="soft small"
          >${priced === 0 ? 'no host has a price' : html`${amountHtml(unheld, currency)}/h held by no run`}</span
        >
      </div>
      <div class="tile">
        <span class="soft">Live runs</span><b>${countText(live)}</b>
        <span class="soft small">${countText(own.length)} runs recently</span>
      </div>
      <div class="tile">
        <span class="soft">Priced hosts</span><b>${hostCount}</b>
        <span class="soft small"><a href="/api/v1/issues">${issuesText(issues)}</a></span>
      </div>
      <div class="tile">
        <span class="soft">Complete until</span>
        <b>${completeUntil === null ? 'not yet' : `${spanText((now - completeUntil) / 1000)} ago`}</b>
        <span class="soft small">${completeUntil === null ? 'nothing has closed' : timeHtml(completeUntil)}</span>
      </div>
    </section>`,
  ];
}

function issuesText(issues: LandingFacts['issues']): string {
  if (issues === null) return 'issues';
  const { count, isMore } = issues;
  return `${isMore ? 'over ' : ''}${countText(count)} ${count === 1 ? 'issue' : 'issues'}`;
}

function runsCard(state: PublishedState, runs: readonly RunSummary[] | null): Html {
  const table =
    runs === null
      ? html`<p class="soft">The store could not be read; the log says why.</p>`
      : runsTable(runs, state.currency);
  return html`<section class="card">
    <div class="head">
      <h2>Newest runs</h2>
      <a href="/api/v1/runs">all runs</a>
    </div>
    ${table}${toPaste(state)}
  </section>`;
}

function toPaste({ issues }: PublishedState): Html[] {
  const unpriced = issues.filter(({ code }) => code === 'unpriced_host');
  return unpriced.slice(0, 3).map(
    ({ value, reason, remedy }) =>
      html`<div class="paste">
        <p>
          <span class="badge warn">unpriced</span>
          ${value === null ? reason : html`Host ${nameHtml(value)} has no price.`} To price it, paste into
          flowledger.yaml:
        </p>
        <pre>${remedy}</pre>
      </div>`,
  );
}

function feedsCard({ feeds }: PublishedState, now: Instant): Html {
  return html`<section class="card">
    <div class="head"><h2>Feeds</h2></div>
    ${feedsTable(feeds, now)}
  </section>`;
}
