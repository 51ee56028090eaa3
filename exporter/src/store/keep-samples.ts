import { z } from 'zod';
import type { GpuSample } from '../facts/gpu-sample';
import type { Channel, Row } from './engine';
import { rowOfSample } from './rows/sample-row';
import { numberCell } from './rows/scalars';
import { statement } from './sql-file';

const lastSession = z.object({ session: numberCell });

const HIGHEST = 2n ** 64n - 1n;
const ROWS_A_SESSION = 2n ** 40n;

/** Keeps GPU samples in the order in which they are handed in; of one device and instant the first stands. */
export class SampleKeeper {
  private queue: Promise<unknown> = Promise.resolve();
  private precedence: bigint | null = null;

  constructor(private readonly channel: Channel) {}

  /** Appends samples after all that were handed in before; a call that failed may be repeated. */
  append(samples: readonly GpuSample[]): Promise<void> {
    const done = this.queue.then(() => this.appendNow(samples));
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.queue;
  }

  private async appendNow(samples: readonly GpuSample[]): Promise<void> {
    if (samples.length === 0) return;
    const highest = this.precedence ?? (await this.openSession());
    this.precedence = highest - BigInt(samples.length);
    await this.channel.insert('gpu_samples', rowsFrom(samples, highest));
  }

  /** The highest precedence of this process, below all of every process before it. */
  private async openSession(): Promise<bigint> {
    const [last] = await this.channel.query(statement('last-sample-session'), lastSession);
    const session = (last?.session ?? 0) + 1;
    await this.channel.insert('sample_sessions', [{ session }]);
    return HIGHEST - BigInt(session) * ROWS_A_SESSION;
  }
}

function rowsFrom(samples: readonly GpuSample[], highest: bigint): Row[] {
  return samples.map((sample, index) => rowOfSample(sample, highest - BigInt(index)));
}
