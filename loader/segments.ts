/** Places an ELF file in the guest's address space and maps its segments (elf_load in fs/binfmt_elf.c). */
import { ANONYMOUS, PAGE_SIZE, Prot, type AddressSpace, type Backing } from '../runtime/memory';
import type { ElfFile, Segment } from './elf-file';
import { Errno, hex, LoadError } from './load-error';

/** MAP_NORESERVE of every Linux host: memory that the program may never touch must not count. */
export const MAP_NORESERVE = 0x4000;

const pageUp = (n: number): number => Math.ceil(n / PAGE_SIZE) * PAGE_SIZE;
const pageDown = (n: number): number => Math.floor(n / PAGE_SIZE) * PAGE_SIZE;

/** Page-aligned bounds of all segments, without load bias. */
export function extent(elf: ElfFile): { readonly low: number; readonly high: number } {
  return {
    low: pageDown(Math.min(...elf.segments.map((s) => s.vaddr))),
    high: pageUp(Math.max(...elf.segments.map((s) => s.vaddr + s.memSize))),
  };
}

/**
 * Chooses what to add to an ET_DYN file's addresses: a multiple of its largest alignment.
 * @param from lowest address wanted; the highest free place below the mmap area's top if absent
 */
export function placeDynamic(space: AddressSpace, elf: ElfFile, from: number | undefined): number {
  const { low, high } = extent(elf);
  const align = Math.max(PAGE_SIZE, ...elf.segments.map((s) => s.align));
  // Room to move up to the next multiple of the alignment
  const length = high - low + align - PAGE_SIZE;
  const at =
    from === undefined
      ? (space.vmas.findBelow(space.mmapTop, space.minimum, length) ?? space.vmas.findAbove(space.mmapTop, space.limit, length))
      : space.vmas.findAbove(from, space.limit, length);
  if (at === undefined) throw noRoom(elf, `needs ${hex(length)} bytes of address space in one piece`);
  return Math.ceil((at - low) / align) * align;
}

/** Throws LoadError unless all segments of a file with fixed addresses fall on free user space. */
export function checkFixed(space: AddressSpace, elf: ElfFile): void {
  for (const s of elf.segments) {
    const end = pageUp(s.vaddr + s.memSize);
    if (end > space.limit) throw noRoom(elf, `segment ${s.index} ends at ${hex(end)}, beyond user space (${hex(space.limit)})`);
    if (!space.vmas.isFree(pageDown(s.vaddr), end)) throw noRoom(elf, `segment ${s.index} at ${hex(s.vaddr)} lies on another mapping`);
  }
}

/**
 * Maps all segments with their addresses moved by `bias`. Segments that share a page are mapped in file order,
 * so the later one's view of the page wins, as in Linux.
 */
export function mapSegments(space: AddressSpace, elf: ElfFile, bias: number): void {
  const { file } = elf;
  const backing: Backing = { name: file.realPath, device: file.device, inode: file.inode, version: file.version };
  for (const segment of elf.segments) {
    const start = bias + segment.vaddr;
    const fileEnd = start + segment.fileSize;
    const end = start + segment.memSize;
    let anonymous = pageDown(start);
    if (segment.fileSize > 0) {
      mapFilePart(space, elf, segment, start, backing);
      anonymous = pageUp(fileEnd);
    } else if (start > anonymous && space.vmas.at(start) !== undefined) {
      // A bss that starts inside the previous segment's last page
      anonymous += PAGE_SIZE;
    }
    if (end > fileEnd && fileEnd < anonymous) zero(space, fileEnd, anonymous);
    if (end > anonymous)
      check(
        elf,
        space.map({
          address: anonymous,
          length: end - anonymous,
          prot: segment.prot,
          fixed: 'replace',
          backing: ANONYMOUS,
          hostFlags: MAP_NORESERVE,
        }),
      );
  }
}

function mapFilePart(space: AddressSpace, elf: ElfFile, segment: Segment, start: number, backing: Backing): void {
  const address = pageDown(start);
  const file = { fd: elf.file.fd, offset: pageDown(segment.offset) };
  const length = start + segment.fileSize - address;
  check(elf, space.map({ address, length, prot: segment.prot, fixed: 'replace', file, backing }));
}

/** Clears [from, to), which lies in one page; the file's bytes show there after the segment's own. */
function zero(space: AddressSpace, from: number, to: number): void {
  const page = pageDown(from);
  const prot = space.vmas.at(page)?.prot ?? 0;
  const writable = Prot.Read | Prot.Write;
  if ((prot & Prot.Write) === 0) space.protect(page, PAGE_SIZE, writable);
  space.memory.u8.fill(0, from, to);
  if ((prot & Prot.Write) === 0) space.protect(page, PAGE_SIZE, prot);
}

function check(elf: ElfFile, result: number): void {
  if (result < 0) throw new LoadError(elf.file.path, `cannot be mapped (errno ${-result})`, -result);
}

function noRoom(elf: ElfFile, reason: string): LoadError {
  return new LoadError(elf.file.path, reason, Errno.ENOMEM);
}
