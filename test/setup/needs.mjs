/**
 * What suites need beyond Node. A suite says so in its first comment: `@needs prometheus`, `@needs metaflow chromium`.
 *
 * A suite whose need is not met does not run and is listed with the reason. With CI=true only the needs for a server
 * address (GRAFANA_URL, CLICKHOUSE_URL) may stay unmet.
 */
import { readFileSync } from 'node:fs';
import { installDebianNeeds } from './debian-packages.mjs';
import { installPythonNeeds } from './python-venv.mjs';

const SERVER_NEEDS = ['GRAFANA_URL', 'CLICKHOUSE_URL'];
const KNOWN_NEEDS = ['prometheus', 'alertmanager', 'postgresql', 'chromium', 'metaflow', ...SERVER_NEEDS];

/** Installs what it may and returns need → reason for every need that is not met. */
export function meetNeeds(say) {
  const unmet = installDebianNeeds(say);
  const python = unmet.python ?? installPythonNeeds(say);
  if (python) unmet.metaflow = python;
  for (const name of SERVER_NEEDS.filter((url) => !process.env[url])) unmet[name] = `needs a server: set ${name}`;
  return unmet;
}

/** True when the need may be unmet even with CI=true. */
export function isServerNeed(need) {
  return SERVER_NEEDS.includes(need);
}

/** The needs a suite declares; an unknown word throws, so that a misspelt need does not switch a suite off for good. */
export function needsOf(path) {
  const opening = readFileSync(path, 'utf8').slice(0, 2000);
  const needs = [...opening.matchAll(/@needs ([A-Za-z_ ]+)/g)].flatMap((match) => match[1].trim().split(/\s+/));
  const unknown = needs.filter((need) => !KNOWN_NEEDS.includes(need));
  if (unknown.length > 0)
    throw new Error(`${path}: unknown @needs ${unknown.join(', ')}; known: ${KNOWN_NEEDS.join(', ')}.`);
  return needs;
}
