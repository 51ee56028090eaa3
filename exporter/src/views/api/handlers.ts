import type { RouteId } from '../../contract/routes';
import { getCoverage } from './coverage';
import { listExperiments } from './experiments';
import { explain } from './explain';
import { listFlows } from './flows';
import type { Handler } from './handler';
import { listIdle } from './idle';
import { listIssues } from './issues';
import { getOpenApi } from './openapi';
import { listRates } from './rates';
import { getRun } from './run';
import { listRuns } from './runs';
import { getRunSeries } from './series';
import { listTeams } from './teams';

/** Who answers each route of the table. */
export const handlers: { readonly [Id in RouteId]: Handler<Id> } = {
  listFlows,
  listRuns,
  getRun,
  getRunSeries,
  listIdle,
  listTeams,
  listExperiments,
  listIssues,
  listRates,
  explain,
  getCoverage,
  getOpenApi,
};
