/**
 * The names of a file's symbols (System V gABI, chapters 4 and 5): of a dynamic program what it takes from libraries, of a static one
 * what was linked into it, unless it has been stripped.
 */
import type { ElfFile, Segment } from './elf-file';
import { readExactly } from './host-file';

const PT_DYNAMIC = 2;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
/** Offsets in a 32-bit program header. */
const P_OFFSET = 4;
const P_FILESZ = 16;
const ENTRY_SIZE = 8;
const SHT_SYMTAB = 2;
/** Offsets in a 32-bit ELF header and section header. */
const E_SHOFF = 32;
const E_SHENTSIZE = 46;
const SH_TYPE = 4;
const SH_OFFSET = 16;
const SH_SIZE = 20;
const SH_LINK = 24;
const SECTION_SIZE = 40;
/** Larger tables are not looked at, to save time. */
const MAX_SIZE = 1 << 20;

/** Whether one of the names is among them. False for files that are not as they should be. */
export function hasSymbolName(elf: ElfFile, names: readonly string[]): boolean {
  if (elf.class !== 32) return false;
  const table = elf.interpreter === undefined ? staticStrings(elf) : dynamicStrings(elf);
  return table !== undefined && names.some((name) => table.includes(`\0${name}\0`, 0, 'latin1'));
}

/** The string table of the symbol table in the section headers. */
function staticStrings(elf: ElfFile): Buffer | undefined {
  const word = wordReader(elf);
  const half = (at: number): number => (elf.order === 'little' ? elf.file.head.readUInt16LE(at) : elf.file.head.readUInt16BE(at));
  const count = half(E_SHENTSIZE + 2);
  if (half(E_SHENTSIZE) !== SECTION_SIZE) return undefined;
  const sections = readPart(elf, word(elf.file.head, E_SHOFF), count * SECTION_SIZE);
  for (let i = 0; sections !== undefined && i < count; i++) {
    if (word(sections, i * SECTION_SIZE + SH_TYPE) !== SHT_SYMTAB) continue;
    const strings = word(sections, i * SECTION_SIZE + SH_LINK);
    if (strings >= count) return undefined;
    return readPart(elf, word(sections, strings * SECTION_SIZE + SH_OFFSET), word(sections, strings * SECTION_SIZE + SH_SIZE));
  }
  return undefined;
}

const wordReader =
  ({ order }: ElfFile) =>
  (from: Buffer, at: number): number =>
    order === 'little' ? from.readUInt32LE(at) : from.readUInt32BE(at);

function dynamicStrings(elf: ElfFile): Buffer | undefined {
  const { offset, size, count } = elf.programHeaders;
  const headers = readExactly(elf.file, offset, size * count);
  const word = wordReader(elf);
  for (let at = 0; at < headers.length; at += size) {
    if (word(headers, at) !== PT_DYNAMIC) continue;
    const dynamic = readPart(elf, word(headers, at + P_OFFSET), word(headers, at + P_FILESZ));
    if (dynamic === undefined) return undefined;
    const tags = new Map<number, number>();
    for (let e = 0; e + ENTRY_SIZE <= dynamic.length; e += ENTRY_SIZE) tags.set(word(dynamic, e), word(dynamic, e + 4));
    const [address, length] = [tags.get(DT_STRTAB), tags.get(DT_STRSZ)];
    const segment = elf.segments.find((s) => address !== undefined && contains(s, address));
    return segment && readPart(elf, address! - segment.vaddr + segment.offset, length ?? 0);
  }
  return undefined;
}

function contains({ vaddr, fileSize }: Segment, address: number): boolean {
  return address >= vaddr && address < vaddr + fileSize;
}

function readPart({ file }: ElfFile, offset: number, length: number): Buffer | undefined {
  return length > MAX_SIZE || offset + length > file.size ? undefined : readExactly(file, offset, length);
}
