import { attemptEnd, type EndEvidence } from '../../../../exporter/src/feeds/metaflow/attempt-end';

const START = 1000;

const EVIDENCE: Record<string, (at: number) => Partial<EndEvidence>> = {
  pod: (at) => ({ podEnd: at }),
  job: (at) => ({ jobEnd: at }),
  scheduler: (at) => ({ schedulerEnd: at }),
  ok: (at) => ({ attemptOk: { at, ok: true } }),
  'not-ok': (at) => ({ attemptOk: { at, ok: false } }),
  done: (at) => ({ attemptDone: at }),
  'rc:0': (at) => ({ runtimeFile: { at, returnCode: 0, killedByMetaflow: false } }),
  'rc:1': (at) => ({ runtimeFile: { at, returnCode: 1, killedByMetaflow: false } }),
  'rc:-9': (at) => ({ runtimeFile: { at, returnCode: -9, killedByMetaflow: false } }),
  'rc:137': (at) => ({ runtimeFile: { at, returnCode: 137, killedByMetaflow: false } }),
  'rc:?': (at) => ({ runtimeFile: { at, returnCode: null, killedByMetaflow: false } }),
  'by-metaflow': (at) => ({ runtimeFile: { at, returnCode: 1, killedByMetaflow: true } }),
  next: (at) => ({ nextStart: at }),
  wait: (at) => ({ retryWaitMs: at }),
  beat: (at) => ({ taskHeartbeat: at }),
  'run-beat': (at) => ({ runHeartbeat: at }),
  record: (at) => ({ lastRecord: at }),
  'task-ok': () => ({ taskOk: true }),
  'task-not-ok': () => ({ taskOk: false }),
  'run-over': () => ({ runEnded: true }),
  silence: () => ({ silent: true }),
};

/** `ok@1200 done@1201` as evidence. */
function evidenceOf(text: string): EndEvidence {
  const parts = text.split(' ').filter((part) => part !== '');
  const given = parts.map((part) => {
    const [name = '', at = '0'] = part.split('@');
    const make = EVIDENCE[name];
    if (!make) throw new Error(`The table has no evidence called ${name}.`);
    return make(Number(at));
  });
  return Object.assign({ start: START, retryWaitMs: 0, runEnded: false, silent: false }, ...given) as EndEvidence;
}

// Every attempt starts at 1000.
const TABLE = `
  evidence                                              | end  | source       | outcome
  pod@1900 job@1800 scheduler@1700 ok@1600              | 1900 | pod          | succeeded
  job@1800 scheduler@1700 ok@1600                       | 1800 | job          | succeeded
  scheduler@1700 ok@1600 done@1601                      | 1700 | scheduler    | succeeded
  pod@1900                                              | 1900 | pod          | killed
  ok@1600 done@1601 rc:0@1900 next@2500                 | 1600 | attempt_ok   | succeeded
  not-ok@1600 done@1601 rc:1@1900 next@2500             | 1600 | attempt_ok   | failed
  not-ok@1600 by-metaflow@1900                          | 1600 | attempt_ok   | killed
  ok@1600 by-metaflow@1900                              | 1600 | attempt_ok   | succeeded
  done@1601 rc:1@1900                                   | 1601 | attempt_done | failed
  done@1601 task-ok                                     | 1601 | attempt_done | succeeded
  done@1601 task-not-ok                                 | 1601 | attempt_done | failed
  done@1601                                             | 1601 | attempt_done | unknown
  rc:-9@1900 next@2500                                  | 1900 | runtime_file | killed
  rc:-9@1900 task-ok                                    | 1900 | runtime_file | killed
  rc:137@1900                                           | 1900 | runtime_file | killed
  rc:1@1900                                             | 1900 | runtime_file | failed
  rc:0@1900                                             | 1900 | runtime_file | succeeded
  rc:?@1900                                             | 1900 | runtime_file | unknown
  by-metaflow@1900                                      | 1900 | runtime_file | killed
  next@2500                                             | 2500 | next_start   | killed
  next@2500 wait@300                                    | 2200 | next_start   | killed
  next@2500 wait@300 beat@2100 run-over                 | 2200 | next_start   | killed
  next@2500 wait@1600                                   | 2500 | next_start   | killed
  next@900                                              | 1000 | next_start   | killed
  ok@900 done@1601                                      | 1601 | attempt_done | succeeded
  ok@900 rc:0@950                                       | 1000 | attempt_ok   | succeeded
  ok@1000                                               | 1000 | attempt_ok   | succeeded
  rc:-9@900 next@2500                                   | 2500 | next_start   | killed
  beat@2100 run-beat@2200 record@2300                   | open | open         | running
  beat@2100 run-beat@2200 record@2300 run-over          | 2100 | heartbeat    | killed
  beat@900 run-beat@2200 record@2300 run-over           | 2200 | run_heartbeat | killed
  beat@900 run-beat@950 record@2300 run-over            | 2300 | last_record  | killed
  record@2300 run-over                                  | 2300 | last_record  | killed
  beat@2100 silence                                     | 2100 | heartbeat    | lost
  run-beat@2200 silence                                 | 2200 | run_heartbeat | lost
  record@2300 silence                                   | 2300 | last_record  | lost
  record@900 silence                                    | 1000 | last_record  | lost
  silence                                               | 1000 | last_record  | lost
  not-ok@1600 silence                                   | 1600 | attempt_ok   | failed
                                                        | open | open         | running
`;

const rows = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()) as [string, string, string, string]);

describe('The end of an attempt', () => {
  it.each(rows)('given [%s] is %s by %s: %s', (evidence, end, source, outcome) => {
    expect(attemptEnd(evidenceOf(evidence))).toEqual({
      end: end === 'open' ? null : Number(end),
      endSource: source,
      outcome,
    });
  });
});
