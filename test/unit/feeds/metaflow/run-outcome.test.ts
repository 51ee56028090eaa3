import type { EndSource, Outcome } from '../../../../exporter/src/facts/attempt';
import { hasEnded, type JudgedAttempt, runOutcome } from '../../../../exporter/src/feeds/metaflow/run-outcome';

/** `train/2/1 killed@300 last:1` and, behind it, `retried`, `overdue`, `rc:202` or `stopped`. */
function attemptOf(text: string): JudgedAttempt {
  const [name = '', how = '', ...marks] = text.trim().split(' ');
  const [step = '', task = '', attempt = ''] = name.split('/');
  const [outcome = '', end] = how.split('@');
  const marked = (mark: string): string | undefined => marks.find((one) => one.startsWith(mark))?.slice(mark.length);
  const returnCode = marked('rc:');
  const last = marked('last:');
  return {
    record: {
      step,
      task,
      attempt: Number(attempt),
      isClone: false,
      start: 100,
      nextStart: marks.includes('retried') ? 500 : undefined,
      runtimeFile:
        returnCode || marks.includes('stopped')
          ? { at: 1, returnCode: Number(returnCode ?? -9), killedByMetaflow: marks.includes('stopped') }
          : undefined,
    },
    end: {
      end: end === undefined ? null : Number(end),
      endSource: (end === undefined ? 'open' : 'attempt_ok') satisfies EndSource,
      outcome: outcome as Outcome,
    },
    lastAttempt: last === '?' ? null : Number(last ?? 0),
    isRetryOverdue: marks.includes('overdue'),
  };
}

const TABLE = `
  attempts                                                             | heard | over  | outcome   | ended at
                                                                       | yes   | no    | running   | -
                                                                       | no    | no    | lost      | -
  start/1/0 running                                                    | yes   | no    | running   | -
  start/1/0 succeeded@200                                              | yes   | no    | running   | -
  start/1/0 succeeded@200                                              | no    | no    | lost      | 200
  start/1/0 succeeded@200; end/2/0 succeeded@300                       | yes   | yes   | succeeded | 300
  end/2/0 succeeded@300; start/1/0 running                             | yes   | yes   | running   | -
  end/2/0 failed@300                                                   | yes   | yes   | failed    | 300
  train/2/0 failed@300 last:1                                          | yes   | no    | running   | -
  train/2/0 failed@300 last:1                                          | no    | no    | lost      | 300
  train/2/0 failed@300 last:1 retried; train/2/1 running last:1        | yes   | no    | running   | -
  train/2/0 failed@300 last:1 retried; train/2/1 killed@400 last:1     | yes   | yes   | killed    | 400
  train/2/0 killed@300 last:1 retried; train/2/1 failed@400 last:1     | yes   | yes   | failed    | 400
  train/2/0 failed@300 last:3 rc:202                                   | yes   | yes   | failed    | 300
  train/2/0 failed@300 last:3 overdue                                  | yes   | yes   | failed    | 300
  train/2/0 killed@300 last:3 overdue                                  | yes   | yes   | killed    | 300
  train/2/0 failed@300 last:3 overdue; train/3/0 running               | yes   | no    | running   | -
  train/2/0 failed@300 last:3 overdue retried; train/2/1 running       | yes   | no    | running   | -
  train/2/0 killed@300 last:3 stopped                                  | yes   | yes   | killed    | 300
  train/2/0 failed@300; train/3/0 killed@310 last:3 stopped            | yes   | yes   | failed    | 310
  train/2/0 failed@300; train/3/0 running                              | yes   | no    | running   | -
  train/2/0 failed@300; train/2_node_1/0 running                       | yes   | yes   | running   | -
  train/2/0 running; train/2_node_1/0 failed@300                       | yes   | no    | running   | -
  train/2/0 failed@300; train/3_node_1/0 running                       | yes   | no    | running   | -
  train/2/0 failed@300 last:?                                          | yes   | no    | running   | -
  train/2/0 failed@300 last:?                                          | no    | no    | failed    | 300
  train/2/0 killed@300 last:?                                          | no    | no    | killed    | 300
  train/2/0 unknown@300                                                | no    | no    | lost      | 300
  train/2/0 lost@300                                                   | no    | no    | lost      | 300
`;

const rows = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string, string, string, string]);

describe('The outcome of a run', () => {
  it.each(rows)('with [%s], heard of: %s, is over: %s, %s, ended at %s', (text, heard, over, outcome, endedAt) => {
    const attempts = text === '' ? [] : text.split(';').map(attemptOf);
    expect(hasEnded(attempts, 'end')).toBe(over === 'yes');
    expect(runOutcome(attempts, { endStep: 'end', silent: heard === 'no' })).toEqual({
      outcome,
      endedAt: endedAt === '-' ? null : Number(endedAt),
    });
  });

  it('goes by the end step, whatever its name', () => {
    const attempts = [attemptOf('publish/5/0 succeeded@300')];
    expect(hasEnded(attempts, 'end')).toBe(false);
    expect(runOutcome(attempts, { endStep: 'publish', silent: false })).toEqual({ outcome: 'succeeded', endedAt: 300 });
  });
});
