import type { Response } from 'express';
import { type Problem, type ProblemKind, problemKinds, problemType } from '../../contract/problem';

const MAX_VALUE = 200;

/** What a problem says beside its kind. */
export type ProblemFacts = Omit<Problem, 'type' | 'title' | 'status'>;

/** A request that cannot be answered; the app turns it into a problem body. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly kind: ProblemKind;
  readonly facts: ProblemFacts;

  constructor(kind: ProblemKind, facts: ProblemFacts) {
    super(facts.detail);
    this.kind = kind;
    this.facts = facts;
  }
}

/** The body of a problem; a long value is shortened. */
export function problemBody(kind: ProblemKind, { value, ...facts }: ProblemFacts): Problem {
  const { status, title } = problemKinds[kind];
  const shown =
    value === undefined ? {} : { value: value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value };
  return { type: problemType(kind), title, status, ...facts, ...shown };
}

/** Answers with a problem (RFC 9457). */
export function sendProblem(response: Response, kind: ProblemKind, facts: ProblemFacts): void {
  const body = problemBody(kind, facts);
  response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}
