import type { RequestHandler, Router } from 'express';
import type { Scope } from '../../contract/routes';
import type { Viewer } from '../auth/authenticate';
import type { AppParts } from './app-parts';
import { ProblemError, sendProblem } from './problem';

/** What a place asks of those who read it. */
export type Access = { readonly scope: Scope; readonly byTeam: boolean };

/**
 * Lets the viewer pass, or not.
 * @throws ProblemError without the scope, and for a viewer bound to teams where what is there belongs to everybody.
 */
export function requireAccess(viewer: Viewer, { scope, byTeam }: Access): void {
  if (!viewer.scopes.includes(scope)) {
    throw new ProblemError('forbidden', { detail: `These credentials lack the scope ${scope}.` });
  }
  if (viewer.teams !== null && !byTeam) {
    throw new ProblemError('forbidden', {
      detail: 'These credentials are bound to teams, and what is here belongs to everybody.',
    });
  }
}

/** Answers GET and HEAD of a path, with access where it asks for some, and refuses every other method. */
export function registerGet(
  app: Router,
  path: string,
  { access, parts, answer }: { access: Access | null; parts: AppParts; answer: RequestHandler },
): void {
  app.get(path, (request, response, next) => {
    if (access !== null) requireAccess(parts.viewerOf(response), access);
    return answer(request, response, next);
  });
  app.all(path, (_request, response) => {
    response.set('Allow', 'GET, HEAD');
    sendProblem(response, 'method-not-allowed', { detail: 'Only GET is answered here.' });
  });
}
