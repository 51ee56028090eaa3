import type { Instant } from '../../units/interval';
import { FeedError } from '../feed';
import { ownText } from '../own-text';
import type { BadLine, Exposition } from './exposition';
import { Families } from './exposition-families';
import { type LineSpan, SampleLines, unescapeText } from './exposition-line';

/** What came with a body; `receivedAt` is part of a scrape and changes nothing here. */
export type ExpositionSource = {
  readonly contentType: string | null;
  readonly receivedAt: Instant;
  /** Lines with content that a body may have, the bad ones included. */
  readonly sampleLimit: number;
};

const LINE_LIMIT = 1_000_000;
const SHOWN_CHARACTERS = 200;
const END_MARK = '# EOF';
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const HASH = 0x23;

/**
 * Parses Prometheus text 0.0.4, or OpenMetrics 1.0 where the content type or a last line `# EOF` says so. A bad line is
 * left out and listed: unreadable, over 1 MB, or cut off (the last line of a text body without its line break). Throws
 * {@link FeedError} for OpenMetrics without its end mark, since it is cut off, and for more lines than `sampleLimit`.
 * Sources: prometheus/docs exposition_formats.md, open_metrics_spec.md; time is linear in the body.
 */
export function parseExposition(body: string, { contentType, sampleLimit }: ExpositionSource): Exposition {
  const end = endMarkOf(body);
  const openMetrics = contentType?.trim().toLowerCase().startsWith('application/openmetrics-text') ?? false;
  if (openMetrics && end === null) throw new FeedError(`The body is cut off: OpenMetrics ends with ${END_MARK}.`);
  return new Body(body, end, sampleLimit).parse();
}

/** Where the closing `# EOF` line begins; null where the last line with content is another one. */
function endMarkOf(body: string): number | null {
  let end = body.length;
  while (end > 0 && isBlank(body.charCodeAt(end - 1))) end -= 1;
  const start = end - END_MARK.length;
  return body.endsWith(END_MARK, end) && (start === 0 || body.charCodeAt(start - 1) === NEWLINE) ? start : null;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === NEWLINE || code === RETURN;
}

/** One body on its way to an exposition; `end` is where its end mark begins, null for the text format. */
class Body {
  private readonly families = new Families();
  private readonly badLines: BadLine[] = [];
  private readonly lines: SampleLines;
  private readonly lastBreak: number;
  private samples = 0;

  constructor(
    private readonly body: string,
    private readonly end: number | null,
    private readonly limit: number,
  ) {
    this.lastBreak = body.lastIndexOf('\n');
    this.lines = new SampleLines(body, end === null ? 'text' : 'openmetrics');
  }

  parse(): Exposition {
    const length = this.end ?? this.body.length;
    for (let start = 0, line = 1; start < length; line += 1) {
      const found = this.body.indexOf('\n', start);
      const stop = found === -1 ? length : found;
      const end = stop > start && this.body.charCodeAt(stop - 1) === RETURN ? stop - 1 : stop;
      this.readLine({ start, end, line });
      start = stop + 1;
    }
    return { families: this.families.all(), badLines: this.badLines };
  }

  private readLine(span: LineSpan): void {
    const first = this.firstCode(span);
    if (first === null) return;
    if (span.end - span.start > LINE_LIMIT) this.refuse(span, `It is longer than ${LINE_LIMIT} characters.`);
    else if (first === HASH) this.readComment(span);
    else if (span.start > this.lastBreak) this.refuse(span, 'It is cut off: the body ends without a line break.');
    else this.readSample(span);
    if (this.samples + this.badLines.length <= this.limit && this.families.size <= this.limit) return;
    throw new FeedError(`The body holds more than ${this.limit} samples; raise sample_limit if that is right.`);
  }

  /** The first code of a line that is no blank; null for a line without content. */
  private firstCode({ start, end }: LineSpan): number | null {
    for (let at = start; at < end; at += 1) {
      const code = this.body.charCodeAt(at);
      if (code !== 0x20 && code !== 0x09) return code;
    }
    return null;
  }

  private readSample(span: LineSpan): void {
    const sample = this.lines.read(span);
    if (typeof sample === 'string') return this.refuse(span, sample);
    this.samples += 1;
    this.families.add(sample);
  }

  private readComment(span: LineSpan): void {
    const text = this.body.slice(span.start, span.end).trim();
    if (text === END_MARK && this.end !== null) throw new FeedError(`The body goes on after its ${END_MARK}.`);
    const isHelp = /^# +HELP[ \t]/.test(text);
    if (!isHelp && !/^# +TYPE[ \t]/.test(text)) return;
    const { name, rest } = splitName(
      text
        .slice(text.indexOf('# ') + 1)
        .trimStart()
        .slice(5)
        .trim(),
    );
    if (name === '') return this.refuse(span, 'It names no family.');
    if (isHelp) return this.families.help(name, unescapeText(rest));
    const fault = this.families.type(name, rest.toLowerCase());
    if (fault !== null) this.refuse(span, fault);
  }

  private refuse({ start, end, line }: LineSpan, reason: string): void {
    const text = ownText(this.body.slice(start, Math.min(end, start + SHOWN_CHARACTERS)));
    this.badLines.push({ line, text, reason });
  }
}

/** The family's name at the start of a HELP or TYPE line, bare or in quotes, and what follows it. */
function splitName(text: string): { name: string; rest: string } {
  if (text.startsWith('"')) {
    let end = 1;
    while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
    return { name: unescapeText(text.slice(1, end)), rest: text.slice(end + 1).trim() };
  }
  let end = 0;
  while (end < text.length && text.charAt(end) !== ' ' && text.charAt(end) !== '\t') end += 1;
  return { name: text.slice(0, end), rest: text.slice(end).trim() };
}
