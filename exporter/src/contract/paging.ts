import { z } from 'zod';
import { completeUntil, currency } from './scalars';

/** What every list answers with: one page, and how fresh it is. */
export const listFields = {
  nextCursor: z.string().nullable().describe('Give this as `cursor` for the next page; null on the last one.'),
  completeUntil,
  currency,
};

/** The envelope of a list of `item`. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.strictObject({ items: z.array(item), ...listFields });

/** How many items a page holds, and where it starts. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('items a page, a whole number from 1 to 500'),
  cursor: z.string().min(1).max(8000).optional().describe('the `nextCursor` of the page before, unchanged'),
};
