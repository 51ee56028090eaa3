import type { PublishedState } from '../../facts/published';
import { type CoverageKey, heldShares } from '../held-shares';
import { type Html, html } from './html';
import { countText } from './show';

const KNOWN_BY: readonly (readonly [CoverageKey, string])[] = [
  ['run', 'by a run'],
  ['team', 'by a team'],
  ['project', 'by a project'],
  ['surely', 'surely'],
];

/** How much of what is held now is known to whom it belongs, and how many GPUs telemetry sees. */
export function attributionCard(state: PublishedState): Html {
  const shares = heldShares(state);
  const known = KNOWN_BY.flatMap(([key, text]) => {
    const share = shares.get(key);
    return share === undefined ? [] : [`${percentText(share)} ${text}`];
  });
  const held =
    known.length === 0 ? 'Nothing priced is held now.' : `Of what is held now is known: ${known.join(', ')}.`;
  return html`<section class="card">
    <div class="head">
      <h2>Attribution</h2>
      <a href="/api/v1/coverage">coverage and what to do about it</a>
    </div>
    <p class="soft">${held}</p>
    <p class="soft">${reachSentence(state)}</p>
  </section>`;
}

function reachSentence({ reach }: PublishedState): string {
  const gpus = reach.reduce((sum, host) => sum + host.gpus, 0);
  const seen = reach.reduce((sum, host) => sum + host.seen, 0);
  if (gpus === 0) return 'No GPU telemetry is read: how much of the held GPU time is used is unobserved.';
  const hosts = `${countText(reach.length)} ${reach.length === 1 ? 'host' : 'hosts'}`;
  return `GPU telemetry sees ${countText(seen)} of ${countText(gpus)} GPUs on ${hosts}.`;
}

/** Percent to one decimal as doctor shows them, rounded down: all is only all. */
const percentText = (share: number): string => `${Math.floor(share * 1000) / 10} %`;
