import { divideFloor, divideHalfEven } from '../../../exporter/src/units/divide';

describe('divideHalfEven', () => {
  test.each([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [-5n, 2n, -2n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
    [5n, -2n, -2n],
    [-3n, -2n, 2n],
    [2n, -3n, -1n],
    [6n, 3n, 2n],
    [0n, 7n, 0n],
  ])('%d ÷ %d is %d', (numerator, denominator, quotient) => {
    expect(divideHalfEven(numerator, denominator)).toBe(quotient);
  });
});

describe('divideFloor', () => {
  test.each([
    [7n, 2n, 3n],
    [-7n, 2n, -4n],
    [7n, -2n, -4n],
    [-7n, -2n, 3n],
    [6n, -2n, -3n],
    [-6n, 2n, -3n],
    [0n, -2n, 0n],
  ])('%d ÷ %d is %d', (numerator, denominator, quotient) => {
    expect(divideFloor(numerator, denominator)).toBe(quotient);
  });

  test('refuses to divide by zero', () => {
    expect(() => divideFloor(1n, 0n)).toThrow('A divisor must not be zero.');
    expect(() => divideHalfEven(1n, 0n)).toThrow('A divisor must not be zero.');
  });
});
