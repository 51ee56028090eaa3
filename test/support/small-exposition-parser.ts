/** One sample line, read by nothing of the exporter's own. */
export type ReadSample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** A text exposition: samples, label names in the order in which they stand, and every family's type. */
export type ReadExposition = {
  readonly samples: readonly ReadSample[];
  readonly types: ReadonlyMap<string, string>;
};

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(,|$)/gy;

/** Reads Prometheus' text format 0.0.4 as strictly as it is written; throws at the first line that is none. */
export function readExposition(text: string): ReadExposition {
  const samples: ReadSample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line);
    if (type) {
      types.set(type[1]!, type[2]!);
      continue;
    }
    const match = SAMPLE.exec(line);
    if (!match || !types.has(match[1]!)) throw new Error(`No sample of a known family: ${line}`);
    samples.push({ name: match[1]!, labels: labelsOf(match[2]!, line), value: Number(match[3]) });
  }
  return { samples, types };
}

function labelsOf(text: string, line: string): Record<string, string> {
  const found = [...text.matchAll(LABEL)];
  if (found.map(([whole]) => whole).join('') !== text) throw new Error(`Not all of this is labels: ${line}`);
  return Object.fromEntries(found.map(([, name, value]) => [name!, value!.replace(/\\(.)/g, '$1')]));
}
