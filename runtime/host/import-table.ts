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
const DT = { PLTRELSZ: 2n, STRTAB: 5n, SYMTAB: 6n, JMPREL: 23n } as const;
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
 * Replaces an imported function.
 * @param replace gets the function's address and returns the new one's
 * @returns false if the program does not import it in the way we know
 */
export function replaceImport(name: string, replace: (original: bigint) => bigint): boolean {
  const slot = importSlot(name);
  if (slot === undefined) return false;
  const page = Math.floor(slot / PAGE) * PAGE;
  if (syscall(HOST.mprotect, page, PAGE, PROT_READ_WRITE) < 0) return false;
  // One aligned word, written at once: other threads may be calling the function
  const word = new BigUint64Array(hostMemory(slot, 8));
  word[0] = replace(word[0]!);
  // The linker makes these pages read-only when it binds all imports at start (RELRO)
  syscall(HOST.mprotect, page, PAGE, PROT_READ);
  return true;
}

/** Host address of the word that holds an import's address. */
function importSlot(name: string): number | undefined {
  const program = thisProgram();
  if (program === undefined) return undefined;
  const { bias, dynamic } = program;
  const entries = new BigUint64Array(hostMemory(dynamic.address, dynamic.size));
  const found = new Map<bigint, number>();
  for (let i = 0; i + 1 < entries.length && entries[i] !== 0n; i += 2) found.set(entries[i]!, Number(entries[i + 1]!));
  const [relocations, size, symbols, strings] = [DT.JMPREL, DT.PLTRELSZ, DT.SYMTAB, DT.STRTAB].map((tag) => found.get(tag));
  if (relocations === undefined || size === undefined || symbols === undefined || strings === undefined) return undefined;
  // glibc moves the addresses in the dynamic section, where it may write to it; musl does not
  const moved = relocations >= bias ? 0 : bias;
  const table = new DataView(hostMemory(moved + relocations, size));
  const wanted = Buffer.from(`${name}\0`);
  for (let at = 0; at < size; at += RELA_BYTES) {
    const symbol = table.getUint32(at + 12, true);
    const nameAt = new DataView(hostMemory(moved + symbols + symbol * SYMBOL_BYTES, SYMBOL_BYTES)).getUint32(0, true);
    if (wanted.equals(new Uint8Array(hostMemory(moved + strings + nameAt, wanted.length))))
      return bias + Number(table.getBigUint64(at, true));
  }
  return undefined;
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
