import fc from 'fast-check';
import { labelText } from '../../../../exporter/src/views/metrics/label-text';

test.each(['', 'TrainFlow', 'team "a" \\ b', 'naïve 🚀 名前', 'x'.repeat(200)])('%j is shown as it is', (name) => {
  expect(labelText(name)).toBe(name);
});

test('what cannot be seen becomes visible', () => {
  expect(labelText('a\nb\u202Ec\u0000d\u2028e')).toMatch(/^a\uFFFDb\uFFFDc\uFFFDd\uFFFDe~[0-9a-f]{12}$/);
});

test('a long name is cut at 200 code points, and never inside one', () => {
  const shown = labelText('🚀'.repeat(500));
  expect([...shown]).toHaveLength(200);
  expect(shown).toMatch(/^(?:🚀)+~[0-9a-f]{12}$/u);
});

test('a name that looks like a shortened one is not taken for it', () => {
  for (const name of ['a\nb', 'x'.repeat(300), '名'.repeat(300)]) {
    expect(labelText(labelText(name))).not.toBe(labelText(name));
    expect(labelText(labelText(name))).toMatch(/~[0-9a-f]{12}$/);
  }
});

const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', minLength: 190, maxLength: 260 }),
  fc.constantFrom('a\nb', 'a\u202Eb', 'a\uFFFDb', '\ud800', '\udc00'),
);

test('law: two names are never one label value, and each is well-formed and on one line', () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      expect(labelText(a) === labelText(b)).toBe(a === b);
      const shown = labelText(a);
      expect(Buffer.from(shown, 'utf8').toString('utf8')).toBe(shown);
      expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect([...shown].length).toBeLessThanOrEqual(200);
    }),
  );
});
