import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of chance: the same seed and the same questions give the same answers. */
export type Chance = {
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** True in `percent` of 100 cases. */
  happens(percent: number): boolean;
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** Five characters as Kubernetes ends the names of pods. */
  suffix(): string;
};

const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Makes a source of chance from a seed. */
export function chanceFrom(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  const whole = (least: number, most: number): number => uniformInt(generator, least, most);
  const letters = (from: string, length: number): string =>
    Array.from({ length }, () => from[whole(0, from.length - 1)]!).join('');
  return {
    whole,
    pick: (list) => list[whole(0, list.length - 1)]!,
    happens: (percent) => whole(1, 100) <= percent,
    hex: (length) => letters('0123456789abcdef', length),
    suffix: () => letters(SUFFIX_LETTERS, 5),
  };
}

/** A UUID whose 32 digits come from `chance`. */
export function uuidFrom(chance: Chance): string {
  return [8, 4, 4, 4, 12].map((length) => chance.hex(length)).join('-');
}
