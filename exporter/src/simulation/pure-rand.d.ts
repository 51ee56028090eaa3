/** pure-rand names its modules by `exports`, which our module resolution does not read. */
declare module 'pure-rand/generator/xoroshiro128plus' {
  export type Generator = { next(): number };
  export function xoroshiro128plus(seed: number): Generator;
}
declare module 'pure-rand/distribution/uniformInt' {
  import type { Generator } from 'pure-rand/generator/xoroshiro128plus';
  export function uniformInt(generator: Generator, from: number, to: number): number;
}
