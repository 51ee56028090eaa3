import { workloadKey } from '../../../exporter/src/facts/workload';
import type { SpendNow } from '../../../exporter/src/facts/published';
import { MONEY_ONE } from '../../../exporter/src/units/money';
import { heldShares } from '../../../exporter/src/views/held-shares';
import { spendNow } from '../../support/view-healthy';

const NOTHING_KNOWN = { holder: null, team: null, project: null, confidence: null } as const;
const dollars = (count: number): bigint => BigInt(count) * MONEY_ONE;
const sharesOf = (spend: readonly SpendNow[], reach: Parameters<typeof heldShares>[0]['reach'] = []) =>
  Object.fromEntries(heldShares({ spend, reach }));

const serving = workloadKey({ cluster: 'blue', namespace: 'serving', workload: 'bert', pod: 'bert-0', uid: 'u' });

test('what is held and used counts, what is idle does not', () => {
  const spend = [
    spendNow({ perHour: dollars(6) }),
    spendNow({ ...NOTHING_KNOWN, kind: 'unattributed', perHour: dollars(2) }),
    spendNow({ ...NOTHING_KNOWN, kind: 'idle', perHour: dollars(24) }),
  ];
  expect(sharesOf(spend)).toEqual({ run: 0.75, team: 0.75, project: 0.75, surely: 0.75 });
});

test('a serving workload has a team and is no run', () => {
  const spend = [
    spendNow({ perHour: dollars(1) }),
    spendNow({ holder: serving, project: null, confidence: 'exact', perHour: dollars(3) }),
  ];
  expect(sharesOf(spend)).toEqual({ run: 0.25, team: 1, project: 0.25, surely: 1 });
});

test.each([
  ['exact', 1],
  ['strong', 1],
  ['declared', 1],
  ['shared', 0],
  ['estimated', 0],
  ['none', 0],
] as const)('a holder that is tied by %s is surely known: %d', (confidence, share) => {
  expect(sharesOf([spendNow({ confidence })])).toMatchObject({ surely: share });
});

test('a key of which a part is not told is absent, never 0', () => {
  const { project: _project, confidence: _confidence, ...untold } = spendNow();
  expect(sharesOf([untold])).toEqual({ run: 1, team: 1 });
});

test('telemetry counts each host by the part of its GPUs that is seen', () => {
  const spend = [spendNow({ perHour: dollars(3) }), spendNow({ host: 'node-b', perHour: dollars(1) })];
  const reach = [
    { host: 'node-a', gpus: 8, seen: 4 },
    { host: 'node-b', gpus: 2, seen: 2 },
    { host: 'node-c', gpus: 8, seen: 0 },
  ];
  expect(sharesOf(spend, reach)).toMatchObject({ telemetry: (3 * 0.5 + 1) / 4 });
});

test('where nothing priced is held there is no ratio at all', () => {
  expect(sharesOf([])).toEqual({});
  expect(sharesOf([spendNow({ ...NOTHING_KNOWN, kind: 'idle' })])).toEqual({});
});
