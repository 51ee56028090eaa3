/**
 * Keeps the last answer of a read and gives it again while the first two arguments are the same; further arguments are
 * not compared. A failed read is not kept.
 */
export function remember<Args extends readonly [unknown, ...unknown[]], Answer>(
  read: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  let last: { args: Args; answer: Promise<Answer> } | null = null;
  return (...args) => {
    if (last && last.args[0] === args[0] && last.args[1] === args[1]) return last.answer;
    const kept = { args, answer: read(...args) };
    last = kept;
    kept.answer.catch(() => {
      if (last === kept) last = null;
    });
    return kept.answer;
  };
}
