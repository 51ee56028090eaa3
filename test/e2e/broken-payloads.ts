import type { Rewrite } from './live-front';

/** Leaves out the lines that are of a series, as a kube-state-metrics without the flag for it does. */
export const withoutSeries =
  (name: string): Rewrite =>
  (body) =>
    linesOf(body, (line) => (line.startsWith(`${name}{`) ? [] : [line]));

/** Leaves out the lines that match. */
export const withoutLines =
  (pattern: RegExp): Rewrite =>
  (body) =>
    linesOf(body, (line) => (pattern.test(line) ? [] : [line]));

/** Replaces a text wherever it stands. */
export const withReplaced =
  (text: string, by: string): Rewrite =>
  (body) =>
    body.replaceAll(text, by);

/** Shows one node more, which says of itself what `node` says. */
export const withTwinOf =
  (node: string, name: string): Rewrite =>
  (body) =>
    linesOf(body, (line) => {
      if (!line.startsWith('kube_node_') || !line.includes(`node="${node}"`)) return [line];
      return [line, line.replace(`node="${node}"`, `node="${name}"`).replace(/internal_ip="[^"]*"/, 'internal_ip=""')];
    });

/** Shows one node more: one's own machine, of which no list knows a price. */
export const withOwnMachine =
  (node: string, name: string): Rewrite =>
  (body, path) =>
    linesOf(withTwinOf(node, name)(body, path), (line) => {
      if (!line.includes(`node="${name}"`)) return [line];
      const isOwn = line.replace(/provider_id="[^"]*"/, 'provider_id=""');
      return [isOwn.replace(/label_node_kubernetes_io_instance_type="[^"]*",?/, '')];
    });

/** Lets the first GPU of a node that names no pod be busy, in percent or as a ratio. */
export const withBusyFreeGpu: Rewrite = (body) => {
  const free = body
    .split('\n')
    .find((line) => /^DCGM_FI_DEV_GPU_UTIL(_RATIO)?\{/.test(line) && !line.includes(',pod="'));
  const uuid = /UUID="([^"]+)"/.exec(free ?? '')?.[1];
  if (uuid === undefined) throw new Error('No GPU of this node is free.');
  return linesOf(body, (line) => {
    if (!line.includes(uuid)) return [line];
    const inPercent = line.replace(/^(DCGM_FI_DEV_GPU_UTIL\{.*\}) .*/, '$1 90');
    return [inPercent.replace(/^(DCGM_FI_\w+(_RATIO|_ENGINE_ACTIVE)\{.*\}) .*/, '$1 0.9')];
  });
};

/** Repeats the lines of one GPU as those of another one. */
export const withOneMoreGpu =
  (gpu: string, uuid: string): Rewrite =>
  (body) =>
    linesOf(body, (line) => {
      if (!line.includes(`{gpu="${gpu}",`)) return [line];
      return [line, line.replace(`{gpu="${gpu}",`, '{gpu="99",').replace(/UUID="[^"]*"/, `UUID="${uuid}"`)];
    });

/** Writes a time, ms, behind every sample. */
export const withTimes =
  (at: () => number): Rewrite =>
  (body) =>
    linesOf(body, (line) => (line === '' || line.startsWith('#') ? [line] : [`${line} ${at()}`]));

/** Answers each path as it was answered the first time from now on. */
export function frozen(): Rewrite {
  const kept = new Map<string, string>();
  return (body, path) => {
    if (!kept.has(path)) kept.set(path, body);
    return kept.get(path)!;
  };
}

function linesOf(body: string, change: (line: string) => readonly string[]): string {
  return body.split('\n').flatMap(change).join('\n');
}
