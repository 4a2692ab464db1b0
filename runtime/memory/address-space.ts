/**
 * The guest's mappings: every change goes to the host kernel inside the 4 GiB window and to the VMA
 * list, which is the truth for /proc/self/maps, for access checks and for dropping stale translations.
 *
 * Errors are returned as negative Linux errno numbers, results as unsigned guest addresses.
 */
import { addressOf, HOST, syscall } from '../host';
import { PAGE_SIZE, Prot, type GuestMemory } from './guest-memory';
import { ANONYMOUS, hostProt, pageDown, pageProt, pageUp, UNNAMED_FILE, type AttachRequest, type MapRequest } from './mapping';
import { SharedMappings } from './shared-mappings';
import { UsualPlaces } from './usual-places';
import { VmaList, type Vma } from './vma-list';

export const EEXIST = 17;
export const EFAULT = 14;
export const EINVAL = 22;
export const ENOMEM = 12;

/** Host mmap constants (include/uapi/linux/mman.h, asm-generic/mman-common.h). */
const MAP = { SHARED: 0x01, PRIVATE: 0x02, FIXED: 0x10, ANONYMOUS: 0x20, NORESERVE: 0x4000, FIXED_NOREPLACE: 0x100000 } as const;
const MREMAP = { MAYMOVE: 1, FIXED: 2 } as const;
const MS_ASYNC = 1;
const NO_FILE = { fd: -1, offset: 0 } as const;
const HOLE_FLAGS = MAP.PRIVATE | MAP.FIXED | MAP.ANONYMOUS | MAP.NORESERVE;

/** Called before translations of [start, end) become stale. */
export type CodeChange = (start: number, end: number) => void;

export class AddressSpace {
  /** Host address of guest address 0. */
  readonly base: number;
  private readonly list = new VmaList();
  /** Lowest address that may be mapped (vm.mmap_min_addr). */
  readonly minimum = 0x10000;
  /** Mappings without an address are placed downwards from here, as Linux does below the stack. */
  mmapTop: number;
  /** READ_IMPLIES_EXEC of personality(2): readable mappings are made executable. */
  readImpliesExec = false;
  /** Start and current end of the heap that brk moves. */
  private brkStart = 0;
  private brkEnd = 0;
  private readonly listeners: CodeChange[] = [];
  private readonly usualPlaces = new UsualPlaces();
  /** Ranges with MADV_DONTFORK; what has been mapped there since does not count. */
  private keptFromChildren: { readonly start: number; readonly end: number }[] = [];
  /** Present once the guest has several threads. */
  private shared: SharedMappings | undefined;
  private version = -1;
  private depth = 0;
  private changesSeen = 0;
  private kickOthers: () => void = () => undefined;

  /** @param shared mappings that another thread of this process has made; absent: an empty address space */
  constructor(
    readonly memory: GuestMemory,
    /** First address the guest may not map (the end of user space; the commpage lies beyond it on ARM). */
    readonly limit: number,
    shared?: SharedMappings,
  ) {
    this.mmapTop = Math.min(0xbf00_0000, limit);
    this.base = addressOf(memory.u8);
    if (shared !== undefined) {
      this.shared = shared;
      this.changesSeen = shared.changes;
      return;
    }
    const r = syscall(HOST.mmap, this.base, 2 ** 32, 0, HOLE_FLAGS, -1, 0);
    if (r < 0) throw new Error(`cannot reserve the guest address space (errno ${-r})`);
  }

  /** All mappings. */
  get vmas(): VmaList {
    if (this.shared !== undefined && this.depth === 0 && this.shared.version !== this.version) this.exclusively(() => undefined);
    return this.list;
  }

  /** From now on other threads of the process may see and change the mappings. */
  share(): SharedMappings {
    if (this.shared === undefined) {
      this.shared = new SharedMappings();
      this.store();
    }
    return this.shared;
  }

  /** @param kick makes all other threads call `followCodeChanges` soon */
  onSharedCodeChange(kick: () => void): void {
    this.kickOthers = kick;
  }

  /** Drops what was translated from code that other threads have changed. */
  followCodeChanges(): void {
    if (this.shared === undefined || this.shared.changes === this.changesSeen) return;
    const changes = this.shared.changesSince(this.changesSeen);
    this.changesSeen += changes.length;
    if (changes.length === 1 && changes[0]![1] === 2 ** 32) this.changesSeen = this.shared.changes;
    for (const [start, end] of changes) for (const l of this.listeners) l(start, end);
  }

