import type { Instant, Interval } from '../../units/interval';
import { allFindings } from '../findings/all-findings';
import { instantOf } from '../wire';
import { coverageItems } from './coverage-items';
import { freshness, type Handler, type Source } from './handler';
import { heldRows } from './held-rows';
import { standingIssues } from './issues';
import { unmatchedHolders } from './unmatched-holders';
import { dayOf, windowSent } from './window';

const LOOKED_AT_ISSUES = 500;

/** How much of what was held is known to whom it belongs, what is not, and what would change that. */
export const getCoverage: Handler<'getCoverage'> = async ({ query }, source) => {
  const { state, now, habits } = source;
  const window = dayOf(query, now);
  const [rows, issues, gaps] = await Promise.all([
    heldRows(window, source),
    standingIssues(source, LOOKED_AT_ISSUES),
    gapsOf(window, source),
  ]);
  return {
    window: windowSent(untilNow(window, now)),
    computedAt: instantOf(state.computedAt),
    items: coverageItems(rows.known),
    telemetry: state.reach.map(({ host, gpus, seen }) => ({ host, gpus, seen })),
    unmatched: unmatchedHolders(rows.unmatched, issues),
    findings: allFindings({ state, issues, ...gaps, ...habits, now }),
    ...freshness(state),
  };
};

/** Nothing is known of what is yet to come; a window that lies there as a whole is told as it was asked for. */
const untilNow = ({ start, end }: Interval, now: Instant): Interval => ({
  start,
  end: start < now ? Math.min(end, now) : end,
});

async function gapsOf(window: Interval, { store, state }: Source) {
  const rows = await store.rollupGaps({ by: 'team', window }, state.asOf);
  return {
    unchargedAttempts: rows.reduce((sum, row) => sum + row.unchargedAttempts, 0),
    lostAttempts: rows.reduce((sum, row) => sum + row.lostAttempts, 0),
  };
}
