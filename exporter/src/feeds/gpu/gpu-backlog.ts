import type { GpuSample } from '../../facts/gpu-sample';
import type { Issue } from '../../facts/issue';
import { issueOf } from '../metaflow/issue';
import type { GpuBatch } from './gpu-batch';

const MOST_ISSUES = 1000;

/**
 * What scrapes brought and nobody has taken yet; when there is no room the oldest samples give way, and are counted.
 */
export class GpuBacklog {
  private scrapes: (readonly GpuSample[])[] = [];
  private size = 0;
  private lost = 0;
  private issues = new Map<string, Issue>();

  /** `room` is how many samples it may hold. */
  constructor(
    private readonly feed: string,
    private readonly room: number,
  ) {}

  /** Adds what one scrape brought; the answer is how many samples had to give way. Equal issues become one. */
  add(samples: readonly GpuSample[], issues: readonly Issue[]): number {
    const kept = samples.slice(-this.room);
    let lost = samples.length - kept.length;
    this.scrapes.push(kept);
    this.size += kept.length;
    let oldest = 0;
    for (; this.size > this.room; oldest += 1) {
      lost += this.scrapes[oldest]!.length;
      this.size -= this.scrapes[oldest]!.length;
    }
    if (oldest > 0) this.scrapes.splice(0, oldest);
    this.lost += lost;
    issues.forEach((issue) => this.addIssue(issue));
    return lost;
  }

  /** Hands everything over. */
  take(): GpuBatch {
    const batch = { samples: this.scrapes.flat(), issues: [...this.issues.values(), ...this.lostIssue()] };
    [this.scrapes, this.size, this.lost, this.issues] = [[], 0, 0, new Map<string, Issue>()];
    return batch;
  }

  private addIssue(issue: Issue): void {
    const key = JSON.stringify([issue.code, issue.file, issue.field, issue.reason]);
    const known = this.issues.get(key);
    if (known) this.issues.set(key, { ...known, count: known.count + issue.count });
    else if (this.issues.size < MOST_ISSUES) this.issues.set(key, issue);
  }

  private lostIssue(): Issue[] {
    if (this.lost === 0) return [];
    const reason =
      'GPU samples came faster than they were taken in; the oldest were left out, their time is unobserved.';
    const remedy = 'See why cycles take so long; a longer interval brings fewer samples.';
    return [issueOf(this.feed, { code: 'bad_sample', reason, remedy, count: this.lost })];
  }
}
