/**
 * Reads and checks the ELF header and program headers (System V gABI chapters 4 and 5). elfy parses them;
 * nothing it returns is used before it is known to lie inside the file and inside 4 GiB.
 */
import { Parser, type Header, type Program } from 'elfy';
import { PAGE_SIZE, Prot } from '../runtime/memory';
import { readExactly, type HostFile } from './host-file';
import { Errno, hex, LoadError } from './load-error';
import type { MachineFields } from './machines';

const ELF_MAGIC = 0x7f454c46;
const IDENT = { CLASS: 4, DATA: 5, VERSION: 6 } as const;
const EM_OFFSET = 18;
const EV_CURRENT = 1;
const HEADER_SIZE = { 32: 52, 64: 64 } as const;
const PROGRAM_HEADER_SIZE = { 32: 32, 64: 56 } as const;
/** The kernel reads no larger table (load_elf_phdrs in fs/binfmt_elf.c). */
const MAX_TABLE = 65536;
const PATH_MAX = 4096;
const FOUR_GIB = 2 ** 32;

/** A PT_LOAD segment that takes memory. */
export interface Segment {
  /** Position in the program header table, for messages. */
  readonly index: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly fileSize: number;
  readonly memSize: number;
  /** PROT_* bits. */
  readonly prot: number;
  /** Power of two; 1 if the file asks for none. */
  readonly align: number;
}

export interface ElfFile extends MachineFields {
  readonly file: HostFile;
  readonly type: 'exec' | 'dyn';
  /** Virtual address, without load bias. */
  readonly entry: number;
  readonly programHeaders: { readonly offset: number; readonly size: number; readonly count: number };
  /** In file order; at least one. */
  readonly segments: readonly Segment[];
  /** PT_INTERP's path without the NUL. */
  readonly interpreter: Buffer | undefined;
  /** PT_GNU_STACK's wish; `default` without one. */
  readonly stack: 'default' | 'executable' | 'plain';
}

export function isElf(file: HostFile): boolean {
  return file.head.length >= 4 && file.head.readUInt32BE(0) === ELF_MAGIC;
}

/** An ELF header whose machine is known and whose program headers are still unread. */
export interface ElfHeader extends MachineFields {
  readonly file: HostFile;
  readonly parser: Parser;
  readonly header: Header;
}

/** Reads the ELF header of a file that starts with the ELF magic. Throws LoadError. */
export function readElfHeader(file: HostFile): ElfHeader {
  const { head } = file;
  if (head.length < 16) throw bad(file, 'truncated ELF header');
  const elfClass = head[IDENT.CLASS] === 1 ? 32 : head[IDENT.CLASS] === 2 ? 64 : undefined;
  const order = head[IDENT.DATA] === 1 ? 'little' : head[IDENT.DATA] === 2 ? 'big' : undefined;
  if (elfClass === undefined) throw bad(file, `corrupt ELF header: class ${head[IDENT.CLASS]}`);
  if (order === undefined) throw bad(file, `corrupt ELF header: byte order ${head[IDENT.DATA]}`);
  if (head[IDENT.VERSION] !== EV_CURRENT) throw bad(file, `unknown ELF version ${head[IDENT.VERSION]}`);
  if (head.length < HEADER_SIZE[elfClass]) throw bad(file, 'truncated ELF header');
  const parser = new Parser();
  const header = parser.parseHeader(head);
  if (header.version !== EV_CURRENT) throw bad(file, `unknown ELF version ${header.version}`);
  const machine = order === 'little' ? head.readUInt16LE(EM_OFFSET) : head.readUInt16BE(EM_OFFSET);
  return { file, parser, header, machine, class: elfClass, order, flags: header.flags };
}

/** Reads and checks the rest of an ELF file. Throws LoadError. */
export function readElf(elf: ElfHeader): ElfFile {
  const { file, header } = elf;
  if (header.type === 'rel') throw bad(file, 'is an object file, not a program');
  if (header.type === 'core') throw bad(file, 'is a core dump, not a program');
  if (header.type !== 'exec' && header.type !== 'dyn') throw bad(file, 'corrupt ELF header: unknown file type');
  const programs = readProgramHeaders(elf);
  const segments = programs.flatMap((p, index) => (p.type === 'load' ? (segmentOf(file, p, index) ?? []) : []));
  if (segments.length === 0) throw bad(file, 'has no loadable segments');
  rejectOverlaps(file, segments);
  if (header.entry >= FOUR_GIB) throw above4GiB(file, 'entry point', header.entry);
  const interpreter = programs.find((p) => p.type === 'interp');
  const stack = programs.findLast((p) => p.type === 'gnu_stack');
  return {
    file,
    machine: elf.machine,
    class: elf.class,
    order: elf.order,
    flags: elf.flags,
    type: header.type,
    entry: header.entry,
    programHeaders: { offset: header.phoff, size: header.phentsize, count: header.phnum },
    segments,
    interpreter: interpreter === undefined ? undefined : interpreterPath(file, interpreter),
    stack: stack === undefined ? 'default' : stack.flags.x === true ? 'executable' : 'plain',
  };
}

