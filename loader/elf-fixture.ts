/** Builds small ELF files for the loader's tests. */

export interface TestSegment {
  /** PT_*; PT_LOAD if absent. */
  readonly type?: number;
  readonly offset?: number;
  readonly vaddr?: number;
  readonly fileSize?: number;
  readonly memSize?: number;
  /** PF_*: 1 execute, 2 write, 4 read. */
  readonly flags?: number;
  readonly align?: number;
}

export interface TestElf {
  readonly class?: 32 | 64;
  readonly order?: 'little' | 'big';
  readonly type?: number;
  readonly machine?: number;
  readonly flags?: number;
  readonly entry?: number;
  readonly phoff?: number;
  readonly segments: readonly TestSegment[];
  /** Contents behind the headers by file offset. */
  readonly contents?: readonly (readonly [offset: number, bytes: Uint8Array | string])[];
  /** File size; just enough if absent. */
  readonly size?: number;
}

export const PT = { LOAD: 1, DYNAMIC: 2, INTERP: 3, NOTE: 4, PHDR: 6, TLS: 7, GNU_STACK: 0x6474e551 } as const;
export const ET = { REL: 1, EXEC: 2, DYN: 3, CORE: 4 } as const;
export const EM = { MIPS: 8, PPC64: 21, ARM: 40, X86_64: 62, AARCH64: 183 } as const;

/** The bytes of an ELF file; an ARM ET_EXEC unless told otherwise. */
export function buildElf(elf: TestElf): Buffer {
  const wide = elf.class === 64;
  const little = elf.order !== 'big';
  const headerSize = wide ? 64 : 52;
  const entrySize = wide ? 56 : 32;
  const phoff = elf.phoff ?? headerSize;
  const contents = (elf.contents ?? []).map(([offset, bytes]) => [offset, Buffer.from(bytes)] as const);
  const ends = contents.map(([offset, bytes]) => offset + bytes.length);
  const file = Buffer.alloc(Math.max(elf.size ?? 0, phoff + elf.segments.length * entrySize, ...ends));
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 0;
  const u16 = (v: number): void => void view.setUint16((at += 2) - 2, v, little);
  const u32 = (v: number): void => void view.setUint32((at += 4) - 4, v, little);
  const word = (v: number): void => (wide ? void view.setBigUint64((at += 8) - 8, BigInt(v), little) : u32(v));

  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  at = 16;
  u16(elf.type ?? ET.EXEC);
  u16(elf.machine ?? EM.ARM);
  u32(1);
  word(elf.entry ?? 0x10000);
  word(phoff);
  word(0);
  u32(elf.flags ?? 0x05000400);
  u16(headerSize);
  u16(entrySize);
  u16(elf.segments.length);
  u16(40);
  at = phoff;
  for (const s of elf.segments) {
    const fileSize = s.fileSize ?? 0;
    const flags = s.flags ?? 5;
    u32(s.type ?? PT.LOAD);
    if (wide) u32(flags);
    word(s.offset ?? 0);
    word(s.vaddr ?? 0);
    word(s.vaddr ?? 0);
    word(fileSize);
    word(s.memSize ?? fileSize);
    if (!wide) u32(flags);
    word(s.align ?? 0x1000);
  }
  for (const [offset, bytes] of contents) file.set(bytes, offset);
  return file;
}
