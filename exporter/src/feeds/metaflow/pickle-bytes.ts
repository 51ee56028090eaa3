import { PickleRefusal } from './pickle-refusal';

const MAX_LONG_BYTES = 1024;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a pickle, read forward; reading past their end throws {@link PickleRefusal}. */
export class PickleBytes {
  private offset = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  uint64(): number {
    return Number(this.view.getBigUint64(this.advance(8), true));
  }

  /** A float, which pickle writes big-endian; text where JSON has no number for it. */
  float64(): number | string {
    const value = this.view.getFloat64(this.advance(8), false);
    return Number.isFinite(value) ? value : String(value);
  }

  /** A two's-complement integer of `length` bytes; text where a double cannot hold it exactly. */
  long(length: number): number | string {
    if (length > MAX_LONG_BYTES) throw new PickleRefusal(`holds an integer of ${length} bytes`);
    const digits = Buffer.from(this.take(length)).reverse().toString('hex');
    const value = length === 0 ? 0n : BigInt.asIntN(length * 8, BigInt(`0x${digits}`));
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }

  text(length: number): string {
    const slice = this.take(length);
    try {
      return UTF8.decode(slice);
    } catch {
      throw new PickleRefusal('holds a text that is not UTF-8');
    }
  }

  base64(length: number): string {
    return `base64:${Buffer.from(this.take(length)).toString('base64')}`;
  }

  /** Frames only say how many bytes follow at once; a frame longer than the rest is a cut-off pickle. */
  skipFrame(): void {
    const length = this.uint64();
    if (length > this.bytes.length - this.offset) throw new PickleRefusal('is cut off inside a frame');
  }

  private take(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  private advance(length: number): number {
    if (length > this.bytes.length - this.offset) throw new PickleRefusal('is cut off');
    const start = this.offset;
    this.offset += length;
    return start;
  }
}
