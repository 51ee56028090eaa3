import type { FlowTemplate, StepTemplate } from './world-facts';

type GpuStep = Pick<StepTemplate, 'name' | 'gpus' | 'minutes' | 'percent'> & {
  readonly fanOut?: readonly [number, number];
};

const gpuStep = ({ fanOut, ...step }: GpuStep): StepTemplate => ({
  ...step,
  vcpus: step.gpus * 8,
  memoryMegabytes: step.gpus * 64_000,
  fanOut: fanOut ?? null,
});

/** A step without GPUs. Metaflow's defaults are 1 vCPU and 4,096 MB. */
const plainStep = (name: string, over: Partial<StepTemplate> = {}): StepTemplate => ({
  name,
  gpus: 0,
  vcpus: 1,
  memoryMegabytes: 4096,
  minutes: [1, 3],
  percent: [0, 0],
  fanOut: null,
  ...over,
});

const start = plainStep('start');
const end = plainStep('end');
const join = plainStep('join');

/** The flow of which one run of the demo runs away: its usual sweep has six to eight tasks. */
export const SWEEP_FLOW: FlowTemplate = {
  name: 'AdsSweepFlow',
  team: 'ads',
  project: 'ads-bidding',
  user: 'noor',
  steps: [start, gpuStep({ name: 'trial', gpus: 1, minutes: [20, 45], percent: [70, 92], fanOut: [6, 8] }), join, end],
  variants: [
    { model: 'deepfm', learning_rate: '0.001', batch_size: 4096 },
    { model: 'dcn-v2', learning_rate: '0.001', batch_size: 8192 },
  ],
  experiments: ['bid-sweep-41', 'bid-sweep-42'],
};

/** Eight flows of three teams; all names are made up. */
export const FLOWS: readonly FlowTemplate[] = [
  {
    name: 'RankingTrainFlow',
    team: 'search',
    project: 'ranking',
    user: 'mira',
    steps: [
      start,
      gpuStep({ name: 'train', gpus: 2, minutes: [45, 110], percent: [75, 96], fanOut: [3, 5] }),
      join,
      gpuStep({ name: 'evaluate', gpus: 1, minutes: [10, 20], percent: [30, 55] }),
      end,
    ],
    variants: [
      { model: 'bert-base', batch_size: 32 },
      { model: 'bert-large', batch_size: 16 },
    ],
    experiments: ['ranking-q4', 'ranking-long-context'],
  },
  {
    name: 'SearchEmbedFlow',
    team: 'search',
    project: 'retrieval',
    user: 'mira',
    steps: [
      start,
      gpuStep({ name: 'embed', gpus: 1, minutes: [20, 50], percent: [55, 80], fanOut: [3, 5] }),
      join,
      plainStep('index', { vcpus: 16, memoryMegabytes: 128_000, minutes: [10, 25] }),
      end,
    ],
    variants: [{ model: 'e5-large', shards: 4 }],
    experiments: ['reindex'],
  },
  {
    name: 'SpeechTuneFlow',
    team: 'search',
    project: 'voice',
    user: 'theo',
    steps: [start, gpuStep({ name: 'tune', gpus: 2, minutes: [60, 170], percent: [40, 70] }), end],
    variants: [
      { model: 'whisper-medium', epochs: 3 },
      { model: 'whisper-large', epochs: 2 },
    ],
    experiments: ['voice-accents'],
  },
  {
    name: 'AdsClickFlow',
    team: 'ads',
    project: 'ads-ranking',
    user: 'noor',
    steps: [
      start,
      gpuStep({ name: 'train', gpus: 4, minutes: [60, 140], percent: [60, 88] }),
      gpuStep({ name: 'calibrate', gpus: 1, minutes: [8, 15], percent: [20, 40] }),
      end,
    ],
    variants: [
      { model: 'two-tower', embedding: 128 },
      { model: 'two-tower', embedding: 256 },
    ],
    experiments: ['click-v7'],
  },
  SWEEP_FLOW,
  {
    name: 'FraudScoreFlow',
    team: 'ads',
    project: 'fraud',
    user: 'lena',
    steps: [start, gpuStep({ name: 'score', gpus: 1, minutes: [8, 25], percent: [25, 50], fanOut: [2, 4] }), join, end],
    variants: [{ model: 'gbdt-nn', threshold: '0.83' }],
    experiments: ['nightly'],
  },
  {
    name: 'VisionPretrainFlow',
    team: 'vision',
    project: 'foundation',
    user: 'jonas',
    steps: [
      start,
      gpuStep({ name: 'pretrain', gpus: 8, minutes: [200, 420], percent: [82, 98] }),
      plainStep('export', { vcpus: 8, memoryMegabytes: 64_000, minutes: [5, 12] }),
      end,
    ],
    variants: [{ model: 'vit-h', resolution: 336 }],
    experiments: ['vit-scale'],
  },
  {
    name: 'VisionLabelFlow',
    team: 'vision',
    project: 'labelling',
    user: 'ana',
    steps: [
      start,
      gpuStep({ name: 'label', gpus: 2, minutes: [20, 45], percent: [15, 35], fanOut: [1, 3] }),
      join,
      end,
    ],
    variants: [{ model: 'sam-b', frames: 4 }],
    experiments: ['street-views'],
  },
];
