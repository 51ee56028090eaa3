import type { DimensionRule, DimensionRules } from '../../../exporter/src/facts/dimension-rule';
import type { Labels, RunRecord } from '../../../exporter/src/facts/run';
import { REDACTED } from '../../../exporter/src/feeds/metaflow/config-variant';
import { DEFAULT_DIMENSION_RULES, labelsOf } from '../../../exporter/src/ledger/dimensions';

const RUN: RunRecord = {
  key: { deployment: 'local', flow: 'TrainFlow', run: '7' },
  startedAt: 0,
  endedAt: null,
  outcome: 'running',
  user: 'alice',
  tags: [],
  systemTags: ['runtime:dev', 'user:alice', 'project:ranking', 'project_branch:prod', 'production:mlx-secret-0'],
  runtime: 'dev',
  variant: null,
  config: {
    train: { owner: 'vision', lr: 0.1, nested: { team: 'deep' }, list: ['a'], nothing: null, on: true, empty: '' },
  },
  fingerprint: 'f',
};
const NO_RULES: DimensionRules = { team: [], project: [], cost_center: [], experiment: [], model_version: [] };
const NO_LABELS: Labels = { team: null, project: null, cost_center: null, experiment: null, model_version: null };

describe("without rules of one's own", () => {
  // prettier-ignore
  test.each([
    // tags                                         labels found
    [[],                                            { project: 'ranking' }],
    [['team:vision'],                               { project: 'ranking', team: 'vision' }],
    [['project:mine'],                              { project: 'ranking' }],
    [['cost_center:42'],                            { project: 'ranking', cost_center: '42' }],
    [['cost-center:43'],                            { project: 'ranking', cost_center: '43' }],
    [['cost-center:43', 'cost_center:42'],          { project: 'ranking', cost_center: '42' }],
    [['sweep:s1', 'exp:e1'],                        { project: 'ranking', experiment: 'e1' }],
    [['experiment:x', 'sweep:s1', 'exp:e1'],        { project: 'ranking', experiment: 'x' }],
    [['model_version:bert:2.1'],                    { project: 'ranking', model_version: 'bert:2.1' }],
    [['team:b', 'team:a'],                          { project: 'ranking', team: 'a' }],
    [['team:'],                                     { project: 'ranking' }],
    [['team'],                                      { project: 'ranking' }],
    [['teams:x'],                                   { project: 'ranking' }],
  ])('tags %j give %j', (tags, found) => {
    for (const order of [tags, [...tags].reverse()]) {
      expect(labelsOf({ ...RUN, tags: order }, DEFAULT_DIMENSION_RULES)).toEqual({ ...NO_LABELS, ...found });
    }
  });

  test('a project tag stands in where Metaflow knows no project', () => {
    const run = { ...RUN, systemTags: [], tags: ['project:mine'] };
    expect(labelsOf(run, DEFAULT_DIMENSION_RULES).project).toBe('mine');
  });
});

describe('a rule', () => {
  const tag = (name: string, map: DimensionRule['map'] = null): DimensionRule => ({ from: 'tag', name, map });
  const systemTag = (name: string, map: DimensionRule['map'] = null): DimensionRule => ({
    from: 'system_tag',
    name,
    map,
  });
  const user = (map: DimensionRule['map']): DimensionRule => ({ from: 'user', map });
  const config = (path: string): DimensionRule => ({ from: 'config', path: path.split('.'), map: null });

  // prettier-ignore
  test.each([
    // rules                                                                 team
    [[tag('team')],                                                          null],
    [[systemTag('project', { ranking: 'search' })],                          'search'],
    [[systemTag('project', { ads: 'search' })],                              null],
    [[systemTag('project', { ads: 'search' }), user({ alice: 'vision' })],   'vision'],
    [[user({ bob: 'search' })],                                              null],
    [[user({ constructor: 'x' }), tag('toString')],                          null],
    [[config('train.owner')],                                                'vision'],
    [[config('train.nested.team')],                                          'deep'],
    [[config('train.lr')],                                                   '0.1'],
    [[config('train.on')],                                                   'true'],
    [[config('train.nothing'), config('train.list'), config('train.empty')], null],
    [[config('train')],                                                      null],
    [[config('train.list.0')],                                               null],
    [[config('train.constructor.name')],                                     null],
    [[config('other.owner'), config('train.owner')],                         'vision'],
    [[systemTag('production')],                                              null],
    [[tag('production')],                                                    null],
    [[],                                                                     null],
  ])('%#. first hit wins, a miss goes on: %j gives %s', (rules, team) => {
    const run = { ...RUN, tags: ['production:mlx-secret-1'] };
    expect(labelsOf(run, { ...NO_RULES, team: rules })).toEqual({ ...NO_LABELS, team });
  });

  test('translates nothing that its map does not have itself', () => {
    const run = { ...RUN, user: 'constructor' };
    expect(labelsOf(run, { ...NO_RULES, team: [user({ alice: 'x' })] }).team).toBeNull();
  });

  test('shows no Config value that a feed has redacted', () => {
    const run = { ...RUN, config: { train: { api_token: REDACTED } } };
    expect(labelsOf(run, { ...NO_RULES, team: [config('train.api_token')] }).team).toBeNull();
  });

  test('over a run without user and Config finds nothing', () => {
    const run = { ...RUN, user: null, config: null };
    expect(labelsOf(run, { ...NO_RULES, team: [user({ alice: 'x' }), config('train.owner')] }).team).toBeNull();
  });
});
