import type { FeedHealth } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { type Html, html, nameHtml, textHtml } from './html';
import { countText, spanText } from './show';

const MAX_ERROR = 500;

/** Every feed: whether it is up, since when, and what it has read. */
export function feedsTable(feeds: readonly FeedHealth[], now: Instant): Html {
  if (feeds.length === 0) return html`<p class="soft">No feed is configured.</p>`;
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
        ${feeds.map((feed) => feedRow(feed, now))}
      </tbody>
    </table>
  </div>`;
}

function feedRow({ feed, up, lastSuccess, rows, error }: FeedHealth, now: Instant): Html {
  const state = up ? html`<span class="badge good">up</span>` : html`<span class="badge bad">down</span>`;
  const fault = error === null ? null : html`<div class="soft small">${textHtml(error.slice(0, MAX_ERROR))}</div>`;
  return html`<tr>
    <td class="name">${nameHtml(feed)}${fault}</td>
    <td>${state}</td>
    <td>${lastSuccess === null ? 'never' : `${spanText((now - lastSuccess) / 1000)} ago`}</td>
    <td class="number wide">${countText(rows.accepted)}</td>
    <td class="number">${countText(rows.rejected)}</td>
  </tr>`;
}
