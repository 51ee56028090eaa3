import { z } from 'zod';
import { experimentList, groupQuery, teamList } from './cost-group';
import { coverage, coverageQuery } from './coverage';
import { flowList, flowsQuery } from './flow';
import { idleList, idleQuery } from './idle';
import { issueList, issuesQuery } from './issue';
import type { ProblemKind } from './problem';
import { rateList, ratesQuery } from './rate';
import { explainQuery, receipt } from './receipt';
import { runList, runPage, runParams, runQuery, runsQuery } from './run';
import { runSeries, seriesQuery } from './series';

/** What a token may do. */
export type Scope = 'read' | 'ingest' | 'admin';

/** One route of the API. `byTeam` says whether a token bound to teams may ask it. */
export type Route = {
  readonly method: 'get';
  readonly path: string;
  readonly scope: Scope;
  readonly byTeam: boolean;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly response: z.ZodType;
  readonly problems: readonly ProblemKind[];
};

const noParams = z.strictObject({});
const listProblems = ['bad-parameter', 'bad-cursor'] as const;
const runProblems = ['bad-parameter', 'not-found', 'ambiguous'] as const;
const read = { method: 'get', scope: 'read' } as const;

/** The route table: the server registers from it, clients are typed by it, OpenAPI is printed from it. */
export const routes = {
  listFlows: {
    ...read,
    path: '/api/v1/flows',
    byTeam: false,
    summary: 'Flows by name, for pickers.',
    params: noParams,
    query: flowsQuery,
    response: flowList,
    problems: listProblems,
  },
  listRuns: {
    ...read,
    path: '/api/v1/runs',
    byTeam: true,
    summary: 'Runs, newest first, with what they cost.',
    params: noParams,
    query: runsQuery,
    response: runList,
    problems: listProblems,
  },
  getRun: {
    ...read,
    path: '/api/v1/runs/{flow}/{run}',
    byTeam: true,
    summary: 'One run: its cost by step, task and attempt.',
    params: runParams,
    query: runQuery,
    response: runPage,
    problems: runProblems,
  },
  getRunSeries: {
    ...read,
    path: '/api/v1/runs/{flow}/{run}/series',
    byTeam: true,
    summary: "One run's cost over time; the buckets sum to its cost exactly.",
    params: runParams,
    query: seriesQuery,
    response: runSeries,
    problems: [...runProblems, 'too-large'],
  },
  listIdle: {
    ...read,
    path: '/api/v1/idle',
    byTeam: false,
    summary: 'Host charge periods, oldest first: workload, idle by cause and unattributed; the parts sum to the cost.',
    params: noParams,
    query: idleQuery,
    response: idleList,
    problems: listProblems,
  },
  listTeams: {
    ...read,
    path: '/api/v1/teams',
    byTeam: true,
    summary: 'Cost by team in a window (default: the UTC month to date).',
    params: noParams,
    query: groupQuery,
    response: teamList,
    problems: listProblems,
  },
  listExperiments: {
    ...read,
    path: '/api/v1/experiments',
    byTeam: false,
    summary: 'Cost by experiment in a window (default: the UTC month to date).',
    params: noParams,
    query: groupQuery,
    response: experimentList,
    problems: listProblems,
  },
  listIssues: {
    ...read,
    path: '/api/v1/issues',
    byTeam: false,
    summary: 'Rejected or doubtful facts, each with its place, reason and remedy.',
    params: noParams,
    query: issuesQuery,
    response: issueList,
    problems: listProblems,
  },
  listRates: {
    ...read,
    path: '/api/v1/rates',
    byTeam: true,
    summary: 'Hosts with their price in force and where it comes from.',
    params: noParams,
    query: ratesQuery,
    response: rateList,
    problems: listProblems,
  },
  explain: {
    ...read,
    path: '/api/v1/explain',
    byTeam: true,
    summary:
      'The receipt of a cost: every charge period of every attempt, with the arithmetic. Credentials bound to teams ' +
      'are told what a share is a share of, and not how the rest of the charge period was divided.',
    params: noParams,
    query: explainQuery,
    response: receipt,
    problems: [...runProblems, 'too-large'],
  },
  getCoverage: {
    ...read,
    path: '/api/v1/coverage',
    byTeam: false,
    summary:
      'How much of what was held in a window (default: the last 24 hours) is known to whom it belongs, what is not ' +
      'and how to change that, and the health of every part: what doctor prints.',
    params: noParams,
    query: coverageQuery,
    response: coverage,
    problems: ['bad-parameter'],
  },
  getOpenApi: {
    ...read,
    path: '/api/v1/openapi.json',
    byTeam: true,
    summary: 'This description.',
    params: noParams,
    query: noParams,
    response: z.record(z.string(), z.unknown()),
    problems: ['bad-parameter'],
  },
} as const satisfies Record<string, Route>;

/** Names a route of the table. */
export type RouteId = keyof typeof routes;