  /** The guest has written code in [start, end). */
  codeWritten(start: number, end: number): void {
    for (const l of this.listeners) l(start, end);
    if (this.shared !== undefined) this.exclusively(() => this.postChange(start, end));
  }

  private postChange(start: number, end: number): void {
    this.shared!.postChange(start, end);
    if (this.changesSeen === this.shared!.changes - 1) this.changesSeen++;
    this.kickOthers();
  }

  /** Runs something while no other thread changes mappings. */
  undisturbed<T>(body: () => T): T {
    return this.exclusively(body);
  }

  /** Runs what changes mappings while no other thread does. */
  private exclusively<T>(body: () => T): T {
    const { shared } = this;
    if (shared === undefined || this.depth > 0) return body();
    shared.lock.acquire();
    this.depth++;
    try {
      this.load();
      const before = this.list.changes;
      const heap = this.brkEnd;
      const result = body();
      if (this.list.changes !== before || this.brkEnd !== heap) this.store();
      return result;
    } finally {
      this.depth--;
      shared.lock.release();
    }
  }

  private load(): void {
    const { shared } = this;
    if (shared === undefined || shared.version === this.version) return;
    const { vmas, brkStart, brkEnd, readImpliesExec, keptFromChildren } = shared.read();
    this.list.adopt(vmas);
    this.brkStart = brkStart;
    this.brkEnd = brkEnd;
    this.readImpliesExec = readImpliesExec;
    this.keptFromChildren = [...keptFromChildren];
    this.version = shared.version;
  }

  private store(): void {
    const { list, brkStart, brkEnd, readImpliesExec, keptFromChildren, shared } = this;
    shared!.write({ vmas: list.all(), brkStart, brkEnd, readImpliesExec, keptFromChildren });
    this.version = shared!.version;
  }

  /** Registers a listener for changes to executable pages. */
  onCodeChange(listener: CodeChange): void {
    this.listeners.push(listener);
  }

  /** Host address of a guest address. */
  host(address: number): number {
    return this.base + (address >>> 0);
  }

  /** mmap(2). */
  map(request: MapRequest): number {
    return this.exclusively(() => this.mapNow(request));
  }

  private mapNow(request: MapRequest): number {
    const length = pageUp(request.length);
    if (length === 0) return -EINVAL;
    if (length > this.limit) return -ENOMEM;
    const at = this.place(request, length);
    if (at < 0) return at;
    const prot = this.effectiveProt(request.prot);
    const flags = (request.file ? 0 : MAP.ANONYMOUS) | (request.shared === true ? MAP.SHARED : MAP.PRIVATE) | MAP.FIXED;
    this.changed(at, at + length);
    const { fd, offset } = request.file ?? NO_FILE;
    const r = syscall(HOST.mmap, this.base + at, length, hostProt(prot), flags | (request.hostFlags ?? 0), fd, offset);
    if (r < 0) {
      this.repairHole(at, at + length);
      return r;
    }
    if (this.keptFromChildren.length > 0) this.noteForkAdvice(at, at + length, false);
    this.usualPlaces.note(request, at);
    this.record({
      start: at,
      end: at + length,
      prot,
      shared: request.shared === true,
      offset: request.file?.offset ?? 0,
      backing: request.backing ?? (request.file === undefined ? ANONYMOUS : UNNAMED_FILE),
      ...(request.file !== undefined && (prot & Prot.Write) !== 0 && { written: true }),
    });
    return at;
  }

  /**
   * Has a host call put a mapping into a free range, or over what is at `address`.
   * @param attach makes the mapping at a host address, replacing what is there; returns a negative errno if it cannot
   * @param alignment of the address, a power of two
   */
  attach(request: AttachRequest, alignment: number, attach: (host: number) => number): number {
    return this.exclusively(() => this.attachNow(request, alignment, attach));
  }

  private attachNow(request: AttachRequest, alignment: number, attach: (host: number) => number): number {
    const { address, prot, shared, backing } = request;
    const length = pageUp(request.length);
    const at = address ?? this.placeAligned(length, alignment);
    if (at < 0) return at;
    if (at % PAGE_SIZE !== 0 || at + length > this.limit) return -EINVAL;
    this.changed(at, at + length);
    const r = attach(this.base + at);
    if (r < 0) {
      this.repairHole(at, at + length);
      return r;
    }
    this.record({ start: at, end: at + length, prot, shared, offset: 0, backing });
    return at;
  }

