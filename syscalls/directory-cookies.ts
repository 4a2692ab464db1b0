/**
 * Directory positions for guests with 32-bit offsets.
 *
 * ext4 and others give 64-bit callers 63-bit hash positions. glibc's 32-bit readdir reports EOVERFLOW
 * if d_off does not fit 32 bits, so each position that is too large is replaced by a small number of
 * our own, which lseek on the directory translates back.
 */

/** Positions below this are passed on as they are; ours start here and stay below 2^31. */
const FIRST = 0x4000_0000;
/** Positions that are remembered: the last ones of all directories. */
const CAPACITY = 1 << 17;

/** Bytes of the memory that the threads of a process share. */
export const COOKIE_BYTES = 4 + 8 * CAPACITY;

export class DirectoryCookies {
  /** How many there have been, then two words for each. */
  private readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer, at: number) {
    this.words = new Int32Array(buffer, at, COOKIE_BYTES / 4);
  }

  /** The guest's number for a position. */
  shorten(low: number, high: number): number {
    if (high === 0 && low >>> 0 < FIRST) return low;
    const cookie = (Atomics.add(this.words, 0, 1) >>> 0) % CAPACITY;
    this.words[1 + 2 * cookie] = low;
    this.words[2 + 2 * cookie] = high;
    return FIRST + cookie;
  }

  /** True for numbers that may be ours. */
  isCookie(offset: number): boolean {
    return offset >= FIRST && offset < FIRST + Math.min(this.words[0]! >>> 0, CAPACITY);
  }

  /** The position that one of our numbers stands for. */
  restore(cookie: number): bigint {
    const i = cookie - FIRST;
    return (BigInt(this.words[2 + 2 * i]!) << 32n) | BigInt(this.words[1 + 2 * i]! >>> 0);
  }
}
