const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const NAMED: { readonly [text: string]: number } = {
  inf: Infinity,
  infinity: Infinity,
  '+inf': Infinity,
  '+infinity': Infinity,
  '-inf': -Infinity,
  '-infinity': -Infinity,
  nan: NaN,
};

/**
 * A sample value as Prometheus reads it (Go's ParseFloat): decimal, hexadecimal with a binary exponent, infinities and
 * NaN in any case. Null for anything else, and for a number beyond a float64; takes time linear in the text.
 */
export function parseExpositionNumber(text: string): number | null {
  const first = text.charCodeAt(0);
  const digits = first === PLUS || first === MINUS ? 1 : 0;
  if (isDecimal(text, digits)) return finite(Number(text));
  if (text.length <= 9 && Object.hasOwn(NAMED, text.toLowerCase())) return NAMED[text.toLowerCase()]!;
  const hexadecimal = parseHexadecimal(text, digits);
  return hexadecimal === null ? null : finite(first === MINUS ? -hexadecimal : hexadecimal);
}

/** A whole number in decimal digits, with or without a sign, that a float64 holds exactly; null for anything else. */
export function parseWhole(text: string): number | null {
  const first = text.charCodeAt(0);
  const from = first === PLUS || first === MINUS ? 1 : 0;
  if (from === text.length || skipDigits(text, from) !== text.length) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function isDecimal(text: string, from: number): boolean {
  const whole = skipDigits(text, from);
  const end = text.charCodeAt(whole) === DOT ? skipDigits(text, whole + 1) : whole;
  const digits = end - from - (end > whole ? 1 : 0);
  return digits > 0 && (end === text.length || isExponent(text, end, 'e'));
}

function isExponent(text: string, at: number, letter: 'e' | 'p'): boolean {
  if (text.charAt(at).toLowerCase() !== letter) return false;
  const sign = text.charCodeAt(at + 1);
  const from = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
  return from < text.length && skipDigits(text, from) === text.length;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The magnitude of `0x1.8p3` from behind its sign; digits beyond the fifteenth only say that there is a rest. */
function parseHexadecimal(text: string, from: number): number | null {
  if (text.slice(from, from + 2).toLowerCase() !== '0x') return null;
  let mantissa = 0n;
  let [kept, seen, exponent, fraction, at] = [0, 0, 0, false, from + 2];
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = hexDigit(code);
    if (digit === null && (code !== DOT || fraction)) break;
    if (digit === null) {
      fraction = true;
      continue;
    }
    seen += 1;
    if (kept < 15) mantissa = mantissa * 16n + BigInt(digit);
    else if (digit > 0) mantissa |= 1n;
    if (kept === 15) exponent += 4;
    else if (mantissa > 0n) kept += 1;
    if (fraction) exponent -= 4;
  }
  if (seen === 0 || !isExponent(text, at, 'p')) return null;
  return scale(Number(mantissa), exponent + Number(text.slice(at + 1)));
}

function hexDigit(code: number): number | null {
  if (isDigit(code)) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : null;
}

/** mantissa × 2^exponent in two steps: neither factor leaves the range of a float64 on its own. */
function scale(mantissa: number, exponent: number): number {
  if (mantissa === 0) return 0;
  const half = Math.trunc(Math.max(-2200, Math.min(2200, exponent)) / 2);
  const rest = Math.max(-2200, Math.min(2200, exponent)) - half;
  return mantissa * 2 ** half * 2 ** rest;
}
