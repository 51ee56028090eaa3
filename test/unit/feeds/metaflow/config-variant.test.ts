import fc from 'fast-check';
import type { PlainValue } from '../../../../exporter/src/facts/run';
import { canonicalJson } from '../../../../exporter/src/feeds/metaflow/canonical-json';
import { diffConfigs } from '../../../../exporter/src/feeds/metaflow/config-diff';
import { type ConfigArtifact, shownConfig, variantOf } from '../../../../exporter/src/feeds/metaflow/config-variant';

const SHA = '1f0a868953f4d1b1df820a7f566c33b249071274';
const config = (value?: PlainValue, name = 'cfg', sha = SHA): ConfigArtifact =>
  value === undefined ? { name, sha } : { name, sha, value };

describe('The config variant', () => {
  it('is the text after the first colon of its tag, the first tag in UTF-8 order', () => {
    expect(variantOf(['team:x', 'variant:lr:0.1'], [config({})])).toEqual({ id: 'lr:0.1', method: 'tag' });
    expect(variantOf(['variant:b', 'variant:a'], [])).toEqual({ id: 'a', method: 'tag' });
    expect(variantOf(['variant:', 'variants:x'], [])).toBeNull();
  });

  it('does not depend on the order of keys or of Configs', () => {
    const one = [config({ a: 1, b: { c: [1, 2], d: null } }), config('x', 'other')];
    const two = [config('x', 'other'), config({ b: { d: null, c: [1, 2] }, a: 1 })];
    expect(variantOf([], one)).toEqual(variantOf([], two));
    expect(variantOf([], [config({ a: 2, b: { c: [1, 2], d: null } }), config('x', 'other')])).not.toEqual(
      variantOf([], one),
    );
  });

  it('is the same for the same value under another artifact, and another under another name', () => {
    expect(variantOf([], [config({ a: 1 }, 'cfg', 'f'.repeat(40))])).toEqual(variantOf([], [config({ a: 1 })]));
    expect(variantOf([], [config({ a: 1 }, 'cfg2')])).not.toEqual(variantOf([], [config({ a: 1 })]));
  });

  // Python: sha256(json.dumps({'cfg': {'a': 1, 'b': 'ü'}}, sort_keys=True, separators=(',', ':'), ensure_ascii=False))
  it('is the SHA-256 that Python makes of the same canonical JSON', () => {
    expect(variantOf([], [config({ b: 'ü', a: 1 })])).toEqual({
      id: 'b982a197bb9e6f5436daa92ed2e6e0a88b638188ba72feda6b52626781c9b0c3',
      method: 'config_values',
    });
  });

  it('is made of the artifacts where one of the values cannot be read', () => {
    expect(variantOf([], [config()])).toEqual({ id: `sha:${SHA}`, method: 'config_sha' });
    const both = variantOf([], [config({ a: 1 }), config(undefined, 'other', 'f'.repeat(40))]);
    expect(both).toEqual({ id: expect.stringMatching(/^sha:[0-9a-f]{64}$/), method: 'config_sha' });
  });

  it('is unknown for a flow without Configs', () => {
    expect(variantOf(['team:x'], [])).toBeNull();
    expect(shownConfig([])).toBeNull();
    expect(shownConfig([config()])).toBeNull();
  });
});

describe('The Config that is shown', () => {
  it('hides what looks like a secret, after the variant was made from it', () => {
    const secret = (password: string): ConfigArtifact => config({ db: [{ password, user: 'me' }] });
    expect(variantOf([], [secret('a')])).not.toEqual(variantOf([], [secret('b')]));
    expect(shownConfig([secret('a')])).toEqual({ cfg: { db: [{ password: '[redacted]', user: 'me' }] } });
  });

  it.each(['secret', 'AWS_SECRET', 'hf_token', 'passwd', 'Credentials', 'apiKey', 'api_key', 'APIKEY', 'private_key'])(
    'hides whatever is under %s',
    (key) => {
      expect(shownConfig([config({ [key]: { deep: ['x'] } })])).toEqual({ cfg: { [key]: '[redacted]' } });
      expect(shownConfig([config('x', key)])).toEqual({ [key]: '[redacted]' });
    },
  );
});

describe('Canonical JSON', () => {
  it('is JSON, and the same for equal values whatever their order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as PlainValue);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value as PlainValue))).toBe(text);
      }),
    );
  });
});

function reversed(value: PlainValue): PlainValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as PlainValue[]).map(reversed);
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}

describe('The diff of two Configs', () => {
  const by = (method: 'tag' | 'config_values' | 'config_sha', value: PlainValue) => ({
    variant: { id: 'x', method },
    config: value,
  });
  const diff = (before: PlainValue, after: PlainValue) =>
    diffConfigs(by('config_values', before), by('config_values', after));

  it.each([
    ['equal values', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['a changed value', { a: 1 }, { a: 2 }, [{ path: '/a', before: 1, after: 2 }]],
    ['a new key', { a: 1 }, { a: 1, b: null }, [{ path: '/b', after: null }]],
    ['a key that went', { a: 1, b: 2 }, { a: 1 }, [{ path: '/b', before: 2 }]],
    ['a change of kind', { a: [1] }, { a: { 0: 1 } }, [{ path: '/a', before: [1], after: { 0: 1 } }]],
    ['null and a dictionary', { a: null }, { a: {} }, [{ path: '/a', before: null, after: {} }]],
    [
      'a longer list',
      { a: [1, 2] },
      { a: [1, 3, 4] },
      [
        { path: '/a/1', before: 2, after: 3 },
        { path: '/a/2', after: 4 },
      ],
    ],
    ['keys that need escaping', { 'a/b~c': 1 }, { 'a/b~c': 2 }, [{ path: '/a~1b~0c', before: 1, after: 2 }]],
    ['a key called toString', {}, { toString: 1 }, [{ path: '/toString', after: 1 }]],
    ['whole values', 1, 'x', [{ path: '', before: 1, after: 'x' }]],
  ])('finds %s', (_name, before, after, changes) => {
    expect(diff(before as PlainValue, after as PlainValue)).toEqual({ changes, hasHidden: false });
  });

  it('says that hidden values may differ as well', () => {
    expect(diff({ a: [{ token: '[redacted]' }] }, { a: [{ token: '[redacted]' }] })).toEqual({
      changes: [],
      hasHidden: true,
    });
  });

  it('refuses ids of two methods, and values that could not be read', () => {
    expect(diffConfigs(by('tag', {}), by('config_values', {}))).toEqual({
      refused: 'The variants were identified in two ways (tag and config_values) and cannot be compared.',
    });
    expect(diffConfigs({ variant: null, config: null }, by('tag', {}))).toEqual({
      refused: 'The variants were identified in two ways (no Config and tag) and cannot be compared.',
    });
    expect(diffConfigs(by('config_sha', null), by('config_sha', {}))).toEqual({
      refused: 'The Config values of at least one of the two could not be read.',
    });
  });
});
