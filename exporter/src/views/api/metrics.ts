import type { Express } from 'express';
import { EXPOSITION_TYPE } from '../metrics/exposition-text';
import { registerGet } from './access';
import type { AppParts } from './app-parts';

/** `/metrics`, always from memory. */
export function registerMetrics(app: Express, parts: AppParts): void {
  const { exposition, version, revision, example } = parts;
  registerGet(app, '/metrics', {
    access: { scope: 'read', byTeam: false },
    parts,
    answer: async (request, response) => {
      exposition.observe(request.socket.remoteAddress ?? '', parts.monotonicSeconds());
      const state = parts.state();
      if (state !== null) parts.feedLags.observe(state);
      const build = { version, revision, example: state?.example ?? example !== null };
      const text = Buffer.concat([exposition.scrape(state, build), Buffer.from(await parts.runtime())]);
      response.set('Content-Type', EXPOSITION_TYPE).send(text);
    },
  });
}
