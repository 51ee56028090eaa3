import type { Express } from 'express';
import { registerGet } from './access';
import type { AppParts } from './app-parts';
import { sendProblem } from './problem';

/** `/healthz`: the process lives. `/readyz`: a cycle has finished, so there are numbers to show. */
export function registerHealth(app: Express, parts: AppParts): void {
  registerGet(app, '/healthz', {
    access: null,
    parts,
    answer: (_request, response) => void response.type('text/plain').send('ok\n'),
  });
  registerGet(app, '/readyz', {
    access: null,
    parts,
    answer: (_request, response) => {
      if (parts.state() !== null) return void response.type('text/plain').send('ok\n');
      sendProblem(response.set('Retry-After', '5'), 'not-ready', { detail: 'The first cycle has not finished yet.' });
    },
  });
}
