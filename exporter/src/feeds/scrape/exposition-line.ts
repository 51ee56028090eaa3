import { BodyTexts } from './body-texts';
import type { Sample } from './exposition';
import { parseExpositionNumber, parseWhole } from './exposition-number';

/** The place of one line in a body: `end` is exclusive and before the line break; `line` counts from 1. */
export type LineSpan = { readonly start: number; readonly end: number; readonly line: number };

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads sample lines of one body, each in one pass from left to right, `name{label="value",…} value [time] [exemplar]`;
 * names may be quoted (UTF-8). Times are ms in the text format, seconds in OpenMetrics, which alone has exemplars.
 */
export class SampleLines {
  private at = 0;
  private end = 0;
  private fault = '';
  private readonly texts: BodyTexts;

  constructor(
    private readonly body: string,
    private readonly format: 'text' | 'openmetrics',
  ) {
    this.texts = new BodyTexts(body);
  }

  /** The sample in a line, or what is wrong with the line. */
  read({ start, end, line }: LineSpan): Sample | string {
    this.at = start;
    this.end = end;
    this.fault = '';
    this.texts.nextLine();
    this.skipBlanks();
    const labels = new Map<string, string>();
    let name = this.readName(COLON);
    this.skipBlanks();
    if (this.code() === OPEN) name = this.readBraces(labels, name);
    if (this.fault !== '') return this.fault;
    if (name === '') return 'It begins with no metric name.';
    const value = this.readValue();
    if (value === null) return this.fault;
    const at = this.readTime();
    if (at === undefined) return this.fault;
    if (this.at < this.end && !this.skipExemplar()) return this.fault;
    return { name, labels, value, at, line };
  }

  private code(): number {
    return this.at < this.end ? this.body.charCodeAt(this.at) : -1;
  }

  private skipBlanks(): void {
    while (this.at < this.end) {
      const code = this.body.charCodeAt(this.at);
      if (code !== SPACE && code !== TAB) return;
      this.at += 1;
    }
  }

  /** A bare name, '' where none begins; `extra` is allowed beside letters, digits and `_`. */
  private readName(extra: number): string {
    const start = this.at;
    for (; this.at < this.end; this.at += 1) {
      const code = this.body.charCodeAt(this.at);
      if (!isNameLetter(code) && code !== extra && (this.at === start || !isDigit(code))) break;
    }
    return this.texts.cut(start, this.at);
  }

  /** Text up to the next blank. */
  private readToken(): string {
    const start = this.at;
    while (this.at < this.end) {
      const code = this.body.charCodeAt(this.at);
      if (code === SPACE || code === TAB) break;
      this.at += 1;
    }
    return this.body.slice(start, this.at);
  }

  /** Fills `labels` from `{…}`; the answer is the metric name, which may stand in quotes before the first label. */
  private readBraces(labels: Map<string, string>, before: string): string {
    let name = before;
    this.at += 1;
    this.skipBlanks();
    while (this.code() !== CLOSE) {
      const quoted = this.code() === QUOTE;
      const key = quoted ? this.readQuoted() : this.readName(-1);
      if (this.fault !== '') return '';
      this.skipBlanks();
      if (key === '') return this.fail('A label has no name, or its braces do not close.');
      if (this.code() === EQUALS) this.readLabelValue(labels, key);
      else if (quoted && name === '' && labels.size === 0) name = key;
      else return this.fail('A label has no value.');
      if (this.fault !== '') return '';
      this.skipBlanks();
      if (this.code() === COMMA) this.at += 1;
      else if (this.code() !== CLOSE)
        return this.fail('There is no comma between two labels, or the braces stay open.');
      this.skipBlanks();
    }
    this.at += 1;
    return name;
  }

  private readLabelValue(labels: Map<string, string>, key: string): void {
    this.at += 1;
    this.skipBlanks();
    if (this.code() !== QUOTE) return void this.fail('The value of a label does not begin with a quote.');
    const value = this.readQuoted();
    if (this.fault !== '') return;
    if (labels.has(key)) return void this.fail('A label appears twice.');
    labels.set(key, value);
  }

  /** Text in quotes, its escapes resolved; stands behind the closing quote afterwards. */
  private readQuoted(): string {
    const start = this.at + 1;
    let escaped = false;
    for (this.at = start; this.at < this.end; this.at += 1) {
      const code = this.body.charCodeAt(this.at);
      if (code === QUOTE) {
        const text = this.texts.cut(start, this.at);
        this.at += 1;
        return escaped ? unescapeText(text) : text;
      }
      if (code === BACKSLASH) {
        escaped = true;
        this.at += 1;
      }
    }
    this.at = this.end;
    return this.fail('A quote is not closed.');
  }

  private readValue(): number | null {
    this.skipBlanks();
    const text = this.readToken();
    const value = parseExpositionNumber(text);
    if (value === null) this.fail(text === '' ? 'It has no value.' : 'Its value is not a number.');
    return value;
  }

  /** UTC ms, null where no time stands, undefined where it is none. */
  private readTime(): number | null | undefined {
    this.skipBlanks();
    if (this.at >= this.end || this.code() === HASH) return null;
    const text = this.readToken();
    const at = this.format === 'text' ? parseWhole(text) : millisecondsOf(parseExpositionNumber(text));
    this.skipBlanks();
    if (at === null) {
      this.fail('What follows its value is not a time.');
      return undefined;
    }
    return at;
  }

  private skipExemplar(): boolean {
    const unread = 'Something follows its value and time.';
    if (this.format === 'text' || this.code() !== HASH) return this.fail(unread) !== '';
    this.at += 1;
    this.skipBlanks();
    if (this.code() !== OPEN) return this.fail('Its exemplar has no labels.') !== '';
    if (this.readBraces(new Map(), '') !== '') return this.fail('Its exemplar has a name.') !== '';
    if (this.fault !== '' || this.readValue() === null) return false;
    if (this.readTime() === undefined) return false;
    return this.at >= this.end || this.fail(unread) !== '';
  }

  private fail(fault: string): '' {
    this.fault = fault;
    return '';
  }
}

function millisecondsOf(seconds: number | null): number | null {
  const milliseconds = seconds === null ? NaN : Math.round(seconds * 1000);
  return Number.isSafeInteger(milliseconds) ? milliseconds : null;
}

function isNameLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Resolves `\\`, `\"` and `\n`; a backslash before anything else stays, as exporters forget to escape it. */
export function unescapeText(text: string): string {
  let plain = '';
  let from = 0;
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', from)) {
    const next = text.charAt(at + 1);
    const meant = next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`;
    plain += text.slice(from, at) + meant;
    from = at + 2;
  }
  return plain + text.slice(from);
}
