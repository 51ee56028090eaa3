import { z } from 'zod';
import { issueCode } from './enums';
import { listOf, pageQuery } from './paging';

/** A rejected or doubtful fact: where it is, what is wrong, what to do. */
export const issue = z
  .strictObject({
    code: issueCode,
    feed: z.string(),
    file: z.string().nullable(),
    line: z.number().int().nullable(),
    column: z.number().int().nullable(),
    field: z.string().nullable(),
    value: z.string().nullable(),
    reason: z.string(),
    remedy: z.string(),
    count: z.number().int().min(0),
  })
  .meta({ id: 'Issue' });

/** A page of issues. */
export const issueList = listOf(issue);

/** The page of a list of issues. */
export const issuesQuery = z.strictObject(pageQuery);
