import { z } from 'zod';

/** Every kind of problem the API answers with: its status and its title. */
export const problemKinds = {
  'bad-parameter': { status: 400, title: 'A parameter cannot be read' },
  'bad-cursor': { status: 400, title: 'The cursor is not one of ours' },
  'too-large': { status: 400, title: 'The answer would be too large' },
  'bad-request': { status: 400, title: 'The request cannot be read' },
  unauthorized: { status: 401, title: 'No valid credentials' },
  forbidden: { status: 403, title: 'These credentials do not reach this far' },
  'host-refused': { status: 403, title: 'The Host header names another machine' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This can only be read' },
  ambiguous: { status: 409, title: 'Several deployments have this run' },
  internal: { status: 500, title: 'The exporter failed' },
  'not-ready': { status: 503, title: 'No cycle has finished yet' },
} as const;

/** The closed list of problems. */
export type ProblemKind = keyof typeof problemKinds;

/** The `type` of a problem body. */
export const problemType = (kind: ProblemKind): string => `urn:flowledger:problem:${kind}`;

const kinds = Object.keys(problemKinds) as ProblemKind[];

/** A problem body (RFC 9457, `application/problem+json`). */
export const problem = z
  .strictObject({
    type: z.enum(kinds.map(problemType) as [string, ...string[]]),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    parameter: z.string().optional().describe('The parameter at fault.'),
    value: z.string().optional().describe('What it was given, shortened.'),
    remedy: z.string().optional().describe('What to do instead.'),
    deployments: z.array(z.string()).optional().describe('The deployments that have this run.'),
  })
  .meta({ id: 'Problem' });

/** A problem body as sent. */
export type Problem = z.infer<typeof problem>;
