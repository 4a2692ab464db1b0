/**
 * The stack a new process starts on: argc, argv, envp, auxiliary vector and what they point to
 * (create_elf_tables in fs/binfmt_elf.c, copy_strings in fs/exec.c).
 */

/** Auxiliary vector types (include/uapi/linux/auxvec.h). */
export const AT = {
  NULL: 0,
  EXECFD: 2,
  PHDR: 3,
  PHENT: 4,
  PHNUM: 5,
  PAGESZ: 6,
  BASE: 7,
  FLAGS: 8,
  ENTRY: 9,
  UID: 11,
  EUID: 12,
  GID: 13,
  EGID: 14,
  PLATFORM: 15,
  HWCAP: 16,
  CLKTCK: 17,
  SECURE: 23,
  RANDOM: 25,
  HWCAP2: 26,
  EXECFN: 31,
  SYSINFO_EHDR: 33,
} as const;

/** An auxiliary vector entry: type and value. */
export type AuxEntry = readonly [type: number, value: number];

/** MAX_ARG_STRLEN (include/uapi/linux/binfmts.h): the longest single string, with its NUL. */
const MAX_STRING = 32 * 4096;
/** Arguments always get ARG_MAX bytes, and at most 3/4 of the default stack (bprm_stack_limits). */
const MIN_ARGUMENT_SPACE = 128 * 1024;
const MAX_ARGUMENT_SPACE = 6 * 1024 * 1024;
/** What the program itself must find free below its arguments. */
const MIN_FREE_STACK = 16 * 1024;
const RANDOM_BYTES = 16;

export interface StackContents {
  /** First address above the stack. */
  readonly top: number;
  /** Bytes mapped below `top`. */
  readonly size: number;
  readonly wordSize: 4 | 8;
  readonly order: 'little' | 'big';
  readonly argv: readonly Uint8Array[];
  readonly envp: readonly Uint8Array[];
  /** The executed path, without NUL. */
  readonly path: Uint8Array;
  /** AT_PLATFORM; absent if the architecture has none. */
  readonly platform: string | undefined;
  /** 16 bytes for AT_RANDOM. */
  readonly random: Uint8Array;
  /** Entries before RANDOM, EXECFN and PLATFORM, which are added with the addresses chosen here. */
  readonly aux: readonly AuxEntry[];
}

export interface InitialStack {
  /** What to copy to `stackPointer`; ends at the stack's top. */
  readonly bytes: Uint8Array;
  /** 16-byte aligned; argc is here. */
  readonly stackPointer: number;
  /** The auxiliary vector as it lies on the stack, AT_NULL included. */
  readonly auxv: Uint8Array;
  readonly auxvAddress: number;
  readonly argStart: number;
  readonly argEnd: number;
  readonly envStart: number;
  readonly envEnd: number;
}

/** Whether a new process's stack of `size` bytes has room for its arguments; if not, execve fails with E2BIG. */
export function argumentsFit({
  size,
  wordSize,
  argv,
  envp,
  path,
}: Pick<StackContents, 'size' | 'wordSize' | 'argv' | 'envp' | 'path'>): boolean {
  let bytes = path.length + 1;
  for (const strings of [argv, envp]) {
    for (const s of strings) {
      if (s.length >= MAX_STRING) return false;
      bytes += s.length + 1 + wordSize;
    }
  }
  return bytes <= Math.max(MIN_ARGUMENT_SPACE, Math.min(Math.floor(size / 4), MAX_ARGUMENT_SPACE));
}

/** Lays out the initial stack. Returns undefined if the arguments are too long for it (E2BIG). */
export function buildInitialStack(c: StackContents): InitialStack | undefined {
  const { wordSize } = c;
  // Linux gives a program started without arguments an empty argv[0] (since 5.18)
  const argv = c.argv.length === 0 ? [new Uint8Array()] : c.argv;
  const strings = [...argv, ...c.envp, c.path];
  const stringBytes = strings.reduce((n, s) => n + s.length + 1, 0);
  if (!argumentsFit({ ...c, argv })) return undefined;

  // The last word of the stack stays zero
  const stringStart = c.top - wordSize - stringBytes;
  const platform = c.platform === undefined ? undefined : Buffer.from(`${c.platform}\0`);
  const platformAt = Math.floor(stringStart / 16) * 16 - (platform?.length ?? 0);
  const randomAt = platformAt - RANDOM_BYTES;
  const auxCount = c.aux.length + (platform === undefined ? 3 : 4);
  const words = 1 + argv.length + 1 + c.envp.length + 1 + 2 * auxCount;
  const stackPointer = Math.floor((randomAt - words * wordSize) / 16) * 16;
  if (stackPointer - MIN_FREE_STACK < c.top - c.size) return undefined;

  const bytes = new Uint8Array(c.top - stackPointer);
  const put = wordWriter(bytes, wordSize, c.order);
  let at = stringStart;
  const address = (s: Uint8Array): number => {
    const start = at;
    bytes.set(s, start - stackPointer);
    at += s.length + 1;
    return start;
  };
  put(argv.length);
  for (const s of argv) put(address(s));
  put(0);
  const envStart = at;
  for (const s of c.envp) put(address(s));
  put(0);
  const envEnd = at;
  const pathAt = address(c.path);
  const auxStart = (2 + argv.length + 1 + c.envp.length) * wordSize;
  const aux: AuxEntry[] = [...c.aux, [AT.RANDOM, randomAt], [AT.EXECFN, pathAt]];
  if (platform !== undefined) aux.push([AT.PLATFORM, platformAt]);
  for (const [type, value] of [...aux, [AT.NULL, 0] as const]) {
    put(type);
    put(value);
  }
  bytes.set(c.random.subarray(0, RANDOM_BYTES), randomAt - stackPointer);
  if (platform !== undefined) bytes.set(platform, platformAt - stackPointer);
  return {
    bytes,
    stackPointer,
    auxv: bytes.subarray(auxStart, auxStart + 2 * auxCount * wordSize),
    auxvAddress: stackPointer + auxStart,
    argStart: stringStart,
    argEnd: envStart,
    envStart,
    envEnd,
  };
}

/** Writes successive unsigned words in guest byte order. */
function wordWriter(bytes: Uint8Array, wordSize: 4 | 8, order: 'little' | 'big'): (value: number) => void {
  const view = new DataView(bytes.buffer);
  const little = order === 'little';
  let at = 0;
  return (value) => {
    if (wordSize === 4) view.setUint32(at, value, little);
    else {
      view.setUint32(at + (little ? 0 : 4), value % 2 ** 32, little);
      view.setUint32(at + (little ? 4 : 0), Math.floor(value / 2 ** 32), little);
    }
    at += wordSize;
  };
}
