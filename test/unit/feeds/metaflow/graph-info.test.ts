import type { PlainValue } from '../../../../exporter/src/facts/run';
import { parseGraphInfo } from '../../../../exporter/src/feeds/metaflow/graph-info';
import { heldBy } from '../../../../exporter/src/feeds/metaflow/held-resources';
import { nanoGpusFromGpus } from '../../../../exporter/src/units/quantity';

/** `resources gpu=2 cpu="0.5"; retry times=3` as decorators; values are JSON, bare words text. */
function decoratorsOf(text: string): PlainValue {
  return text
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [name = '', ...attributes] = part.trim().split(' ');
      const entries = attributes.map((attribute) => attribute.split('=') as [string, string]);
      const isWord = (value: string): boolean => /^(?!null$|true$)[A-Za-z]/.test(value);
      const read = (value: string): PlainValue => (isWord(value) ? value : (JSON.parse(value) as PlainValue));
      return { name, attributes: Object.fromEntries(entries.map(([key, value]) => [key, read(value)])) };
    });
}

const stepOf = (decorators: string) =>
  parseGraphInfo({ steps: { train: { name: 'train', decorators: decoratorsOf(decorators) } } })!.steps.get('train')!;

const RESOURCES = `
  decorators                                                      | GPUs | vCPUs | MiB
                                                                  | 0    | 1     | 4096
  resources gpu=2 cpu=8 memory=64000                              | 2    | 8     | 64000
  resources gpu=2 cpu="1" memory="4096" disk=None                 | 2    | 1     | 4096
  resources gpu=None cpu=4                                        | 0    | 4     | 4096
  resources gpu=0.5 cpu="0.5" memory=512                          | 0.5  | 0.5   | 512
  resources gpu=null cpu="" memory=None                           | 0    | 1     | 4096
  retry times=3                                                   | 0    | 1     | 4096
  kubernetes gpu=8 cpu=16 memory=120000                           | 8    | 16    | 120000
  kubernetes gpu=None cpu="1" memory="4096"                       | 0    | 1     | 4096
  resources gpu=2 cpu=32 memory=100; kubernetes gpu=8 cpu=16 memory=120000 | 2 | 32 | 120000
  resources gpu=0 cpu=1; kubernetes gpu=8                         | 0    | 1     | 4096
  resources gpu=None; kubernetes gpu=8                            | 8    | 1     | 4096
  resources gpu=2 cpu=32 memory=100; batch gpu=8 cpu=None memory=None | 8 | 32   | 100
  batch gpu="4" cpu="16"                                          | 4    | 16    | 4096
`;

const table = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('|').map((cell) => cell.trim()));

describe('What a step requests', () => {
  it.each(table(RESOURCES))('with [%s] is %s GPUs, %s vCPUs, %s MiB', (decorators, gpus, vcpus, memoryMib) => {
    expect(stepOf(decorators).resources).toEqual({
      gpus: Number(gpus),
      vcpus: Number(vcpus),
      memoryMib: Number(memoryMib),
    });
  });

  it.each([
    ['resources gpu=many', 'steps.train.gpu', '"many"'],
    ['resources cpu=-1', 'steps.train.cpu', '-1'],
    ['resources memory=1e12', 'steps.train.memory', '1000000000000'],
    ['resources gpu=true', 'steps.train.gpu', 'true'],
    ['kubernetes cpu=[1]', 'steps.train.cpu', '[1]'],
  ])('with [%s] is a fault', (decorators, field, value) => {
    expect(stepOf(decorators).resources).toEqual({ field, value, fault: 'is no quantity' });
  });
});

