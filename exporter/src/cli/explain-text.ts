import type { Receipt, ReceiptAttempt } from '../contract/receipt';

/** A receipt for people: one block an attempt, one line a charge period, and the sum. */
export function receiptText({ pathspec, cost, costComplete, currency, completeUntil, asOfLoad, items }: Receipt): string {
  const amount = cost === null ? 'unpriced' : `${cost} ${currency}`;
  const heading = `${pathspec} costs ${amount}${costComplete ? '' : ' so far known; part of it is not (see below)'}.`;
  const footer = `Complete until ${completeUntil ?? 'unknown'}, read at load ${asOfLoad}. Estimated: no bill has landed yet.`;
  return [heading, '', ...items.map(attemptText), footer, ''].join('\n');
}

function attemptText({ step, task, attempt, cost, sentence, charges }: ReceiptAttempt): string {
  const lines = charges.map((charge) => `    ${charge.sentence}\n      Price: ${charge.explanation}`);
  return [`  ${step}/${task} #${attempt}: ${cost ?? 'unpriced'}. ${sentence}`, ...lines, ''].join('\n');
}
