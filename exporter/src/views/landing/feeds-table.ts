import type { FeedHealth } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { hasFailed } from '../findings/feed-failed';
import { type Html, html, nameHtml, textHtml } from './html';
import { countText, spanText } from './show';

const [MAX_ERROR, MAX_ROWS] = [500, 20];

/** Feeds, one row a target, the troubled ones first: whether each is up, since when, and what it has read. */
export function feedsTable(feeds: readonly FeedHealth[], now: Instant): Html {
  if (feeds.length === 0) return html`<p class="soft">No feed is configured.</p>`;
  const sorted = [...feeds].sort((a, b) => troubleOf(b) - troubleOf(a));
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Feed</th>
            <th>State</th>
            <th>Last success</th>
            <th class="number wide">Accepted</th>
            <th class="number">Rejected</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.slice(0, MAX_ROWS).map((feed) => feedRow(feed, now))}
        </tbody>
      </table>
    </div>
    ${restOf(sorted.slice(MAX_ROWS))}`;
}

/** 2 where a feed fails, 1 where it holds nothing or was never read, 0 where it is well. */
function troubleOf(feed: FeedHealth): number {
  if (hasFailed(feed)) return 2;
  return feed.outcome === 'empty' || !feed.up ? 1 : 0;
}

function restOf(rest: readonly FeedHealth[]): Html | null {
  if (rest.length === 0) return null;
  const troubled = rest.filter((feed) => troubleOf(feed) > 0).length;
  const state = troubled === 0 ? 'all well' : `${countText(troubled)} of them not well`;
  return html`<p class="soft">and ${countText(rest.length)} more, ${state}</p>`;
}

function feedRow(health: FeedHealth, now: Instant): Html {
  const { feed, lastSuccess, rows, error } = health;
  const fault = error === null ? null : html`<div class="soft small">${textHtml(error.slice(0, MAX_ERROR))}</div>`;
  return html`<tr>
    <td class="name">${nameHtml(feed)}${fault}</td>
    <td>${stateHtml(health)}</td>
    <td>${lastSuccess === null ? 'never' : `${spanText((now - lastSuccess) / 1000)} ago`}</td>
    <td class="number wide">${countText(rows.accepted)}</td>
    <td class="number">${countText(rows.rejected)}</td>
  </tr>`;
}

function stateHtml(health: FeedHealth): Html {
  if (hasFailed(health)) return html`<span class="badge bad">down</span>`;
  if (health.outcome === 'empty') return html`<span class="badge warn">empty</span>`;
  return health.up ? html`<span class="badge good">up</span>` : html`<span class="badge">not read yet</span>`;
}