describe('The retries of a step', () => {
  it.each([
    ['', 0, 0],
    ['retry times=2 minutes_between_retries=0', 2, 0],
    ['retry times="3" minutes_between_retries="2"', 3, 0],
    ['kubernetes cpu=1; retry times="3" minutes_between_retries="2"', 3, 120_000],
    ['batch cpu=1; retry times=1 minutes_between_retries=0.5', 1, 30_000],
    ['retry times=0; catch var=err', 3, 0],
    ['retry times=1; catch var=err', 4, 0],
    ['retry times=4; catch var=err', 5, 0],
  ])('with [%s] reach attempt %d and wait %d ms', (decorators, lastAttempt, retryWaitMs) => {
    expect(stepOf(decorators)).toMatchObject({ lastAttempt, retryWaitMs });
  });
});

describe('The graph of a flow', () => {
  it('names its end step, and its Configs among the parameters', () => {
    const parameters = [
      { name: 'alpha', type: 'Parameter' },
      { name: 'cfg', type: 'Config' },
      { name: 7, type: 'Config' },
      'x',
    ];
    expect(parseGraphInfo({ end_step: 'publish', parameters, steps: {} })).toMatchObject({
      endStep: 'publish',
      configNames: ['cfg'],
    });
  });

  it('finds the end step by its type where an older Metaflow does not name it', () => {
    const steps = { begin: { type: 'start' }, last: { type: 'end' } };
    expect(parseGraphInfo({ steps })!.endStep).toBe('last');
    expect(parseGraphInfo({ steps: {} })!.endStep).toBeNull();
  });

  it.each([[null], [[]], ['x'], [{}], [{ steps: [] }]])('is not found in %j', (value) => {
    expect(parseGraphInfo(value)).toBeNull();
  });
});

describe('What an attempt holds', () => {
  const graph = parseGraphInfo({
    steps: {
      train: { decorators: decoratorsOf('resources gpu=2 cpu=8 memory=1024') },
      odd: decoratorsOf('resources gpu=x'),
    },
  });
  const holding = (flow: string, step: string | null, gpus = 1) => ({
    flow,
    step,
    host: null,
    gpus: nanoGpusFromGpus(gpus),
  });

  it.each([
    ['TrainFlow', 'train', true],
    ['TrainFlow', null, true],
    ['TrainFlow', 'eval', false],
    ['trainflow', 'train', false],
    ['*', '*', true],
    ['Train*', 'tr*n', true],
    ['*Flow', 't*a*n', true],
    ['Train*Flow', 'train*', true],
    ['TrainFlow*Flow', 'train', false],
    ['*Eval*', 'train', false],
    ['Train', 'train', false],
    ['Tr.inFlow', 'train', false],
  ])('is declared by a holding of %s/%s: %s', (flow, step, isMatch) => {
    const { confidence } = heldBy({ flow: 'TrainFlow', step: 'train' }, [holding(flow, step)], graph);
    expect(confidence).toBe(isMatch ? 'declared' : 'estimated');
  });

  it('is the first holding that matches, with the requested vCPUs and memory', () => {
    const holdings = [holding('Other', null, 9), holding('T', 'train', 0.25), holding('T', null, 5)];
    expect(heldBy({ flow: 'T', step: 'train' }, holdings, graph)).toEqual({
      held: { gpus: 250_000_000n, vcpus: 8000n, memory: 1_073_741_824n, source: 'holdings' },
      confidence: 'declared',
      host: null,
      problem: null,
    });
  });

  it('is unknown, with the reason, where neither a holding nor the graph tells', () => {
    const unknown = { held: null, confidence: 'none', host: null };
    expect(heldBy({ flow: 'T', step: 'train' }, [], null)).toEqual({ ...unknown, problem: 'no_graph' });
    expect(heldBy({ flow: 'T', step: 'new' }, [], graph)).toEqual({ ...unknown, problem: 'no_step' });
    const faulty = parseGraphInfo({ steps: { train: { decorators: decoratorsOf('resources gpu=x') } } });
    expect(heldBy({ flow: 'T', step: 'train' }, [], faulty)).toMatchObject({ ...unknown, problem: { value: '"x"' } });
  });
});
