import { amountOf, devicesOf, instantOf } from './read-word';

/** Where a line stands, for messages. */
export type Place = { readonly file: string; readonly line: number };

/** GPUs by index, or a bare count where nobody knows which. */
export type Gpus = { readonly devices: readonly number[] | null; readonly count: number };

const NANO = 1_000_000_000n;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DEVICES = /^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/;
const NAME = /^[A-Za-z][\w.-]*$/;
const NUMBER = /^\d+(\.\d+)?$/;
const PATH = /^[^/\s]+(\/[^/\s]+){0,3}$/;
const SERVING = /^@[\w.-]+$/;

/** The words of one line, taken from left to right; whatever does not fit throws an Error with file and line. */
export class Words {
  private readonly words: readonly string[];
  private position = 0;

  /** Splits a line at its blanks, without its comment; `day` is the UTC day of times that name none. */
  constructor(
    readonly place: Place,
    private readonly content: string,
    private readonly day: string,
  ) {
    const statement = content.replace(/(^|\s)# .*$|^#$/, '');
    this.words = statement.split(/\s+/).filter((word) => word !== '');
  }

  fail(problem: string): never {
    throw new Error(`${this.place.file}:${this.place.line}: ${problem} in "${this.content.trim()}".`);
  }

  next(): string | null {
    this.position += 1;
    return this.words[this.position - 1] ?? null;
  }

  end(): void {
    if (this.peek() !== null) this.fail(`"${this.peek()}" is one word too many`);
  }

  /** Takes `word` if it is the next one. */
  after(word: string): boolean {
    return this.anyOf([word]) !== null;
  }

  anyOf<Word extends string>(allowed: readonly Word[]): Word | null {
    const word = allowed.find((one) => one === this.peek()) ?? null;
    if (word !== null) this.position += 1;
    return word;
  }

  oneOf<Word extends string>(allowed: readonly Word[]): Word {
    return this.anyOf(allowed) ?? this.fail(`"${this.peek()}" is none of ${allowed.join(', ')}`);
  }

  isNumber(): boolean {
    return NUMBER.test(this.peek() ?? '');
  }

  isTime(): boolean {
    return instantOf(this.peek() ?? '', this.day) !== null;
  }

  time(): number {
    const word = this.next() ?? '';
    return instantOf(word, this.day) ?? this.fail(`"${word}" is not a time`);
  }

  /** `~10:47`: a time at which something was seen last. */
  isEstimate(): boolean {
    return this.peek()?.startsWith('~') ?? false;
  }

  estimate(): number {
    const word = this.next()!.slice(1);
    return instantOf(word, this.day) ?? this.fail(`"${word}" is not a time`);
  }

  /** A time, or null for the word that says there is none. */
  openTime(open: string): number | null {
    return this.after(open) ? null : this.time();
  }

  date(): string {
    return this.fitting(DATE, 'a day');
  }

  name(): string {
    return this.fitting(NAME, 'a name');
  }

  number(): number {
    return Number(this.fitting(NUMBER, 'a number'));
  }

  gib(): number {
    return Number(this.fitting(/^\d+(\.\d+)?GiB$/, 'GiB').slice(0, -'GiB'.length));
  }

  /** `Flow/run/step/task`, or what is known of it from the left; `@name` is a workload that is no run. */
  path(): string[] {
    if (SERVING.test(this.peek() ?? '')) return ['', `default/${this.next()!.slice(1)}`];
    return this.fitting(PATH, 'Flow/run/step/task').split('/');
  }

  attemptNumber(): number | null {
    return this.peek()?.startsWith('#') ? Number(this.fitting(/^#\d+$/, 'an attempt number').slice(1)) : null;
  }

  /** The digits of `95%`. */
  percent(): number {
    return Number(this.fitting(/^\d+(\.\d+)?%$/, 'a percentage').slice(0, -1));
  }

  /** A word as it stands: a name with dots and dashes, a label, a MIG profile. */
  word(what: string): string {
    return this.fitting(/^[\w.:/-]+$/, what);
  }

  /** Watts of `300W`; null where the next word is none. */
  watts(): number | null {
    return /^\d+W$/.test(this.peek() ?? '') ? Number(this.next()!.slice(0, -1)) : null;
  }

  /** 10⁻⁹ GPU × ms of `30 gpu-minutes`, or mJ of `12 kJ`. */
  amountOf(units: { readonly [unit: string]: bigint }): bigint {
    const digits = this.fitting(/^\d+(\.\d{1,9})?$/, 'a number');
    const unit = units[this.next() ?? ''] ?? this.fail(`The unit is none of ${Object.keys(units).join(', ')}`);
    const [ones = '', fraction = ''] = digits.split('.');
    const billionths = BigInt(ones + fraction.padEnd(9, '0')) * unit;
    return billionths % NANO === 0n ? billionths / NANO : this.fail('That is finer than anything is counted');
  }

  /** 10⁻¹² dollars of `$X` and a suffix. */
  money(suffix: string): bigint {
    const word = this.next() ?? '';
    const amount = word.endsWith(suffix) ? amountOf(word.slice(0, word.length - suffix.length)) : null;
    return amount ?? this.fail(`"${word}" is not $X${suffix}`);
  }

  /** `gpu 2`, `gpus 0,2-4` or `3 gpus`; null where the next words are none of these. */
  gpus(): Gpus | null {
    if (this.after('gpu') || this.after('gpus')) {
      const devices = devicesOf(this.fitting(DEVICES, 'a list of GPUs'));
      return { devices, count: devices.length };
    }
    if (!/^gpus?$/.test(this.words[this.position + 1] ?? '')) return null;
    const count = this.number();
    this.position += 1;
    return { devices: null, count };
  }

  private peek(): string | null {
    return this.words[this.position] ?? null;
  }

  private fitting(pattern: RegExp, what: string): string {
    const word = this.next() ?? '';
    return pattern.test(word) ? word : this.fail(`"${word}" is not ${what}`);
  }
}