  private placeAligned(length: number, alignment: number): number {
    const found = this.place({ length: length + alignment - PAGE_SIZE, prot: 0 }, length + alignment - PAGE_SIZE);
    return found < 0 ? found : Math.ceil(found / alignment) * alignment;
  }

  private place(request: MapRequest, length: number): number {
    const { address, fixed } = request;
    if (fixed !== undefined) {
      if (address === undefined || address % PAGE_SIZE !== 0) return -EINVAL;
      if (address + length > this.limit) return -ENOMEM;
      if (fixed === 'noreplace' && this.list.overlapping(address, address + length).length > 0) return -EEXIST;
      return address;
    }
    if (address !== undefined && address !== 0) {
      const hint = Math.max(pageDown(address), this.minimum);
      if (hint + length <= this.limit && this.list.isFree(hint, hint + length)) return hint;
    }
    const usual = this.usualPlaces.of(request);
    if (usual !== undefined && usual + length <= this.limit && this.vmas.isFree(usual, usual + length)) return usual;
    const found =
      request.from !== undefined
        ? this.list.findAbove(request.from, this.limit, length)
        : (this.list.findBelow(this.mmapTop, this.minimum, length) ?? this.list.findAbove(this.mmapTop, this.limit, length));
    return found ?? -ENOMEM;
  }

  private effectiveProt(prot: number): number {
    return this.readImpliesExec && (prot & Prot.Read) !== 0 ? prot | Prot.Exec : prot;
  }

  /**
   * After a failed mmap: the host may have unmapped what was there before it failed (a driver's mmap refused).
   * Its own threads must not find the hole.
   */
  private repairHole(start: number, end: number): void {
    if (syscall(HOST.msync, this.base + start, end - start, MS_ASYNC) !== -ENOMEM) return;
    this.fillHole(start, end);
    this.list.remove(start, end);
  }

  private record(vma: Vma): void {
    this.list.insert(vma);
    this.memory.pages.fill(pageProt(vma.prot), vma.start / PAGE_SIZE, vma.end / PAGE_SIZE);
  }

  /** Unmaps everything, the pages outside the guest's reach included: the middle of execve(2). */
  clear(): void {
    const { pages } = this.memory;
    for (const { start, end } of this.list.all()) pages.fill(0, start / PAGE_SIZE, end / PAGE_SIZE);
    this.list.clear();
    this.readImpliesExec = false;
    this.brkStart = this.brkEnd = 0;
    this.shared = undefined;
    const r = syscall(HOST.mmap, this.base, 2 ** 32, 0, HOLE_FLAGS, -1, 0);
    if (r < 0) throw new Error(`cannot clear the guest address space (errno ${-r})`);
  }

  /**
   * What a page shows, if that is bytes of a file that nobody has changed since it was mapped: pages of the same
   * source hold the same code. Undefined for all other pages.
   */
  sourceOf(page: number): string | undefined {
    const address = page * PAGE_SIZE;
    const vma = this.list.at(address);
    if (vma?.backing.version === undefined || vma.shared || vma.written === true) return undefined;
    const { device, inode, version } = vma.backing;
    return `${device}:${inode}:${version}:${vma.offset + address - vma.start}`;
  }

  /** munmap(2). The hole is refilled at once with inaccessible pages. */
  unmap(address: number, length: number): number {
    return this.exclusively(() => this.unmapNow(address, length));
  }

  private unmapNow(address: number, length: number): number {
    const end = address + pageUp(length);
    if (address % PAGE_SIZE !== 0 || length === 0 || end > this.limit) return -EINVAL;
    this.changed(address, end);
    const r = this.fillHole(address, end);
    if (r < 0) return r;
    if (this.keptFromChildren.length > 0) this.noteForkAdvice(address, end, false);
    this.list.remove(address, end);
    return 0;
  }

  private fillHole(start: number, end: number): number {
    const r = syscall(HOST.mmap, this.base + start, end - start, 0, HOLE_FLAGS, -1, 0);
    if (r < 0) return r;
    this.memory.pages.fill(0, start / PAGE_SIZE, end / PAGE_SIZE);
    return 0;
  }

