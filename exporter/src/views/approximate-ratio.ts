/** Part of a whole as the nearest float, 0 to 1, for display alone; null where the whole is nothing. */
export function approximateRatio(part: bigint | number, whole: bigint | number): number | null {
  if (Number(whole) <= 0) return null;
  return Math.min(Math.max(Number(part) / Number(whole), 0), 1);
}
