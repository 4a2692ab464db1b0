/**
 * The guest's 4 GiB address space as one shared WebAssembly.Memory: a guest address is the wasm
 * address. Pages are mapped, protected and unmapped by the host kernel inside it (address-space.ts).
 *
 * JavaScript must not touch a page that the guest could not: the host would raise SIGSEGV. `pages`
 * says what is allowed; the checked accessors and `readable`/`writable` use it.
 */
import { GuestFault } from '../../translate/guest-access';

export { GuestFault };

/** Host and guest page size in bytes. */
export const PAGE_SIZE = 4096;
const PAGE_SHIFT = 12;
const MEMORY_PAGES = 65536; // wasm pages of 64 KiB: 4 GiB

/** Bits of `pages`; those of PROT_READ, PROT_WRITE and PROT_EXEC. */
export const Prot = { Read: 1, Write: 2, Exec: 4 } as const;

export class GuestMemory {
  readonly memory: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly view: DataView;
  /** Protection bits of each guest page; 0 for unmapped. Shared between threads. */
  readonly pages: Uint8Array;
  /** DataView's `littleEndian` argument for data in the guest's byte order. */
  readonly littleEndian: boolean;

  /** @param over another view of the memory to be seen in this byte order; absent: a memory of its own */
  constructor(byteOrder: 'little' | 'big', over?: Pick<GuestMemory, 'memory' | 'pages'>) {
    this.memory = over?.memory ?? new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
    const buffer = this.memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.view = new DataView(buffer);
    this.pages = over?.pages ?? new Uint8Array(new SharedArrayBuffer(2 ** 32 / PAGE_SIZE));
    this.littleEndian = byteOrder === 'little';
  }

  /** True if every page of [address, address + length) has all the protection bits. */
  accessible(address: number, length: number, prot: number): boolean {
    if (length === 0) return true;
    const end = (address >>> 0) + length;
    if (end > 2 ** 32) return false;
    const last = (end - 1) >>> PAGE_SHIFT;
    for (let p = address >>> PAGE_SHIFT; p <= last; p++) if ((this.pages[p]! & prot) !== prot) return false;
    return true;
  }

  /** Throws GuestFault unless [address, address + length) may be read. */
  checkRead(address: number, length: number): void {
    if (!this.accessible(address, length, Prot.Read)) throw this.fault(address, length, Prot.Read);
  }

  /** Throws GuestFault unless [address, address + length) may be written. */
  checkWrite(address: number, length: number): void {
    if (!this.accessible(address, length, Prot.Write)) throw this.fault(address, length, Prot.Write);
  }

  private fault(address: number, length: number, prot: number): GuestFault {
    let at = address >>> 0;
    const end = at + length;
    while (at < end && at < 2 ** 32 && (this.pages[at >>> PAGE_SHIFT]! & prot) === prot) at = ((at >>> PAGE_SHIFT) + 1) * PAGE_SIZE;
    return new GuestFault(at >>> 0, prot === Prot.Read ? 'read' : 'write', this.pages[at >>> PAGE_SHIFT] !== 0);
  }

  // Checked accessors in guest byte order; unaligned addresses are fine. They throw GuestFault.

  read8(address: number): number {
    this.checkRead(address, 1);
    return this.u8[address >>> 0]!;
  }
  read16(address: number): number {
    this.checkRead(address, 2);
    return this.view.getUint16(address >>> 0, this.littleEndian);
  }
  /** Unsigned 32-bit word. */
  read32(address: number): number {
    this.checkRead(address, 4);
    return this.view.getUint32(address >>> 0, this.littleEndian);
  }
  read64(address: number): bigint {
    this.checkRead(address, 8);
    return this.view.getBigUint64(address >>> 0, this.littleEndian);
  }
  write8(address: number, value: number): void {
    this.checkWrite(address, 1);
    this.u8[address >>> 0] = value;
  }
  write16(address: number, value: number): void {
    this.checkWrite(address, 2);
    this.view.setUint16(address >>> 0, value, this.littleEndian);
  }
  write32(address: number, value: number): void {
    this.checkWrite(address, 4);
    this.view.setUint32(address >>> 0, value, this.littleEndian);
  }
  write64(address: number, value: bigint): void {
    this.checkWrite(address, 8);
    this.view.setBigUint64(address >>> 0, value, this.littleEndian);
  }

  /** A copy of guest bytes. */
  readBytes(address: number, length: number): Uint8Array {
    this.checkRead(address, length);
    return this.u8.slice(address >>> 0, (address >>> 0) + length);
  }

  writeBytes(address: number, bytes: Uint8Array): void {
    this.checkWrite(address, bytes.length);
    this.u8.set(bytes, address >>> 0);
  }

  /** The bytes of a NUL-terminated string, without the NUL. Throws GuestFault, or RangeError past `max` bytes. */
  readCString(address: number, max = 1 << 20): Uint8Array {
    let at = address >>> 0;
    const start = at;
    for (;;) {
      if (at === 2 ** 32) throw new GuestFault(0, 'read', false);
      this.checkRead(at, 1);
      const pageEnd = ((at >>> PAGE_SHIFT) + 1) * PAGE_SIZE;
      const nul = this.u8.subarray(at, pageEnd).indexOf(0);
      if (nul >= 0) return this.u8.slice(start, at + nul);
      at = pageEnd;
      if (at - start > max) throw new RangeError('string too long');
    }
  }
}
