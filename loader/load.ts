/** Loads a program into an empty address space: the last step of execve(2). */
import { addressOf, HOST, syscall } from '../runtime/host';
import { PAGE_SIZE, Prot, type AddressSpace } from '../runtime/memory';
import type { ElfFile } from './elf-file';
import { AT, buildInitialStack, type AuxEntry, type InitialStack } from './initial-stack';
import { Errno, LoadError } from './load-error';
import { openProgram, type Program, type ProgramOptions } from './program';
import { checkFixed, extent, MAP_NORESERVE, mapSegments, placeDynamic } from './segments';

/** Position-independent programs start here, and so does the heap of one that lies in the mmap area (ELF_ET_DYN_BASE on ARM). */
const DYNAMIC_BASE = 0x40_0000;
/** The top of the stack where user space reaches so far: ARM's TASK_SIZE with a 3 GiB split. */
const STACK_TOP = 0xbf00_0000;
/**
 * The top of the area for mappings whose place is ours to choose; where it is full, they go above it. Libraries lie there: code below
 * 2 GiB has addresses that V8 keeps in a word, others are objects, which makes maps of code slow to look up (SQLite's shell takes
 * 5 % less CPU time, `perl -e 1` 6 %).
 */
const MMAP_TOP = 0x8000_0000;
/** RLIMIT_STACK's usual value (_STK_LIM). */
export const DEFAULT_STACK_SIZE = 8 * 1024 * 1024;
/** Kept free below the stack (stack_guard_gap: 256 pages). */
const STACK_GUARD = 256 * PAGE_SIZE;
/** USER_HZ on every architecture but alpha and ia64. */
const CLOCK_TICKS = 100;

/** What the guest architecture and the command line contribute to the new process. */
export interface ProcessOptions {
  readonly envp: readonly Uint8Array[];
  /** AT_HWCAP and AT_HWCAP2; up to 53 bits. */
  readonly hwcap: number;
  readonly hwcap2?: number | undefined;
  /** AT_PLATFORM. */
  readonly platform?: string | undefined;
  /** `-s`: bytes of stack. */
  readonly stackSize?: number | undefined;
  /** `-seed`: makes AT_RANDOM reproducible. */
  readonly seed?: number | undefined;
  /** Entries of the architecture's own (ARCH_DLINFO: AT_SYSINFO_EHDR, PowerPC's cache block sizes), placed first. */
  readonly aux?: readonly AuxEntry[] | undefined;
}

export interface LoadOptions extends ProgramOptions, ProcessOptions {
  readonly argv: readonly Uint8Array[];
}

/** A program in memory, ready to run. Addresses are guest addresses. */
export interface Image {
  readonly target: string;
  /** Initial program counter: the interpreter's entry point if there is one. ARM: bit 0 selects Thumb. */
  readonly entry: number;
  readonly stackPointer: number;
  /** Absolute path of the ELF file, for /proc/self/exe. */
  readonly executable: string;
  /** Absolute path of the ELF interpreter. */
  readonly interpreter: string | undefined;
  readonly argv: readonly Uint8Array[];
  readonly auxv: Uint8Array;
  readonly auxvAddress: number;
  readonly loadBias: number;
  /** Where the interpreter was moved to (AT_BASE); 0 without one. */
  readonly interpreterBase: number;
  /** The program's own entry point (AT_ENTRY). */
  readonly programEntry: number;
  /** Program header table in guest memory (AT_PHDR); address 0 if no segment contains it. */
  readonly programHeaders: { readonly address: number; readonly size: number; readonly count: number };
  /** e_flags: ABI variants (ARM EABI version and BE8, MIPS NaN encoding). */
  readonly elfFlags: number;
  /** struct mm_struct's fields, for /proc/self/stat. */
  readonly startCode: number;
  readonly endCode: number;
  readonly startData: number;
  readonly endData: number;
  readonly brkStart: number;
  readonly argStart: number;
  readonly argEnd: number;
  readonly envStart: number;
  readonly envEnd: number;
  readonly stack: { readonly start: number; readonly end: number };
  /** All readable mappings are executable too: what Linux does for 32-bit programs that do not ask for a plain stack. */
  readonly readImpliesExec: boolean;
}

