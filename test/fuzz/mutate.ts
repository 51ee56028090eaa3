/** A seeded source of chance: the same seed gives the same numbers everywhere. */
export class Chance {
  constructor(private state: number) {}

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * count);
  }

  /** One of several. */
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** What exporters, networks and people put where it does not belong. */
const HOSTILE_TOKENS = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    ',',
    '=',
    '#',
    ' ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    '\\n',
    '\\"',
    '\0',
    '\u2028',
    '\ufeff',
    '\ufffd',
    '😀',
  ],
  ...['NaN', '+Inf', '-Inf', '-1', '-0', '1e999', '1e-999', '0x1p9999', '0x', '1.04', '1.06', '100.4', '1_000'],
  ...['2147483632', '140737488355328', '9223372036854775794', '18446744073709551616', '99999999999999999999999'],
  ...['ERROR - FAILED TO CONVERT TO STRING', '<html>', '# EOF\n', '# TYPE a counter\n', '# HELP a ', ' # {a="b"} 1'],
  ...[
    'UUID=""',
    'UUID="GPU-"',
    'uuid="x"',
    'GPU_I_ID="3"',
    'GPU_I_ID=""',
    'exported_pod="x",',
    'instance="a:1",',
    '__proto__="x",',
  ],
  ...[
    'DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-f"} 1\n',
    'DCGM_FI_DEV_POWER_USAGE{UUID="GPU-f"} 5 0\n',
    '{"a.b"} 1\n',
    '__proto__ 1\n',
  ],
];

const MUTATIONS: readonly ((body: string, chance: Chance, others: readonly string[]) => string)[] = [
  function flip(body, chance) {
    const bytes = Buffer.from(body);
    if (bytes.length > 0) bytes[chance.below(bytes.length)]! ^= 1 << chance.below(8);
    return bytes.toString();
  },
  function cut(body, chance) {
    const from = chance.below(body.length + 1);
    return chance.below(3) === 0 ? body.slice(0, from) : body.slice(0, from) + body.slice(from + chance.below(40));
  },
  function splice(body, chance, others) {
    const other = chance.pick(others);
    const from = chance.below(other.length + 1);
    const at = chance.below(body.length + 1);
    return body.slice(0, at) + other.slice(from, from + chance.below(400)) + body.slice(at);
  },
  function repeat(body, chance) {
    const from = chance.below(body.length + 1);
    const piece = body.slice(from, from + 1 + chance.below(200));
    return body.slice(0, from) + piece.repeat(1 + chance.below(20)) + body.slice(from);
  },
  function insert(body, chance) {
    const at = chance.below(body.length + 1);
    return body.slice(0, at) + chance.pick(HOSTILE_TOKENS) + body.slice(at);
  },
  function replaceNumber(body, chance) {
    const values = [...body.matchAll(/[0-9.]+(?=\n)/g)];
    if (values.length === 0) return body;
    const { index, 0: value } = chance.pick(values);
    return body.slice(0, index) + chance.pick(HOSTILE_TOKENS) + body.slice(index + value.length);
  },
  function swapLines(body, chance) {
    const lines = body.split('\n');
    const [a, b] = [chance.below(lines.length), chance.below(lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    return lines.join('\n');
  },
];

const LONGEST = 60_000;

/** A body of the corpus after one to eight mutations, at most 60,000 characters long. */
export function mutate(corpus: readonly string[], chance: Chance): string {
  let body = chance.pick(corpus);
  for (let count = 1 + chance.below(8); count > 0; count -= 1) {
    body = chance.pick(MUTATIONS)(body, chance, corpus).slice(0, LONGEST);
  }
  return body;
}
