import { parseDecimal, printDecimal } from '../../../exporter/src/units/decimal';

describe('parseDecimal', () => {
  test.each([
    ['0', 0n, 0],
    ['12.34', 1234n, 2],
    ['-12.34', -1234n, 2],
    ['+5', 5n, 0],
    ['007.50', 750n, 2],
    ['1e-7', 1n, 7],
    ['1.5E3', 1500n, 0],
    ['2.50e+1', 250n, 1],
    ['1e5', 100000n, 0],
    ['0.0000000000000000000000000001', 1n, 28],
  ])('reads %s exactly', (text, digits, scale) => {
    expect(parseDecimal(text)).toEqual({ digits, scale });
  });

  test.each([
    '',
    ' ',
    ' 5 ',
    '5\n',
    '.5',
    '5.',
    '1,234.50',
    '1.234,50',
    '1 000',
    '$5',
    '5 USD',
    'NaN',
    'Infinity',
    'null',
    '0x1',
    '1_000',
    '٣',
    '--1',
    '+-1',
    '1e',
    '1e1.5',
    '1e99999',
    '1.2.3',
    '½',
    '−1',
  ])('refuses %j', (text) => {
    expect(parseDecimal(text)).toEqual({ fault: 'is not a plain decimal number' });
  });

  test.each(['1'.repeat(61), `0.${'1'.repeat(60)}`, '1e61', '1e-61'])(
    'refuses more places than anybody bills: %s',
    (text) => {
      expect(parseDecimal(text)).toEqual({ fault: 'has more than 60 digits' });
    },
  );
});

describe('printDecimal', () => {
  test.each([
    [0n, 0, '0'],
    [0n, 12, '0'],
    [1n, 12, '0.000000000001'],
    [-1n, 12, '-0.000000000001'],
    [32_000_000_000_000n, 12, '32'],
    [9_588_000_000_000n, 12, '9.588'],
    [-1234n, 2, '-12.34'],
    [100n, 0, '100'],
  ])('prints %d at scale %d as %s', (digits, scale, text) => {
    expect(printDecimal({ digits, scale })).toBe(text);
  });
});