  /**
   * Fills a range that was unmapped on the host for a moment. Should another host thread's mmap have landed there, the
   * range is lost to the guest instead of the thread's memory to the guest.
   */
  private refillHole(start: number, end: number): void {
    const flags = (HOLE_FLAGS & ~MAP.FIXED) | MAP.FIXED_NOREPLACE;
    const r = syscall(HOST.mmap, this.base + start, end - start, 0, flags, -1, 0);
    this.memory.pages.fill(0, start / PAGE_SIZE, end / PAGE_SIZE);
    if (r < 0) this.record({ start, end, prot: 0, shared: false, offset: 0, backing: { name: '[host]', device: 0, inode: 0 } });
  }

  /** mprotect(2). */
  protect(address: number, length: number, prot: number): number {
    return this.exclusively(() => this.protectNow(address, length, prot));
  }

  private protectNow(address: number, length: number, prot: number): number {
    const end = address + pageUp(length);
    if (address % PAGE_SIZE !== 0) return -EINVAL;
    if (length === 0) return 0;
    if (end > this.limit || !this.list.covers(address, end)) return -ENOMEM;
    const effective = this.effectiveProt(prot);
    this.changed(address, end);
    const r = syscall(HOST.mprotect, this.base + address, end - address, hostProt(effective));
    if (r < 0) return r;
    this.list.protect(address, end, effective);
    this.memory.pages.fill(pageProt(effective), address / PAGE_SIZE, end / PAGE_SIZE);
    return 0;
  }

  /** remap_file_pages(2): the kernel maps another part of the same file in the place. `page` counts pages of the file. */
  remapFilePages(address: number, length: number, prot: number, page: number, flags: number): number {
    return this.exclusively(() => this.remapFilePagesNow(address, length, prot, page, flags));
  }

  private remapFilePagesNow(address: number, length: number, prot: number, page: number, flags: number): number {
    const start = pageDown(address);
    const end = start + pageDown(length);
    const vma = this.list.at(start);
    if (vma === undefined || !vma.shared || end > vma.end) return -EINVAL;
    this.changed(start, end);
    const r = syscall(HOST.remap_file_pages, this.base + start, end - start, prot, page, flags);
    if (r < 0) return r;
    this.record({ ...vma, start, end, offset: page * PAGE_SIZE });
    return 0;
  }

  /** mremap(2). */
  remap(old: number, oldLength: number, newLength: number, flags: number, newAddress: number): number {
    return this.exclusively(() => this.remapNow(old, oldLength, newLength, flags, newAddress));
  }

  private remapNow(old: number, oldLength: number, newLength: number, flags: number, newAddress: number): number {
    const from = pageUp(oldLength);
    const to = pageUp(newLength);
    if (old % PAGE_SIZE !== 0 || to === 0 || (flags & ~(MREMAP.MAYMOVE | MREMAP.FIXED)) !== 0) return -EINVAL;
    if ((flags & MREMAP.FIXED) !== 0 && ((flags & MREMAP.MAYMOVE) === 0 || newAddress % PAGE_SIZE !== 0)) return -EINVAL;
    const vma = this.list.at(old);
    if (vma === undefined || old + from > Math.min(vma.end, this.limit)) return -EFAULT;
    if (from === 0 && !vma.shared) return -EINVAL;
    if ((flags & MREMAP.FIXED) !== 0) {
      if (newAddress + to > this.limit) return -EINVAL;
      if (newAddress < old + from && old < newAddress + to) return -EINVAL;
      const gone = this.unmap(newAddress, to);
      return gone < 0 ? gone : this.move(vma, old, from, newAddress, to);
    }
    if (from === 0) return this.moveAnywhere(vma, old, from, to, flags);
    if (to <= from) {
      if (to < from) this.unmap(old + to, from - to);
      return old;
    }
    if (old + from === vma.end && old + to <= this.limit && this.list.isFree(old + from, old + to)) {
      const r = this.growInPlace(vma, old, from, to);
      if (r >= 0) return r;
    }
    return this.moveAnywhere(vma, old, from, to, flags);
  }

  private moveAnywhere(vma: Vma, old: number, from: number, to: number, flags: number): number {
    if ((flags & MREMAP.MAYMOVE) === 0) return -ENOMEM;
    const at = this.place({ length: to, prot: vma.prot }, to);
    return at < 0 ? at : this.move(vma, old, from, at, to);
  }

