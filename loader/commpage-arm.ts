/**
 * The page of helper routines that the ARM kernel maps for every process
 * (Documentation/arch/arm/kernel_user_helpers.rst). The code is that of commpage-arm.s; a test assembles it
 * and compares.
 */

export const ARM_COMMPAGE_ADDRESS = 0xffff_0000;

const SIGRETURN_OFFSET = 0x500;

/**
 * Where handlers return to that have no restorer of their own: two ARM instructions and two Thumb ones for frames
 * without siginfo, then the same for frames with it. Linux has had it here before it got a page of its own.
 */
export const ARM_SIGRETURN_ADDRESS = ARM_COMMPAGE_ADDRESS + SIGRETURN_OFFSET;

const SIZE = 0x1000;
/** `udf #0`: a jump to anywhere else in the page raises SIGILL. */
const UNDEFINED = 0xe7f000f0;
const HELPER_VERSION = { offset: 0xffc, value: 5 } as const;

/** Instruction words by offset in the page. */
const HELPERS: readonly { readonly offset: number; readonly code: readonly number[] }[] = [
  {
    // sigreturn, rt_sigreturn: as arch/arm/kernel/sigreturn_codes.S has them, by which debuggers know a signal frame
    offset: SIGRETURN_OFFSET,
    code: [0xe3a07077, 0xef900077, 0xdf002777, 0xe3a070ad, 0xef9000ad, 0xdf0027ad],
  },
  {
    // kuser_cmpxchg64
    offset: 0xf60,
    code: [
      0xe92d00f0, 0xe1c040d0, 0xe1c160d0, 0xf57ff05b, 0xe1b20f9f, 0xe1500004, 0x01510005, 0x1a000002, 0xe1a23f96, 0xe3530000, 0x1afffff8,
      0xf57ff05b, 0x13a03001, 0xe2730000, 0xe8bd00f0, 0xe12fff1e,
    ],
  },
  {
    // kuser_memory_barrier
    offset: 0xfa0,
    code: [0xf57ff05b, 0xe12fff1e],
  },
  {
    // kuser_cmpxchg
    offset: 0xfc0,
    code: [0xf57ff05b, 0xe192cf9f, 0xe05c3000, 0x01823f91, 0x03530001, 0x0afffffa, 0xe2730000, 0xeaffffef],
  },
  {
    // kuser_get_tls
    offset: 0xfe0,
    code: [0xee1d0f70, 0xe12fff1e],
  },
];

/**
 * The page's bytes, to be mapped readable and executable at ARM_COMMPAGE_ADDRESS.
 * @param code byte order of instructions: big only for the legacy BE32 format
 * @param data byte order of data: the helper version is a data word
 */
export function armCommpage(code: 'little' | 'big' = 'little', data: 'little' | 'big' = code): Uint8Array {
  const page = new Uint8Array(SIZE);
  const view = new DataView(page.buffer);
  for (let at = 0; at < SIZE; at += 4) view.setUint32(at, UNDEFINED, code === 'little');
  for (const h of HELPERS) h.code.forEach((word, i) => view.setUint32(h.offset + 4 * i, word, code === 'little'));
  view.setUint32(HELPER_VERSION.offset, HELPER_VERSION.value, data === 'little');
  return page;
}
