/**
 * Guest memory as translated JavaScript sees it: the checked slow paths behind the inline accesses of
 * the interpreter and of emitted JavaScript. An access is tried inline when it is aligned and in the
 * host's byte order; everything else comes here.
 */
import { bswap32 } from './ir/ops';
import { alignmentMask, MemFlag } from './ir/types';

/** A guest access to memory it may not access that way. */
export class GuestFault extends Error {
  /**
   * @param address first inaccessible guest address; undefined if only the host's kernel knows
   * @param access what was tried
   * @param mapped true if the page exists but its protection forbids the access (SEGV_ACCERR)
   */
  constructor(
    readonly address: number | undefined,
    readonly access: 'read' | 'write' | 'align',
    readonly mapped: boolean,
  ) {
    super(`guest ${access} fault at ${address === undefined ? 'an unknown address' : `0x${address.toString(16)}`}`);
  }
}

/** The views of guest memory that generated code and the interpreter index directly. */
export interface GuestViews {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly view: DataView;
  /** Protection bits by page: 1 read, 2 write, 4 execute. */
  readonly pages: Uint8Array;
  /** The memory that the views are of, where accesses that `pages` forbids trap. */
  readonly memory?: WebAssembly.Memory;
}

const PAGE_SHIFT = 12;
const READ = 1;
const WRITE = 2;

const bswap16 = (x: number): number => ((x & 0xff) << 8) | ((x >>> 8) & 0xff);

export class GuestAccess implements GuestViews {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly view: DataView;
  readonly pages: Uint8Array;
  /** Upper half of the last 64-bit load or compare-and-swap. */
  high = 0;

  constructor(memory: GuestViews) {
    this.u8 = memory.u8;
    this.i32 = memory.i32;
    this.view = memory.view;
    this.pages = memory.pages;
    const buffer = memory.u8.buffer;
    this.i8 = new Int8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i16 = new Int16Array(buffer);
  }

  /** Throws GuestFault unless all bytes of the access allow `prot`, and its alignment if it is checked. */
  private check(address: number, size: number, prot: number, flags: number): void {
    if ((address & alignmentMask(flags, size)) !== 0) throw new GuestFault(address, 'align', true);
    const first = this.pages[address >>> PAGE_SHIFT]!;
    if ((first & prot) === 0) throw new GuestFault(address, prot === READ ? 'read' : 'write', first !== 0);
    const end = (address + size - 1) >>> 0;
    const last = this.pages[end >>> PAGE_SHIFT]!;
    if ((last & prot) === 0 || end < address) throw new GuestFault((end & ~0xfff) >>> 0, prot === READ ? 'read' : 'write', last !== 0);
  }

  load8(address: number): number {
    address >>>= 0;
    this.check(address, 1, READ, 0);
    return this.u8[address]!;
  }

  /** Zero-extended. */
  load16(address: number, flags: number): number {
    address >>>= 0;
    this.check(address, 2, READ, flags);
    return this.view.getUint16(address, (flags & MemFlag.BigEndian) === 0);
  }

  load32(address: number, flags: number): number {
    address >>>= 0;
    this.check(address, 4, READ, flags);
    return this.view.getInt32(address, (flags & MemFlag.BigEndian) === 0);
  }

  /** Returns the low word; the high word is in `high`. */
  load64(address: number, flags: number): number {
    address >>>= 0;
    this.check(address, 8, READ, flags);
    const little = (flags & MemFlag.BigEndian) === 0;
    this.high = this.view.getInt32(address + (little ? 4 : 0), little);
    return this.view.getInt32(address + (little ? 0 : 4), little);
  }

  store8(address: number, value: number): void {
    address >>>= 0;
    this.check(address, 1, WRITE, 0);
    this.u8[address] = value;
  }

  store16(address: number, value: number, flags: number): void {
    address >>>= 0;
    this.check(address, 2, WRITE, flags);
    this.view.setInt16(address, value, (flags & MemFlag.BigEndian) === 0);
  }