  /** The host cannot grow a mapping into our filler pages, so they go first. */
  private growInPlace(vma: Vma, old: number, from: number, to: number): number {
    const start = this.base + old + from;
    syscall(HOST.munmap, start, to - from);
    const r = syscall(HOST.mremap, this.base + old, from, to, 0);
    if (r < 0) {
      this.refillHole(old + from, old + to);
      return r;
    }
    this.record({ ...vma, start: old + from, end: old + to, offset: vma.offset + (old + from - vma.start) });
    return old;
  }

  /** Moves [old, old + from) to the free range [at, at + to). With `from` 0 a second view of a shared mapping is made. */
  private move(vma: Vma, old: number, from: number, at: number, to: number): number {
    this.changed(old, old + from);
    this.changed(at, at + to);
    const r = syscall(HOST.mremap, this.base + old, from, to, MREMAP.MAYMOVE | MREMAP.FIXED, this.base + at);
    if (r < 0) {
      this.fillHole(at, at + to);
      return r;
    }
    if (from > 0) {
      this.list.remove(old, old + from);
      this.refillHole(old, old + from);
    }
    this.record({ ...vma, start: at, end: at + to, offset: vma.offset + (old - vma.start) });
    return at;
  }

  /** Sets where the heap starts: page-aligned end of the program's bss. */
  setBrk(start: number): void {
    this.brkStart = this.brkEnd = pageUp(start);
  }

  /** brk(2): returns the new end of the heap, or the old one if it cannot move there. */
  brk(end: number): number {
    return this.exclusively(() => this.brkNow(end));
  }

  private brkNow(end: number): number {
    if (end < this.brkStart || end > this.limit) return this.brkEnd;
    const oldTop = pageUp(this.brkEnd);
    const newTop = pageUp(end);
    if (newTop > oldTop) {
      if (!this.list.isFree(oldTop, newTop)) return this.brkEnd;
      const backing = { name: '[heap]', device: 0, inode: 0 };
      if (this.map({ address: oldTop, length: newTop - oldTop, prot: 3, fixed: 'noreplace', backing }) < 0) return this.brkEnd;
    } else if (newTop < oldTop && this.unmap(newTop, oldTop - newTop) < 0) return this.brkEnd;
    this.brkEnd = end;
    return end;
  }

  /** Current end of the heap. */
  get heapEnd(): number {
    return this.brkEnd;
  }

  /** Lets the heap end where that of a process ends which has used this memory since. */
  followBrk(end: number): void {
    if (end !== this.brkEnd) this.brk(end);
  }

  /** madvise(2) with MADV_DONTFORK or MADV_DOFORK has been used: `forked` must know. */
  noteForkAdvice(start: number, end: number, keep: boolean): void {
    this.keptFromChildren = this.keptFromChildren.flatMap((r) => [
      ...(r.start < start ? [{ start: r.start, end: Math.min(r.end, start) }] : []),
      ...(r.end > end ? [{ start: Math.max(r.start, end), end: r.end }] : []),
    ]);
    if (keep) this.keptFromChildren.push({ start, end });
  }

  /** In a new child: what the kernel has not copied is unmapped. */
  forked(): void {
    for (const { start, end } of this.keptFromChildren.splice(0)) {
      for (const v of this.list.overlapping(start, end))
        this.unmap(Math.max(v.start, start), Math.min(v.end, end) - Math.max(v.start, start));
      this.fillHole(start, end);
    }
  }

  /**
   * Maps private pages at a fixed place outside the guest's reach (above `limit`), such as the ARM
   * commpage, and fills them.
   */
  mapKernelPage(address: number, bytes: Uint8Array, prot: number, name: string): void {
    const length = pageUp(bytes.length);
    const r = syscall(HOST.mmap, this.base + address, length, 3, MAP.PRIVATE | MAP.FIXED | MAP.ANONYMOUS, -1, 0);
    if (r < 0) throw new Error(`cannot map ${name} (errno ${-r})`);
    this.memory.u8.set(bytes, address);
    syscall(HOST.mprotect, this.base + address, length, hostProt(prot));
    const backing = { name, device: 0, inode: 0, version: 'kernel' };
    this.record({ start: address, end: address + length, prot, shared: false, offset: 0, backing });
  }

  private changed(start: number, end: number): void {
    for (const l of this.listeners) l(start, end);
    if (this.shared !== undefined && this.list.overlapping(start, end).some((v) => (v.prot & Prot.Exec) !== 0)) this.postChange(start, end);
  }
}
