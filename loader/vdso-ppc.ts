/**
 * The vdso of 32-bit PowerPC: a shared object with the code that signal handlers return to, and with what unwinders must know to
 * get past it (arch/powerpc/kernel/vdso/sigtramp32.S). Without that, libgcc falls back on a description of its own, which
 * aborts since GCC 10 has renumbered the register that it names.
 *
 * It has no functions: the C library makes system calls where it finds none.
 */

/** Where it is mapped: at the end of what user mode can map. */
export const PPC_VDSO_ADDRESS = 0xc000_0000;

const NOP = 0x60000000;
const SC = 0x44000002;
const li0 = (call: number): number => 0x38000000 | call;
const SIGRETURN = 119;
const RT_SIGRETURN = 172;

/** Unwinders look for the description of the byte before a return address, which is why there are nops. */
const CODE = [NOP, li0(SIGRETURN), SC, NOP, li0(RT_SIGRETURN), SC] as const;
const CODE_OFFSET = 0x100;
const PART_BYTES = 12;

export const PPC_SIGRETURN_ADDRESS = PPC_VDSO_ADDRESS + CODE_OFFSET + 4;
export const PPC_RT_SIGRETURN_ADDRESS = PPC_SIGRETURN_ADDRESS + PART_BYTES;

const u32 = (x: number): number[] => [(x >>> 24) & 0xff, (x >>> 16) & 0xff, (x >>> 8) & 0xff, x & 0xff];
const u16 = (x: number): number[] => [(x >>> 8) & 0xff, x & 0xff];

function uleb(x: number): number[] {
  return x < 0x80 ? [x] : [(x & 0x7f) | 0x80, ...uleb(x >>> 7)];
}

function sleb(x: number): number[] {
  return x >= -0x40 && x < 0x40 ? [x & 0x7f] : [(x & 0x7f) | 0x80, ...sleb(x >> 7)];
}

const padded = (bytes: readonly number[], to: number): number[] => [...bytes, ...new Array<number>(-bytes.length & (to - 1)).fill(0)];

const DW = { cfaExpression: 0x0f, expression: 0x10, breg1: 0x71, deref: 0x06, plusConstant: 0x23 } as const;
const PCREL_SDATA4 = 0x1b;
/** Column of the return address: what was the argument pointer's number when the kernel chose it. */
const RETURN_COLUMN = 67;
const LR_COLUMN = 65;
const CR_COLUMN = 70;
const FLOAT_COLUMN = 32;

/** Register number and place in struct mcontext of what is restored; the stack pointer is the frame's address. */
const SAVED: readonly (readonly [column: number, offset: number])[] = [
  ...Array.from({ length: 32 }, (_, n) => [n, 4 * n] as const).filter(([n]) => n !== 1),
  [RETURN_COLUMN, 4 * 32],
  [LR_COLUMN, 4 * 36],
  [CR_COLUMN, 4 * 38],
  ...Array.from({ length: 32 }, (_, n) => [FLOAT_COLUMN + n, 192 + 8 * n] as const),
];
const STACK_POINTER_OFFSET = 4;

/** A length-prefixed entry of .eh_frame. */
const entry = (body: readonly number[]): number[] => {
  const bytes = padded(body, 4);
  return [...u32(bytes.length), ...bytes];
};

const CIE = entry([
  ...u32(0),
  1, // version
  ...Buffer.from('zRS\0'),
  4, // code alignment
  ...sleb(-4), // data alignment
  RETURN_COLUMN,
  ...[1, PCREL_SDATA4],
  ...[0x0c, 1, 0], // the canonical frame address is r1
]);

/**
 * The description of one trampoline.
 * @param pointer where from r1 the address of the mcontext is
 * @param at offset of the entry in the image, which its references are relative to
 */
