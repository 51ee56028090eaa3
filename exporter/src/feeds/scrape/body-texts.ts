import { ownText } from '../own-text';

/**
 * Texts out of one body that keep none of it in memory: each distinct one is copied once, and shared by all that repeat
 * it. Most repeat what stood in the same place of the line before, which is found without cutting anything out.
 */
export class BodyTexts {
  private readonly known = new Map<string, string>();
  private before: string[] = [];
  private place = 0;

  constructor(private readonly body: string) {}

  /** Begins a line. */
  nextLine(): void {
    this.place = 0;
  }

  /** The text from `start` to `end`, exclusive; texts of a line are asked for in its order. */
  cut(start: number, end: number): string {
    const place = this.place++;
    const last = this.before[place];
    if (last !== undefined && last.length === end - start && this.body.startsWith(last, start)) return last;
    const piece = this.body.slice(start, end);
    const known = this.known.get(piece) ?? this.keep(ownText(piece));
    this.before[place] = known;
    return known;
  }

  private keep(text: string): string {
    this.known.set(text, text);
    return text;
  }
}
