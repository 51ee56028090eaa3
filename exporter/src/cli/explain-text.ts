import type { Receipt, ReceiptAttempt } from '../contract/receipt';

/** A receipt for people: one block an attempt, one line a charge period, and the sum. */
export function receiptText(receipt: Receipt): string {
  const { pathspec, cost, costComplete, currency, completeUntil, asOfLoad, items } = receipt;
  const amount = cost === null ? 'unpriced' : `${cost} ${currency}`;
  const heading = `${pathspec} costs ${amount}${costComplete ? '' : ' so far known; part of it is not (see below)'}.`;
  const until = `Complete until ${completeUntil ?? 'unknown'}, read at load ${asOfLoad}.`;
  return [heading, '', ...items.map(attemptText), `${until} Estimated: no bill has landed yet.`, ''].join('\n');
}

function attemptText({ step, task, attempt, cost, sentence, evidence, charges }: ReceiptAttempt): string {
  const lines = charges.map((charge) => `    ${charge.sentence}\n      Price: ${charge.explanation}`);
  const heading = `  ${step}/${task} #${attempt}: ${cost ?? 'unpriced'}. ${sentence}`;
  return [heading, `    ${evidence}`, ...lines, ''].join('\n');
}