function description(pointer: number, code: number, at: number, cie: number): number[] {
  const mcontext = [DW.breg1, ...sleb(pointer), DW.deref];
  const slot = (offset: number): number[] => [...mcontext, DW.plusConstant, ...uleb(offset)];
  const frame = [...slot(STACK_POINTER_OFFSET), DW.deref];
  const registers = SAVED.flatMap(([column, offset]) => [DW.expression, ...uleb(column), ...uleb(slot(offset).length), ...slot(offset)]);
  return entry([
    ...u32(at + 4 - cie),
    ...u32(code - (at + 8)),
    ...u32(PART_BYTES),
    0, // augmentation data
    DW.cfaExpression,
    ...uleb(frame.length),
    ...frame,
    ...registers,
  ]);
}

/** Where the pointers to the mcontext are in the frames of sigreturn and rt_sigreturn (emulator/signal-frame-ppc.ts). */
const POINTERS = [64 + 28, 64 + 16 + 128 + 48] as const;

const EH_FRAME = CODE_OFFSET + 0x40;

function ehFrame(): { readonly bytes: readonly number[]; readonly entries: readonly number[] } {
  const bytes = [...CIE];
  const entries = POINTERS.map((pointer, i) => {
    const at = EH_FRAME + bytes.length;
    bytes.push(...description(pointer, CODE_OFFSET + i * PART_BYTES, at, EH_FRAME));
    return at;
  });
  bytes.push(...u32(0));
  return { bytes, entries };
}

const PT = { load: 1, dynamic: 2, ehFrame: 0x6474e550 } as const;
const READ_EXEC = 5;
const EHDR_BYTES = 52;
const PHDR_BYTES = 32;

const header = (type: number, offset: number, size: number): number[] =>
  [type, offset, offset, offset, size, size, READ_EXEC, 4].flatMap(u32);

/** .eh_frame_hdr: a table to search, with one entry for each trampoline. */
function ehFrameHeader(at: number, entries: readonly number[]): number[] {
  const table = entries.flatMap((e, i) => [...u32(CODE_OFFSET + i * PART_BYTES - at), ...u32(e - at)]);
  return [1, PCREL_SDATA4, 0x03, 0x3b, ...u32(EH_FRAME - (at + 4)), ...u32(entries.length), ...table];
}

const NAME = Buffer.from('\0linux-vdso32.so.1\0');

/** The image, to be mapped at PPC_VDSO_ADDRESS. */
export function ppcVdso(): Uint8Array {
  const { bytes, entries } = ehFrame();
  const search = EH_FRAME + bytes.length;
  const searchTable = ehFrameHeader(search, entries);
  const symbols = search + searchTable.length;
  const hash = symbols + 16;
  const names = hash + 16;
  const dynamic = names + padded([...NAME], 4).length;
  const [DT_NULL, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME] = [0, 4, 5, 6, 10, 11, 14];
  const tags = [
    [DT_SONAME, 1], [DT_HASH, hash], [DT_STRTAB, names], [DT_SYMTAB, symbols], [DT_STRSZ, NAME.length], [DT_SYMENT, 16], [DT_NULL, 0],
  ] as const; // prettier-ignore
  const end = dynamic + 8 * tags.length;
  const elf = [
    ...[0x7f, 0x45, 0x4c, 0x46, 1, 2, 1, ...new Array<number>(9).fill(0)],
    ...[...u16(3), ...u16(20), ...u32(1), ...u32(0), ...u32(EHDR_BYTES), ...u32(0), ...u32(0)],
    ...[EHDR_BYTES, PHDR_BYTES, 3, 0, 0, 0].flatMap(u16),
  ];
  const parts: readonly (readonly [at: number, bytes: readonly number[]])[] = [
    [0, elf],
    [
      EHDR_BYTES,
      [...header(PT.load, 0, end), ...header(PT.dynamic, dynamic, 8 * tags.length), ...header(PT.ehFrame, search, searchTable.length)],
    ],
    [CODE_OFFSET, CODE.flatMap(u32)],
    [EH_FRAME, bytes],
    [search, searchTable],
    // One bucket and the null symbol, which ends its chain
    [hash, [1, 1, 0, 0].flatMap(u32)],
    [names, [...NAME]],
    [dynamic, tags.flatMap(([tag, value]) => [...u32(tag), ...u32(value)])],
  ];
  const image = new Uint8Array(end);
  for (const [at, part] of parts) image.set(part, at);
  return image;
}
