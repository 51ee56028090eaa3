import type { IssuePlace } from '../../exporter/src/store/store';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';

/** Orders issues by feed, code, file, line, column, field and value, unknown places last. */
export function byPlace(a: IssuePlace, b: IssuePlace): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return left.reduce((order: number, part, index) => order || compareParts(part, right[index]!), 0);
}

type Part = string | number | null;

const partsOf = ({ feed, code, file, line, column, field, value }: IssuePlace): Part[] => [
  feed,
  code,
  file,
  line,
  column,
  field,
  value,
];

function compareParts(a: Part, b: Part): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === 'number' ? a - Number(b) : compareUtf8(a, String(b));
}
