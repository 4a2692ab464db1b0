/**
 * The two ends of a vfork. The child is a real one with memory of its own, but the parent waits until the child executes
 * another program or ends, and then gets to see what the child has written: posix_spawn of glibc reports the error of a
 * failed exec in this way, and shells keep variables that the child sets.
 *
 * The child finds the pages that it has written in the kernel's page map: of the private pages those that no other
 * process maps any more, since copying on write gave it its own. The parent copies them from the child, which may not
 * write to the parent where only descendants may be traced (Yama). A child that is killed leaves nothing.
 */
import { addressOf, HOST, syscall } from '../runtime/host';
import { Prot, type AddressSpace } from '../runtime/memory';
import { E } from './errno';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const PAGE = 4096;
const O_CLOEXEC = 0o2000000;
const AT_FDCWD = -100;

/** Bits of the upper word of a /proc/pid/pagemap entry (Documentation/admin-guide/mm/pagemap.rst). */
const PRESENT = 0x8000_0000;
const SWAPPED = 0x4000_0000;
const FILE_OR_SHARED = 0x2000_0000;
const EXCLUSIVE = 1 << 24;

/** Words of a message: a count of ranges and the end of the heap, or of the answer. */
const HEADER_WORDS = 16;
/** Ranges copied by one message. */
const MAX_RANGES = 1000;

const PAGEMAP = new Uint8Array(64);
PAGEMAP.set(Buffer.from('/proc/self/pagemap'));

export class VforkLink {
  private readonly message = new Float64Array(HEADER_WORDS + 2 * MAX_RANGES);
  private readonly at = addressOf(this.message);

  private constructor(
    private readonly space: AddressSpace,
    private readonly shared: boolean,
    private readonly within: PageRange | undefined,
    private parentEnd: number,
    private childEnd: number,
  ) {}

  /**
   * To be made before the fork.
   * @param shared false if the child's writes do not concern the parent
   * @param within where they do; absent: everywhere. Where the parent's other threads go on, they must not be overwritten
   */
  static open(space: AddressSpace, shared: boolean, within?: PageRange): VforkLink | number {
    const ends = new Int32Array(16);
    const r = syscall(HOST.socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, addressOf(ends));
    return r < 0 ? r : new VforkLink(space, shared, within, ends[0]!, ends[1]!);
  }

  /** Neither end is needed: the fork has failed, or this is a child of the child. */
  close(): void {
    this.closeParentEnd();
    this.closeChildEnd();
  }

  private closeParentEnd(): void {
    if (this.parentEnd >= 0) syscall(HOST.close, this.parentEnd);
    this.parentEnd = -1;
  }

  private closeChildEnd(): void {
    if (this.childEnd >= 0) syscall(HOST.close, this.childEnd);
    this.childEnd = -1;
  }

  /**
   * In the parent: returns when the child has let go of the memory.
   * @param codeChanged told of changes in executable pages
   */
  waitForChild(pid: number, codeChanged: (start: number, end: number) => void): void {
    this.closeChildEnd();
    while (this.receive()) {
      this.takeOver(pid, codeChanged);
      this.send(HEADER_WORDS);
    }
    this.closeParentEnd();
  }

  private takeOver(pid: number, codeChanged: (start: number, end: number) => void): void {
    const [count, heapEnd] = this.message as unknown as [number, number];
    this.space.followBrk(heapEnd);
    const iovecs = new BigUint64Array(8);
    const [local, remote] = [addressOf(iovecs), addressOf(iovecs) + 16];
    const { pages } = this.space.memory;
    for (let i = 0; i < count; i++) {
      const [start, end] = [this.message[HEADER_WORDS + 2 * i]!, this.message[HEADER_WORDS + 2 * i + 1]!];
      if ((pages[start / PAGE]! & Prot.Exec) !== 0) codeChanged(start, end);
      iovecs[0] = iovecs[2] = BigInt(this.space.base + start);
      iovecs[1] = iovecs[3] = BigInt(end - start);
      syscall(HOST.process_vm_readv, pid, local, 1, remote, 1, 0);
    }
  }

  /** In the child: the parent end is the parent's. */
  becomeChild(): void {
    this.closeParentEnd();
  }

  /** In the child, before its memory goes: shows the parent what it has written. The parent goes on waiting. */
  synchronise(): void {
    if (!this.shared || this.childEnd < 0) return;
    const ranges = writtenRanges(this.space, this.within);
    for (let from = 0; from === 0 || from < ranges.length; from += MAX_RANGES) {
      const some = ranges.slice(from, from + MAX_RANGES);
      this.message[0] = some.length;
      this.message[1] = this.space.heapEnd;
      some.forEach(({ start, end }, i) => this.message.set([start, end], HEADER_WORDS + 2 * i));
      this.send(HEADER_WORDS + 2 * some.length);
      this.receive();
    }
  }

  /** In the child: the parent may go on. */
  release(): void {
    this.closeChildEnd();
  }

  private get end(): number {
    return this.parentEnd >= 0 ? this.parentEnd : this.childEnd;
  }

  private send(words: number): void {
    for (let done = 0; done < 8 * words;) {
      const n = syscall(HOST.write, this.end, this.at + done, 8 * words - done);
      if (n > 0) done += n;
      else if (n !== -E.INTR) return;
    }
  }

  /** Receives a message; false if the other end is gone. */
  private receive(): boolean {
    const parent = this.parentEnd >= 0;
    if (!this.fill(0, HEADER_WORDS)) return false;
    return !parent || this.fill(HEADER_WORDS, 2 * this.message[0]!);
  }

  private fill(from: number, words: number): boolean {
    for (let done = 0; done < 8 * words;) {
      const n = syscall(HOST.read, this.end, this.at + 8 * from + done, 8 * words - done);
      if (n > 0) done += n;
      else if (n !== -E.INTR) return false;
    }
    return true;
  }
}

interface PageRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges of private guest pages that this process has written since it was forked. */
function writtenRanges(space: AddressSpace, within: PageRange | undefined): PageRange[] {
  const ranges: PageRange[] = [];
  const fd = syscall(HOST.openat, AT_FDCWD, addressOf(PAGEMAP), O_CLOEXEC);
  if (fd < 0) return ranges;
  for (const v of within === undefined ? space.vmas.all() : space.vmas.overlapping(within.start, within.end)) {
    if (v.shared || (v.backing.inode !== 0 && v.written !== true)) continue;
    const count = (v.end - v.start) / PAGE;
    const entries = new Uint32Array(Math.max(2 * count, 16));
    const offset = ((space.base + v.start) / PAGE) * 8;
    const read = Math.max(syscall(HOST.pread64, fd, addressOf(entries), 8 * count, offset), 0) / 8;
    for (let i = 0; i < read; i++) {
      if (!isOwn(entries[2 * i + 1]!)) continue;
      const start = v.start + i * PAGE;
      while (i + 1 < read && isOwn(entries[2 * i + 3]!)) i++;
      ranges.push({ start, end: v.start + (i + 1) * PAGE });
    }
  }
  syscall(HOST.close, fd);
  return ranges;
}

function isOwn(entry: number): boolean {
  if ((entry & SWAPPED) !== 0) return true;
  return (entry & PRESENT) !== 0 && (entry & FILE_OR_SHARED) === 0 && (entry & EXCLUSIVE) !== 0;
}