/**
 * Opens a program and maps it. The address space must be empty below its limit.
 * @param path host path
 * @throws LoadError; mappings made so far stay
 */
export function load(path: string | Uint8Array, space: AddressSpace, options: LoadOptions): Image {
  const program = openProgram(path, options.argv, options);
  try {
    return mapProgram(program, space, options);
  } finally {
    program.close();
  }
}

/** Maps an opened program; the caller closes it. Throws LoadError. */
export function mapProgram(program: Program, space: AddressSpace, options: ProcessOptions): Image {
  const { main, interpreter } = program;
  const readImpliesExec = main.class === 32 && main.stack !== 'plain';
  space.readImpliesExec = readImpliesExec;
  space.mmapTop = Math.min(STACK_TOP, space.limit);
  let loadBias = 0;
  if (main.type === 'exec') {
    checkFixed(space, main);
    mapSegments(space, main, 0);
  }
  const stack = mapStack(space, program, options.stackSize ?? DEFAULT_STACK_SIZE);
  if (main.type === 'dyn') {
    // A program without an interpreter may be one (ld.so run by hand): out of the way of what it will load
    loadBias = placeDynamic(space, main, interpreter === undefined ? undefined : DYNAMIC_BASE);
    mapSegments(space, main, loadBias);
  }
  const interpreterBase = interpreter === undefined ? 0 : mapInterpreter(space, interpreter);
  const brkStart = main.type === 'dyn' && interpreter === undefined ? DYNAMIC_BASE : loadBias + extent(main).high;
  space.setBrk(brkStart);

  const { size, count } = main.programHeaders;
  const programHeaders = { address: programHeaderAddress(main, loadBias), size, count };
  const programEntry = (main.entry + loadBias) % 2 ** 32;
  const initial = writeStack(space, program, stack, options, [
    ...(options.aux ?? []),
    [AT.HWCAP, options.hwcap],
    [AT.PAGESZ, PAGE_SIZE],
    [AT.CLKTCK, CLOCK_TICKS],
    [AT.PHDR, programHeaders.address],
    [AT.PHENT, programHeaders.size],
    [AT.PHNUM, programHeaders.count],
    [AT.BASE, interpreterBase],
    [AT.FLAGS, 0],
    [AT.ENTRY, programEntry],
    ...identity(),
    ...(options.hwcap2 === undefined ? [] : [[AT.HWCAP2, options.hwcap2] as const]),
  ]);
  return {
    target: program.target,
    entry: interpreter === undefined ? programEntry : (interpreter.entry + interpreterBase) % 2 ** 32,
    executable: main.file.realPath,
    interpreter: interpreter?.file.realPath,
    argv: program.argv,
    loadBias,
    interpreterBase,
    programEntry,
    programHeaders,
    elfFlags: main.flags,
    ...codeAndData(main, loadBias),
    brkStart,
    stackPointer: initial.stackPointer,
    auxv: initial.auxv,
    auxvAddress: initial.auxvAddress,
    argStart: initial.argStart,
    argEnd: initial.argEnd,
    envStart: initial.envStart,
    envEnd: initial.envEnd,
    stack,
    readImpliesExec,
  };
}

function mapInterpreter(space: AddressSpace, interpreter: ElfFile): number {
  if (interpreter.type === 'exec') checkFixed(space, interpreter);
  const base = interpreter.type === 'exec' ? 0 : placeDynamic(space, interpreter, undefined);
  mapSegments(space, interpreter, base);
  return base;
}