  store32(address: number, value: number, flags: number): void {
    address >>>= 0;
    this.check(address, 4, WRITE, flags);
    this.view.setInt32(address, value, (flags & MemFlag.BigEndian) === 0);
  }

  store64(address: number, low: number, high: number, flags: number): void {
    address >>>= 0;
    this.check(address, 8, WRITE, flags);
    const little = (flags & MemFlag.BigEndian) === 0;
    this.view.setInt32(address + (little ? 0 : 4), low, little);
    this.view.setInt32(address + (little ? 4 : 0), high, little);
  }

  /** Puts four words, least significant first, into `words` from index `at` on. */
  load128(address: number, flags: number, words: Int32Array, at: number): void {
    address >>>= 0;
    this.check(address, 16, READ, flags);
    const little = (flags & MemFlag.BigEndian) === 0;
    for (let k = 0; k < 4; k++) words[at + k] = this.view.getInt32(address + 4 * (little ? k : 3 - k), little);
  }

  /** Takes four words, least significant first, from `words` from index `at` on. */
  store128(address: number, flags: number, words: Int32Array, at: number): void {
    address >>>= 0;
    this.check(address, 16, WRITE, flags);
    const little = (flags & MemFlag.BigEndian) === 0;
    for (let k = 0; k < 4; k++) this.view.setInt32(address + 4 * (little ? k : 3 - k), words[at + k]!, little);
  }

  cas8(address: number, expected: number, value: number): number {
    address >>>= 0;
    this.check(address, 1, WRITE, 0);
    return Atomics.compareExchange(this.u8, address, expected & 0xff, value & 0xff);
  }

  /** Exclusives must be aligned (Arm ARM A3.2.1, MIPS LL, PowerPC lwarx), so this faults if they are not. */
  cas16(address: number, expected: number, value: number, flags: number): number {
    address >>>= 0;
    this.check(address, 2, WRITE, MemFlag.Aligned);
    const be = (flags & MemFlag.BigEndian) !== 0;
    const old = be
      ? bswap16(Atomics.compareExchange(this.u16, address >>> 1, bswap16(expected), bswap16(value)))
      : Atomics.compareExchange(this.u16, address >>> 1, expected & 0xffff, value & 0xffff);
    return old;
  }

  cas32(address: number, expected: number, value: number, flags: number): number {
    address >>>= 0;
    this.check(address, 4, WRITE, MemFlag.Aligned);
    if ((flags & MemFlag.BigEndian) !== 0)
      return bswap32(Atomics.compareExchange(this.i32, address >>> 2, bswap32(expected), bswap32(value)));
    return Atomics.compareExchange(this.i32, address >>> 2, expected, value);
  }

  /** Returns the old low word; the old high word is in `high`. */
  cas64(address: number, expectedLow: number, expectedHigh: number, low: number, high: number, flags: number): number {
    address >>>= 0;
    this.check(address, 8, WRITE, MemFlag.Aligned);
    this.doublewords ??= new BigInt64Array(this.u8.buffer);
    const swap = (flags & MemFlag.BigEndian) !== 0;
    const expected = join(expectedLow, expectedHigh, swap);
    const old = Atomics.compareExchange(this.doublewords, address / 8, expected, join(low, high, swap));
    const lo = Number(BigInt.asIntN(32, old));
    const hi = Number(old >> 32n);
    this.high = swap ? bswap32(lo) : hi;
    return swap ? bswap32(hi) : lo;
  }
  private doublewords: BigInt64Array | undefined;
}

/** A doubleword as it lies in memory. Rare enough (64-bit exclusives) for BigInt. */
function join(low: number, high: number, swap: boolean): bigint {
  const [lo, hi] = swap ? [bswap32(high), bswap32(low)] : [low, high];
  return (BigInt(hi | 0) << 32n) | BigInt(lo >>> 0);
}
