import { performance } from 'node:perf_hooks';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { Authenticator, type Viewer } from '../auth/authenticate';
import { hostGuard } from '../auth/host-guard';
import { FeedLags } from '../findings/feed-lags';
import { registerLanding } from '../landing/register';
import { DEFAULT_LIMITS, Exposition } from '../metrics/exposition';
import type { AppOptions, AppParts, Log } from './app-parts';
import { registerHealth } from './health';
import { registerMetrics } from './metrics';
import { ProblemError, sendProblem } from './problem';
import { registerRoutes } from './register-routes';

/** The web app: `/metrics`, `/healthz`, `/readyz`, the landing page and the API. */
export function createApp(options: AppOptions): Express {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const parts: AppParts = {
    revision: '',
    runtime: () => Promise.resolve(''),
    monotonicSeconds: () => performance.now() / 1000,
    ...options,
    limits,
    exposition: new Exposition(limits),
    feedLags: new FeedLags(),
    viewerOf: (response) => response.locals['viewer'] as Viewer,
  };
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(secure, guard(hostGuard(options.listen)));
  registerHealth(app, parts);
  app.use(authenticate(new Authenticator(options.auth)));
  registerMetrics(app, parts);
  registerLanding(app, parts);
  registerRoutes(app, parts);
  app.use((_request, response) => sendProblem(response, 'not-found', { detail: 'Nothing is served here.' }));
  app.use(failed(options.log));
  return app;
}

const secure: RequestHandler = (_request, response, next) => {
  response.set({
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  next();
};

function guard(isOurs: (host: string | undefined) => boolean): RequestHandler {
  return ({ headers }, response, next) => {
    if (isOurs(headers.host)) return next();
    sendProblem(response, 'host-refused', {
      detail: 'This exporter listens on loopback and answers only to localhost, 127.0.0.1 and [::1].',
      remedy: 'Use one of these names, or set server.listen to another address together with tokens.',
    });
  };
}

function authenticate(authenticator: Authenticator): RequestHandler {
  return async (request, response, next) => {
    const viewer = await authenticator.viewerOf(request);
    if (viewer) {
      response.locals['viewer'] = viewer;
      return next();
    }
    response.set('WWW-Authenticate', authenticator.challenges);
    sendProblem(response, 'unauthorized', { detail: 'Log in with a bearer token or a password of this exporter.' });
  };
}

function failed(log: Log): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: unknown, request: Request, response: Response, _next) => {
    if (error instanceof ProblemError) return sendProblem(response, error.kind, error.facts);
    if (error instanceof URIError)
      return sendProblem(response, 'bad-request', { detail: 'The path is not valid UTF-8.' });
    log.error({ err: error, path: request.path }, 'A request failed.');
    sendProblem(response, 'internal', { detail: 'The request failed; the log of the exporter says why.' });
  };
}
