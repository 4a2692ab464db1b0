/** The .MIPS.abiflags section of a MIPS file (System V ABI supplement, "MIPS O32 FP ABI Interlinking"). */
import type { ElfFile } from './elf-file';
import { readExactly } from './host-file';

const PT_MIPS_ABIFLAGS = 0x70000003;
/** Offsets in a 32-bit program header. */
const P_OFFSET = 4;
const P_FILESZ = 16;
/** Offset of fp_abi in Elf_MIPS_ABIFlags_v0, and the struct's size. */
const FP_ABI = 7;
const SIZE = 24;

/** The floating-point ABI (Val_GNU_MIPS_ABI_FP_*), or undefined if the file has no such section. */
export function mipsFpAbi(elf: ElfFile): number | undefined {
  const { offset, size, count } = elf.programHeaders;
  const headers = readExactly(elf.file, offset, size * count);
  const word = (at: number): number => (elf.order === 'little' ? headers.readUInt32LE(at) : headers.readUInt32BE(at));
  for (let at = 0; at < headers.length; at += size) {
    if (word(at) !== PT_MIPS_ABIFLAGS) continue;
    const start = word(at + P_OFFSET);
    return word(at + P_FILESZ) < SIZE || start + SIZE > elf.file.size ? undefined : readExactly(elf.file, start, SIZE)[FP_ABI];
  }
  return undefined;
}
