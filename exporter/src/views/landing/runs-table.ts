import type { RunSummary } from '../../contract/run';
import { readAmount } from '../../units/money-text';
import { type Html, html, nameHtml } from './html';
import { amountHtml, timeHtml } from './show';

const TONES: Readonly<Record<RunSummary['outcome'], string>> = {
  running: 'badge',
  succeeded: 'badge good',
  failed: 'badge bad',
  killed: 'badge bad',
  lost: 'badge warn',
  unknown: 'badge warn',
};

/** The newest runs with what they cost; a cost of which a part is unknown is a lower bound and says so. */
export function runsTable(runs: readonly RunSummary[], currency: string): Html {
  if (runs.length === 0) return html`<p class="soft">No run has been read yet.</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Run</th>
          <th>Outcome</th>
          <th class="number">Cost</th>
          <th class="wide">State</th>
          <th class="wide">Team</th>
          <th class="wide">Started</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map((run) => runRow(run, currency))}
      </tbody>
    </table>
  </div>`;
}

function runRow(run: RunSummary, currency: string): Html {
  const { flow, runId, deployment, outcome, state, labels, startedAt } = run;
  const path = `/api/v1/runs/${encodeURIComponent(wellFormed(flow))}/${encodeURIComponent(wellFormed(runId))}`;
  const href = `${path}?deployment=${encodeURIComponent(wellFormed(deployment))}`;
  return html`<tr>
    <td class="name">
      <a href="${href}">${nameHtml(flow)} / ${nameHtml(runId)}</a>
      <div class="soft small">${nameHtml(deployment)}</div>
    </td>
    <td><span class="${TONES[outcome]}">${outcome}</span></td>
    <td class="number">${costHtml(run, currency)}</td>
    <td class="wide">${state}</td>
    <td class="name wide">${labels.team === null ? html`<span class="soft">No team</span>` : nameHtml(labels.team)}</td>
    <td class="wide">${timeHtml(Date.parse(startedAt))}</td>
  </tr>`;
}

function costHtml({ cost, costComplete, unpricedSeconds }: RunSummary, currency: string): Html {
  if (cost === null) return html`<span class="badge warn">${unpricedSeconds > 0 ? 'unpriced' : 'unknown'}</span>`;
  const read = readAmount(cost);
  const amount = 'amount' in read ? amountHtml(read.amount, currency) : html`${cost}`;
  return costComplete ? amount : html`≥ ${amount} <span class="badge warn">incomplete</span>`;
}

const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
