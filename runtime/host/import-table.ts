/**
 * The functions that this program imports from libc, as the dynamic linker has bound them (System V gABI chapter 5,
 * "Dynamic Linking"): one word each, which can be made to point elsewhere.
 */
import { readFileSync } from 'node:fs';
import { hostMemory, syscall } from './ffi';
import { HOST } from './numbers';

const AT_PHDR = 3n;
const AT_PHNUM = 5n;
const PT_PHDR = 6;
const PT_DYNAMIC = 2;
const PROGRAM_HEADER_BYTES = 56;
const DT = { PLTRELSZ: 2n, STRTAB: 5n, SYMTAB: 6n, STRSZ: 10n, JMPREL: 23n } as const;
const RELA_BYTES = 24;
const SYMBOL_BYTES = 24;
const PAGE = 4096;
const PROT_READ = 1;
const PROT_READ_WRITE = 3;

interface ThisProgram {
  /** What the kernel has added to the addresses in the file: 0 unless it is position independent. */
  readonly bias: number;
  /** Host address and bytes of the dynamic section. */
  readonly dynamic: { readonly address: number; readonly size: number };
}

/**
 * Replaces imported functions.
 * @param replace gets a function's name and address and returns the new one's; it may be called for all of them before one is replaced
 * @returns false if the program does not import all of them in the way we know, or the host does not let us change it.
 *   Then, and where `replace` throws, nothing is changed.
 */
export function replaceImports(names: readonly string[], replace: (name: string, original: bigint) => bigint): boolean {
  const slots = importSlots(new Set(names));
  if (slots.size < names.length) return false;
  const opened: number[] = [];
  try {
    for (const page of new Set([...slots.values()].map((slot) => Math.floor(slot / PAGE) * PAGE))) {
      if (syscall(HOST.mprotect, page, PAGE, PROT_READ_WRITE) < 0) return false;
      opened.push(page);
    }
    const changes = [...slots].map(([name, slot]) => {
      const word = new BigUint64Array(hostMemory(slot, 8));
      return { word, value: replace(name, word[0]!) };
    });
    // One aligned word each, written at once: other threads may be calling the function
    for (const { word, value } of changes) word[0] = value;
    return true;
  } finally {
    // The linker makes these pages read-only when it binds all imports at start (RELRO)
    for (const page of opened) syscall(HOST.mprotect, page, PAGE, PROT_READ);
  }
}

/** Host addresses of the words that hold the imports' addresses; those that were not found are absent. */
function importSlots(names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  const program = thisProgram();
  if (program === undefined) return slots;
  const { bias, dynamic } = program;
  const entries = new BigUint64Array(hostMemory(dynamic.address, dynamic.size));
  const found = new Map<bigint, number>();
  for (let i = 0; i + 1 < entries.length && entries[i] !== 0n; i += 2) found.set(entries[i]!, Number(entries[i + 1]!));
  const of = (tag: keyof typeof DT): number | undefined => found.get(DT[tag]);
  const [relocations, size, symbols, strings, stringsSize] = [of('JMPREL'), of('PLTRELSZ'), of('SYMTAB'), of('STRTAB'), of('STRSZ')];
  if (relocations === undefined || size === undefined || symbols === undefined || strings === undefined) return slots;
  // glibc moves the addresses in the dynamic section, where it may write to it; musl does not
  const moved = relocations >= bias ? 0 : bias;
  const table = new DataView(hostMemory(moved + relocations, size));
  const text = Buffer.from(hostMemory(moved + strings, stringsSize ?? 0));
  let last = 0;
  for (let at = 0; at < size; at += RELA_BYTES) last = Math.max(last, table.getUint32(at + 12, true));
  const symbol = new DataView(hostMemory(moved + symbols, (last + 1) * SYMBOL_BYTES));
  for (let at = 0; at < size; at += RELA_BYTES) {
    const nameAt = symbol.getUint32(table.getUint32(at + 12, true) * SYMBOL_BYTES, true);
    const name = text.toString('latin1', nameAt, text.indexOf(0, nameAt));
    if (names.has(name)) slots.set(name, bias + Number(table.getBigUint64(at, true)));
  }
  return slots;
}

/** Where the kernel has put the program that we run in. */
function thisProgram(): ThisProgram | undefined {
  const auxv = readFileSync('/proc/self/auxv');
  const values = new Map<bigint, number>();
  for (let at = 0; at + 16 <= auxv.length; at += 16) values.set(auxv.readBigUInt64LE(at), Number(auxv.readBigUInt64LE(at + 8)));
  const [at, count] = [values.get(AT_PHDR), values.get(AT_PHNUM)];
  if (at === undefined || count === undefined) return undefined;
  const view = new DataView(hostMemory(at, count * PROGRAM_HEADER_BYTES));
  const headers = Array.from({ length: count }, (_, i) => ({
    type: view.getUint32(i * PROGRAM_HEADER_BYTES, true),
    address: Number(view.getBigUint64(i * PROGRAM_HEADER_BYTES + 16, true)),
    size: Number(view.getBigUint64(i * PROGRAM_HEADER_BYTES + 40, true)),
  }));
  const table = headers.find((h) => h.type === PT_PHDR);
  const dynamic = headers.find((h) => h.type === PT_DYNAMIC);
  if (table === undefined || dynamic === undefined) return undefined;
  const bias = at - table.address;
  return { bias, dynamic: { address: dynamic.address + bias, size: dynamic.size } };
}
