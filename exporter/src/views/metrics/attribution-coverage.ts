import { metrics } from '../../contract/metrics';
import { heldShares } from '../held-shares';
import { bindFamily } from './family';

/** What part of the money an hour that is held now is known, by key; a ratio for display, not a cost. */
export const attributionCoverage = bindFamily(metrics.attributionCoverage, ({ state }) =>
  [...heldShares(state)].map(([key, value]) => ({ labels: { key }, value })),
);
