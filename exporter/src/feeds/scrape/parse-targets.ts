import { parseDocument } from 'yaml';
import { z } from 'zod';
import { FeedError } from '../feed';
import type { Target } from './settings';
import { PLAIN_DEFAULTS, targetUrl, type TargetUrl } from './target-address';

/** The targets of a source, and a sentence for each address that is none. */
export type Discovery = { readonly targets: readonly Target[]; readonly problems: readonly string[] };

const labelValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const group = z.strictObject({
  targets: z.array(z.string()),
  labels: z.record(z.string(), labelValue).nullish(),
});
const groups = z.array(group);

/** Completes the addresses of a list; those that are none are left out and told. */
export function listedTargets(listed: readonly Target[]): Discovery {
  return gather(listed.map(({ url, host }) => ({ ...targetUrl(url), host })));
}

/**
 * Reads Prometheus' file_sd form, JSON where `path` ends in .json and else YAML. The labels `__scheme__` and
 * `__metrics_path__` are honored, `host` or `node` names the host.
 * @throws FeedError when the whole file has another form; the message gives the line where it is known.
 */
export function parseTargetFile(text: string, path: string): Discovery {
  const parsed = groups.safeParse(path.endsWith('.json') ? parseJson(text, path) : parseYaml(text, path));
  if (!parsed.success) {
    const { path: place, message } = parsed.error.issues[0]!;
    throw new FeedError(`${path} is no list of {targets, labels}: ${place.join('.') || 'document'}: ${message}.`);
  }
  return gather(
    parsed.data.flatMap(({ targets, labels }) => {
      const { __scheme__: scheme = '', __metrics_path__: metricsPath = '', host = '', node = '' } = labels ?? {};
      const defaults = { scheme: scheme || PLAIN_DEFAULTS.scheme, path: metricsPath || PLAIN_DEFAULTS.path };
      return targets.map((address) => ({ ...targetUrl(address, defaults), host: host || node || null }));
    }),
  );
}

/** Addresses that DNS gave, with what the source says of scheme and path. */
export function resolvedTargets(
  addresses: readonly { readonly host: string; readonly port: number }[],
  defaults: { readonly scheme: string; readonly path: string },
): Discovery {
  const places = addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return gather(places.map((place) => ({ ...targetUrl(place, defaults), host: null })));
}

/** One target an address: the first that names it wins. */
function gather(found: readonly (TargetUrl & { readonly host: string | null })[]): Discovery {
  const targets = new Map<string, Target>();
  const problems: string[] = [];
  for (const one of found) {
    if ('problem' in one) problems.push(one.problem);
    else if (!targets.has(one.url)) targets.set(one.url, { url: one.url, host: one.host });
  }
  return { targets: [...targets.values()], problems };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const [place] = /line \d+ column \d+/.exec((cause as Error).message) ?? [];
    throw new FeedError(`${path} is not valid JSON${place ? ` at ${place}` : ''}.`);
  }
}

function parseYaml(text: string, path: string): unknown {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) {
    const line = fault.linePos?.[0].line;
    throw new FeedError(`${path} is not valid YAML${line === undefined ? '' : ` at line ${line}`}.`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new FeedError(`${path} is not valid YAML: its aliases lead nowhere, or to too much.`);
  }
}
