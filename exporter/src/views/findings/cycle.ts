import { spanText } from '../landing/show';
import { type Check, findingsOf, type Trouble } from './finding-facts';

const MAX_AGE_MS = 60_000;
const MAX_INCOMPLETE_MS = 3_600_000;

/** Whether numbers are computed at all, and up to when they are complete. */
export const cycle: Check = ({ state: { computedAt, completeUntil }, now }) => {
  const troubles: Trouble[] = [];
  const agoText = (instant: number): string => `${spanText((now - instant) / 1000)} ago`;
  if (now - computedAt > MAX_AGE_MS) {
    const detail = `The last cycle ended ${agoText(computedAt)}; what is shown is as old.`;
    const fix =
      'The log (stderr) says why cycles fail or take long. Make the store reachable, or restart: flowledger serve';
    troubles.push({ status: 'fail', detail, fix });
  }
  if (completeUntil === null || now - completeUntil > MAX_INCOMPLETE_MS) {
    const until =
      completeUntil === null ? 'nothing has closed yet' : `amounts are complete up to ${agoText(completeUntil)}`;
    const fix = 'Make every feed readable: hours close once all feeds have told what they know (see feed_failed).';
    troubles.push({ status: 'warn', detail: `No hour closes: ${until}.`, fix });
  }
  return findingsOf('cycle', `The last cycle ended ${agoText(computedAt)}.`, troubles);
};
