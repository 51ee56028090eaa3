import type { FlowTemplate, StepTemplate } from './world-facts';

/** A flow's `_graph_info`, as the UI backend's `/dag` shows it. */
export function graphOf({ name, project, steps }: FlowTemplate): object {
  const file = `${name.toLowerCase()}.py`;
  return {
    file,
    start_step: steps[0]!.name,
    end_step: steps.at(-1)!.name,
    parameters: [{ name: 'config', type: 'Config' }],
    constants: [],
    steps: Object.fromEntries(steps.map((step, place) => [step.name, stepInfo(step, { steps, place, file })])),
    graph_structure: steps.map((step) => (step.fanOut === null ? step.name : [[step.name]])),
    doc: '',
    decorators: [decorator('project', { name: project, production: false, branch: 'None' })],
    extensions: { installed: {} },
  };
}

type Place = { readonly steps: readonly StepTemplate[]; readonly place: number; readonly file: string };

function stepInfo(step: StepTemplate, { steps, place, file }: Place): object {
  const [before, after] = [steps[place - 1], steps[place + 1]];
  const splits = isFannedOut(after);
  return {
    name: step.name,
    type: splits ? 'split-foreach' : isFannedOut(before) ? 'join' : edgeType({ before, after }),
    line: 10 + 6 * place,
    source_file: `/opt/flows/${file}`,
    doc: '',
    decorators: decoratorsOf(step),
    next: after ? [after.name] : [],
    node_info: {},
    ...(splits ? { foreach_artifact: 'items', matching_join: steps[place + 2]!.name } : {}),
  };
}

const isFannedOut = (step: StepTemplate | undefined): boolean => step !== undefined && step.fanOut !== null;

function edgeType({ before, after }: { before: StepTemplate | undefined; after: StepTemplate | undefined }): string {
  if (before === undefined) return 'start';
  return after === undefined ? 'end' : 'linear';
}

const decorator = (name: string, attributes: object): object => ({
  name,
  attributes,
  statically_defined: true,
  inserted_by: null,
});

function decoratorsOf({ gpus, vcpus, memoryMegabytes }: StepTemplate): object[] {
  const isPlain = gpus === 0 && vcpus === 1;
  if (isPlain) return [];
  const asked = { cpu: vcpus, gpu: gpus === 0 ? 'None' : gpus, disk: 'None', memory: memoryMegabytes };
  return [
    decorator('resources', { ...asked, shared_memory: 'None' }),
    decorator('retry', { times: 2, minutes_between_retries: 2 }),
  ];
}