/** Maps the stack; the mmap area begins below its guard gap at the latest. */
function mapStack(space: AddressSpace, { main }: Program, size: number): { readonly start: number; readonly end: number } {
  const length = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
  const start = space.vmas.findBelow(space.mmapTop, space.minimum + STACK_GUARD, length + STACK_GUARD);
  if (start === undefined) throw new LoadError(main.file.path, `no room for a stack of ${size} bytes`, Errno.ENOMEM);
  const address = start + STACK_GUARD;
  const prot = Prot.Read | Prot.Write | (main.stack === 'executable' || space.readImpliesExec ? Prot.Exec : 0);
  const backing = { name: '[stack]', device: 0, inode: 0 };
  const r = space.map({ address, length, prot, fixed: 'noreplace', backing, hostFlags: MAP_NORESERVE });
  if (r < 0) throw new LoadError(main.file.path, `no room for a stack of ${size} bytes`, -r);
  space.mmapTop = Math.min(start, MMAP_TOP);
  return { start: address, end: address + length };
}

function writeStack(
  space: AddressSpace,
  program: Program,
  stack: { readonly start: number; readonly end: number },
  options: ProcessOptions,
  aux: readonly AuxEntry[],
): InitialStack {
  const { main } = program;
  const initial = buildInitialStack({
    top: stack.end,
    size: stack.end - stack.start,
    wordSize: main.class === 32 ? 4 : 8,
    order: main.order,
    argv: program.argv,
    envp: options.envp,
    path: program.path,
    platform: options.platform,
    random: randomBytes(options.seed),
    aux,
  });
  if (initial === undefined) throw new LoadError(program.path.toString(), 'argument list too long', Errno.E2BIG);
  space.memory.u8.set(initial.bytes, initial.stackPointer);
  return initial;
}

/** Where the program finds its own headers: in the segment that contains them, as Linux decides since 5.18. */
function programHeaderAddress(main: ElfFile, bias: number): number {
  const { offset } = main.programHeaders;
  const s = main.segments.find((seg) => seg.offset <= offset && offset < seg.offset + seg.fileSize);
  return s === undefined ? 0 : bias + s.vaddr + offset - s.offset;
}

function codeAndData(main: ElfFile, bias: number): Pick<Image, 'startCode' | 'endCode' | 'startData' | 'endData'> {
  const all = main.segments;
  const code = all.filter((s) => (s.prot & Prot.Exec) !== 0);
  const fileEnd = (s: { readonly vaddr: number; readonly fileSize: number }): number => s.vaddr + s.fileSize;
  return {
    startCode: bias + Math.min(...all.map((s) => s.vaddr)),
    endCode: bias + Math.max(0, ...code.map(fileEnd)),
    startData: bias + Math.max(...all.map((s) => s.vaddr)),
    endData: bias + Math.max(...all.map(fileEnd)),
  };
}

function identity(): readonly AuxEntry[] {
  const uid = syscall(HOST.getuid);
  const euid = syscall(HOST.geteuid);
  const gid = syscall(HOST.getgid);
  const egid = syscall(HOST.getegid);
  return [
    [AT.UID, uid],
    [AT.EUID, euid],
    [AT.GID, gid],
    [AT.EGID, egid],
    [AT.SECURE, uid === euid && gid === egid ? 0 : 1],
  ];
}

/** 16 bytes: from the kernel, or from a 32-bit xorshift generator (Marsaglia 2003) if there is a seed. */
function randomBytes(seed: number | undefined): Uint8Array {
  // As large as addressOf asks for
  const bytes = new Uint8Array(64);
  if (seed === undefined) {
    syscall(HOST.getrandom, addressOf(bytes), 16, 0);
    return bytes;
  }
  // Multiplied by 2^32 / golden ratio, so that neighbouring seeds differ at once; xorshift must not start at zero
  let x = Math.imul(seed, 0x9e3779b9) || 0x9e3779b9;
  for (let i = 0; i < 16; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes[i] = x >>> 8;
  }
  return bytes;
}
