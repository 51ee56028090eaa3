/**
 * A copy that stands on its own: a piece cut out of a body would keep the whole body in memory for as long as it lives.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