function readProgramHeaders({ file, parser, header, class: elfClass }: ElfHeader): readonly Program[] {
  const { phoff, phentsize, phnum } = header;
  if (phnum === 0) throw bad(file, 'has no program headers');
  if (phentsize !== PROGRAM_HEADER_SIZE[elfClass]) throw bad(file, `corrupt ELF header: program headers of ${phentsize} bytes`);
  const size = phnum * phentsize;
  if (size > MAX_TABLE) throw bad(file, `corrupt ELF header: ${phnum} program headers`);
  if (phoff < HEADER_SIZE[elfClass]) throw bad(file, `corrupt ELF header: program headers at ${hex(phoff)}`);
  if (phoff + size > file.size) throw bad(file, `truncated: program headers end at byte ${phoff + size} of ${file.size}`);
  if (phoff + size <= file.head.length) return parser.parsePrograms(file.head, header);
  const table = Buffer.concat([file.head.subarray(0, HEADER_SIZE[elfClass]), readExactly(file, phoff, size)]);
  return parser.parsePrograms(table, { ...header, phoff: HEADER_SIZE[elfClass] });
}

function segmentOf(file: HostFile, p: Program, index: number): Segment | undefined {
  const fail = (what: string): LoadError => bad(file, `segment ${index} ${what}`);
  if (p.memsz < p.filesz) throw fail(`is larger in the file (${hex(p.filesz)}) than in memory (${hex(p.memsz)})`);
  if (p.memsz === 0) return undefined;
  if (p.vaddr + p.memsz > FOUR_GIB) throw above4GiB(file, `segment ${index}`, p.vaddr + p.memsz - 1);
  if (p.filesz > 0 && p.offset + p.filesz > file.size)
    throw bad(file, `truncated: segment ${index} ends at byte ${p.offset + p.filesz} of ${file.size}`);
  if (p.align > 1 && (p.align > FOUR_GIB || !Number.isInteger(Math.log2(p.align))))
    throw fail(`has alignment ${hex(p.align)}, not a power of two`);
  if (p.filesz > 0 && p.vaddr % PAGE_SIZE !== p.offset % PAGE_SIZE)
    throw fail(`cannot be mapped: address ${hex(p.vaddr)} and file offset ${hex(p.offset)} differ within a page`);
  const prot = (p.flags.r ? Prot.Read : 0) | (p.flags.w ? Prot.Write : 0) | (p.flags.x ? Prot.Exec : 0);
  return { index, offset: p.offset, vaddr: p.vaddr, fileSize: p.filesz, memSize: p.memsz, prot, align: Math.max(p.align, 1) };
}

function rejectOverlaps(file: HostFile, segments: readonly Segment[]): void {
  const sorted = [...segments].sort((a, b) => a.vaddr - b.vaddr);
  sorted.forEach((s, i) => {
    const next = sorted[i + 1];
    if (next !== undefined && s.vaddr + s.memSize > next.vaddr)
      throw bad(file, `segments ${s.index} and ${next.index} overlap at ${hex(next.vaddr)}`);
  });
}

function interpreterPath(file: HostFile, p: Program): Buffer {
  if (p.filesz < 2 || p.filesz > PATH_MAX) throw bad(file, `corrupt ELF file: interpreter name of ${p.filesz} bytes`);
  if (p.offset + p.filesz > file.size) throw bad(file, 'truncated: the interpreter name is missing');
  const name = readExactly(file, p.offset, p.filesz);
  if (name[name.length - 1] !== 0) throw bad(file, 'corrupt ELF file: the interpreter name has no end');
  // Copied: `name` may be a view of the file's head
  return Buffer.from(name.subarray(0, name.indexOf(0)));
}

function bad(file: HostFile, reason: string): LoadError {
  return new LoadError(file.path, reason, Errno.ENOEXEC);
}

function above4GiB(file: HostFile, what: string, address: number): LoadError {
  return bad(file, `${what} lies above 4 GiB (${hex(address)}), beyond what tsemu can map`);
}
