import { type Check, counted, findingsOf } from './finding-facts';

/** Whether the ledger has caught itself breaking a law of its own. */
export const invariants: Check = ({ state: { invariantViolations }, issues }) => {
  const broken = issues.find(({ code }) => code === 'broken_invariant');
  if (invariantViolations === 0 && broken === undefined) {
    return findingsOf('invariants', 'Every split summed to its charge since the start.', []);
  }
  const detail = `${counted(invariantViolations, 'violation')} since the start${broken ? `: ${broken.reason}` : '.'}`;
  const fix =
    broken?.remedy ?? 'Report it with the log (stderr); it is a fault of the program, and the hours stay open.';
  return findingsOf('invariants', '', [{ status: 'fail', detail, fix }]);
};
