import type { Outcome, RunKey } from '../../facts/attempt';
import type { RunName } from '../metaflow/row-source';

/** A run as facts tell it, as far as following it needs. */
type ToldRun = { readonly key: RunKey; readonly outcome: Outcome };

const KEPT_LOST = 1000;

/**
 * The runs whose own rows are asked for in every look: open ones, and those that were lost last, because their
 * heartbeat may come back.
 */
export class FollowedRuns {
  readonly #open = new Map<string, RunName>();
  readonly #lost = new Map<string, RunName>();

  /** Notes what was last told of runs. */
  note(runs: readonly ToldRun[]): void {
    for (const { key, outcome } of runs) {
      const name = { flow: key.flow, run: key.run };
      const text = runText(name);
      this.#open.delete(text);
      this.#lost.delete(text);
      if (outcome === 'running') this.#open.set(text, name);
      if (outcome === 'lost') this.#lost.set(text, name);
    }
    for (const text of [...this.#lost.keys()].slice(0, -KEPT_LOST)) this.#lost.delete(text);
  }

  names(): RunName[] {
    return [...this.#open.values(), ...this.#lost.values()];
  }

  isOpen(name: RunName): boolean {
    return this.#open.has(runText(name));
  }
}

/** A run's name as one text. */
export function runText({ flow, run }: RunName): string {
  return JSON.stringify([flow, run]);
}

/** The name that {@link runText} made a text of. */
export function runNamed(text: string): RunName {
  const [flow, run] = JSON.parse(text) as [string, string];
  return { flow, run };
}
