import type { Express, Request, Response } from 'express';
import { type Route, type RouteId, routes } from '../../contract/routes';
import { registerGet } from './access';
import type { AppParts } from './app-parts';
import type { Source } from './handler';
import { sourceFrom } from './source-from';
import { handlers } from './handlers';
import { ProblemError } from './problem';
import { type Given, validate } from './validate';

type AnyHandler = (asked: { params: unknown; query: unknown }, source: Source) => Promise<unknown>;

/** Registers the API from the route table. */
export function registerRoutes(app: Express, parts: AppParts): void {
  for (const [id, route] of Object.entries(routes) as [RouteId, Route][]) {
    registerGet(app, route.path.replace(/\{(\w+)\}/g, ':$1'), {
      access: route,
      parts,
      answer: (request, response) => answer(request, response, { id, parts }),
    });
  }
}

async function answer(
  request: Request,
  response: Response,
  { id, parts }: { id: RouteId; parts: AppParts },
): Promise<void> {
  const route: Route = routes[id];
  const asked = {
    params: validate(route.params, request.params),
    query: validate(route.query, request.query as Given),
  };
  const handler = handlers[id] as unknown as AnyHandler;
  response.json(await handler(asked, sourceOf(response, parts)));
}

function sourceOf(response: Response, parts: AppParts): Source {
  const state = parts.state();
  if (state !== null) return sourceFrom(state, { response, parts });
  response.set('Retry-After', '5');
  throw new ProblemError('not-ready', {
    detail: 'The first cycle has not finished yet.',
    remedy: 'Ask again in a few seconds; /readyz says when.',
  });
}
