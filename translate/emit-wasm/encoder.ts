/** Bytes of a number whose value comes later. */
const ROOM = 4;

/** A growing byte buffer with WebAssembly's integer encodings (spec, section 5.2). */
export class Encoder {
  bytes = new Uint8Array(4096);
  length = 0;

  private reserve(n: number): void {
    if (this.length + n <= this.bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + n));
    bigger.set(this.bytes);
    this.bytes = bigger;
  }

  byte(b: number): void {
    this.reserve(1);
    this.bytes[this.length++] = b;
  }

  raw(bytes: ArrayLike<number>): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Unsigned LEB128 of a 32-bit number. */
  u32(n: number): void {
    n >>>= 0;
    do {
      const b = n & 0x7f;
      n >>>= 7;
      this.byte(n !== 0 ? b | 0x80 : b);
    } while (n !== 0);
  }

  /** Signed LEB128 of a 32-bit number. */
  s32(n: number): void {
    n |= 0;
    for (;;) {
      const b = n & 0x7f;
      n >>= 7;
      if ((n === 0 && (b & 0x40) === 0) || (n === -1 && (b & 0x40) !== 0)) {
        this.byte(b);
        return;
      }
      this.byte(b | 0x80);
    }
  }

  /** Leaves room for a number below 2^27 that `fill` writes. */
  room(): void {
    for (let i = 0; i < ROOM; i++) this.byte(0);
  }

  /** Writes a number of 32 bits, below 2^27 and not negative, as a signed LEB128 of fixed length. */
  fill(at: number, n: number): void {
    if (n < 0 || n >= 2 ** 27) throw new RangeError(`${n} has no room`);
    for (let i = 0; i < ROOM; i++, n >>= 7) this.bytes[at + i] = (n & 0x7f) | (i < ROOM - 1 ? 0x80 : 0);
  }

  /** Signed LEB128 of a 64-bit number in halves. */
  s64(low: number, high: number): void {
    for (;;) {
      const b = low & 0x7f;
      low = (low >>> 7) | (high << 25);
      high >>= 7;
      const done = (low === 0 && high === 0 && (b & 0x40) === 0) || (low === -1 && high === -1 && (b & 0x40) !== 0);
      this.byte(done ? b : b | 0x80);
      if (done) return;
    }
  }

  /** Little-endian 32-bit word. */
  word(n: number): void {
    this.raw([n & 0xff, (n >>> 8) & 0xff, (n >>> 16) & 0xff, n >>> 24]);
  }

  name(s: string): void {
    this.u32(s.length);
    for (let i = 0; i < s.length; i++) this.byte(s.charCodeAt(i));
  }

  /** Appends a section or other length-prefixed item. */
  sized(body: Encoder): void {
    this.u32(body.length);
    this.raw(body.bytes.subarray(0, body.length));
  }

  result(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
