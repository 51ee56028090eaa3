/** What a run, or all runs of a month, of a flow, a team or an experiment may cost; unset parts match anything. */
export type Budget = {
  readonly flow: string | null;
  readonly team: string | null;
  readonly experiment: string | null;
  /** 10⁻¹² of the ledger's currency. */
  readonly amount: bigint;
  readonly period: 'run' | 'month';
};
