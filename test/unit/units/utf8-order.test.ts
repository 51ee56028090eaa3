import { compareUtf8 } from '../../../exporter/src/units/utf8-order';

test('names go by their UTF-8 bytes, also where UTF-16 would order them otherwise', () => {
  const names = ['\u{1F600}', '\uFFFD', 'ä', 'b', 'ab', 'a', 'Z', '10', '9', ''];
  expect(names.sort(compareUtf8)).toEqual(['', '10', '9', 'Z', 'a', 'ab', 'b', 'ä', '\uFFFD', '\u{1F600}']);
});

test('equal names are equal', () => {
  expect(compareUtf8('train', 'train')).toBe(0);
});
