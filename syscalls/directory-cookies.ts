/**
 * Directory positions for guests with 32-bit offsets.
 *
 * ext4 and others give 64-bit callers 63-bit hash positions. glibc's 32-bit readdir reports EOVERFLOW
 * if d_off does not fit 32 bits, so each position that is too large is replaced by a small number of
 * our own, which lseek on the directory translates back.
 */

/** Positions below this are passed on as they are; ours start here and stay below 2^31. */
const FIRST = 0x4000_0000;

export class DirectoryCookies {
  private readonly low: number[] = [];
  private readonly high: number[] = [];

  /** The guest's number for a position. */
  shorten(low: number, high: number): number {
    if (high === 0 && low >>> 0 < FIRST) return low;
    this.low.push(low);
    this.high.push(high);
    return FIRST + this.low.length - 1;
  }

  /** The position a guest number stands for, or undefined if it is not one of ours. */
  restore(cookie: number): bigint | undefined {
    const i = cookie - FIRST;
    if (i < 0 || i >= this.low.length) return undefined;
    return (BigInt(this.high[i]!) << 32n) | BigInt(this.low[i]! >>> 0);
  }

  /** Forgets all: after rewinddir earlier positions mean nothing (POSIX seekdir). */
  clear(): void {
    this.low.length = 0;
    this.high.length = 0;
  }
}
