import type { Place, Words } from './words';

/** Samples of some GPUs that say one thing over a time; `activity` null where they say nothing. */
export type SampleLine = Place & {
  readonly is: 'sample';
  readonly on: string | null;
  readonly gpus: readonly number[];
  readonly mig: { readonly instance: string; readonly profile: string } | null;
  readonly start: number;
  readonly end: number;
  /** Percent. */
  readonly activity: number | null;
  readonly watts: number | null;
  /** `uid:…` and `name:…` texts. */
  readonly labels: readonly string[];
};

/** `sample [on NODE] GPUS [instance I mig PROFILE] START END N% [NW] [pod NAME] [uid U]…`, without its verb. */
export function readSample(words: Words): SampleLine {
  const on = words.after('on') ? words.name() : null;
  const gpus = words.gpus()?.devices ?? words.fail('"sample" needs gpus by number');
  const mig = words.after('instance') ? readInstance(words) : null;
  const [start, end] = [words.time(), words.time()];
  if (end <= start) words.fail('ends before it starts');
  const activity = words.after('nothing') ? null : words.percent();
  return {
    ...words.place,
    is: 'sample',
    on,
    gpus,
    mig,
    start,
    end,
    activity,
    watts: words.watts(),
    labels: labelsOf(words),
  };
}

function readInstance(words: Words): SampleLine['mig'] {
  const instance = words.word('an instance');
  if (!words.after('mig')) words.fail('an instance has a mig profile');
  return { instance, profile: words.word('a MIG profile') };
}

function labelsOf(words: Words): string[] {
  const labels: string[] = [];
  for (let by = words.anyOf(['pod', 'uid']); by !== null; by = words.anyOf(['pod', 'uid'])) {
    const label = words.word(`a ${by}`);
    labels.push(by === 'pod' ? `name:default/${label}` : `uid:${label}`);
  }
  return labels;
}
