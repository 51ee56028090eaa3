import type { Issue } from '../../facts/issue';

/**
 * Which issues stand, and which of them the reader was not told of yet. One that stands no more is told once more with
 * count 0, as the store takes issues back.
 */
export class ToldIssues {
  private readonly standing = new Map<string, readonly Issue[]>();
  private told = new Map<string, Issue>();

  /** The issues of one source, in place of those that it had. */
  replace(source: string, issues: readonly Issue[]): void {
    this.standing.set(source, issues);
  }

  /** Forgets a source and its issues. */
  forget(source: string): void {
    this.standing.delete(source);
  }

  /** What is new, otherwise counted or over since the last time. */
  take(): Issue[] {
    const now = new Map<string, Issue>();
    for (const issue of [...this.standing.values()].flat()) {
      const key = JSON.stringify({ ...issue, count: 0 });
      now.set(key, { ...issue, count: (now.get(key)?.count ?? 0) + issue.count });
    }
    const news = [...now].filter(([key, issue]) => this.told.get(key)?.count !== issue.count).map(([, issue]) => issue);
    const over = [...this.told].filter(([key]) => !now.has(key)).map(([, issue]) => ({ ...issue, count: 0 }));
    this.told = now;
    return [...over, ...news];
  }
}
