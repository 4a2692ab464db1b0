/**
 * Signal frames of the MIPS o32 ABI (arch/mips/kernel/signal.c, arch/mips/include/uapi/asm/sigcontext.h, ucontext.h).
 *
 * Both kinds begin with room for four argument words and two words of padding. Then come sigcontext and the mask, or
 * siginfo_t and ucontext. Offsets and sizes are in bytes.
 */
import { Prot, type GuestMemory } from '../runtime/memory';
import { FCSR as FCSR_BITS, MIPS_TARGET, REGISTER_NAMES } from '../targets/mips';
import type { CpuModel } from '../targets/target';
import { ENGINE_WORD } from '../translate/ir/state';
import type { CpuState } from '../translate/ir/cpu-state';
import type { FrameRequest, RestoredFrame, SignalFrames } from './signal-frame';
import { EXTENDED_CONTEXT_BYTES, readExtendedContext, writeExtendedContext } from './signal-frame-msa';

const HEAD = 24;
const SIGINFO_BYTES = 128;

/** struct sigcontext: registers, HI, LO and floating-point registers have 64 bits each. */
const SC = {
  pc: 8,
  registers: 16,
  float: 272,
  fcsr: 532,
  usedMath: 540,
  dsp: 544,
  hi: 552,
  lo: 560,
  /** hi1, lo1, hi2, lo2, hi3, lo3: words. */
  accumulators: 568,
  size: 592,
} as const;
const USED_FP = 1;
const USED_FR1 = 2;
const USED_EXTENDED = 4;

/** The frame without siginfo: where its mask is, and its size. */
const PLAIN = { mask: HEAD + SC.size, size: HEAD + SC.size + 16 } as const;
/** struct ucontext: flags, link, stack_t (in the order sp, size, flags), sigcontext on a boundary of 8, mask. */
const UC = { stack: { sp: 8, size: 12, flags: 16 }, context: 24, mask: 24 + SC.size, size: 24 + SC.size + 16 } as const;
/** The frame with siginfo. */
const WITH_INFO = { context: HEAD + SIGINFO_BYTES, size: HEAD + SIGINFO_BYTES + UC.size } as const;

/** The emulator of delay slots may keep code right below the stack. */
const BELOW_STACK = 32;

/** Page of the code that handlers return to, outside the guest's reach: the kernel has it in the vdso. */
export const MIPS_SIGRETURN_ADDRESS = 0x7fff_8000;
/** `li v0, sigreturn; syscall` and `li v0, rt_sigreturn; syscall`. */
const SIGRETURN_CODE: readonly number[] = [0x24021017, 0x0000000c, 0x24021061, 0x0000000c];
const RT_SIGRETURN = 8;

export function mipsSigreturnPage(littleEndian: boolean): Uint8Array {
  const page = new DataView(new ArrayBuffer(4 * SIGRETURN_CODE.length));
  SIGRETURN_CODE.forEach((word, i) => page.setUint32(4 * i, word, littleEndian));
  return new Uint8Array(page.buffer);
}

const word = (name: string): number => MIPS_TARGET.layout.offset(name) >> 2;
/** State words of registers 1 to 31. */
const R = REGISTER_NAMES.slice(1).map(word);
const [A0, A1, A2, SP, RA, T9] = ['a0', 'a1', 'a2', 'sp', 'ra', 't9'].map(word) as [number, number, number, number, number, number];
const HI = word('hi0');
const LO = word('lo0');
const ACCUMULATORS = ['hi1', 'lo1', 'hi2', 'lo2', 'hi3', 'lo3'].map(word);
const DSP_CONTROL = word('dsp_control');
/** What there is of it: pos, scount, c, EFI, ouflag and ccond. */
const DSP_CONTROL_BITS = 0x0fff7fbf;
const FCSR = word('fcsr');
const CONDITIONS = Array.from({ length: 8 }, (_, i) => word(`fcc${i}`));
/** Low word of each 64-bit register: 32 of them with FR=1, the even ones without. */
const wide = Array.from({ length: 32 }, (_, i) => word(`d${i}`));
const pairs = Array.from({ length: 16 }, (_, i) => word(`e${2 * i}`));

/** FCSR's condition code bits: 23 for the first, 25 to 31 for the others. */
const conditionBit = (i: number): number => (i === 0 ? 23 : 24 + i);

function readFcsr(S: Int32Array): number {
  return CONDITIONS.reduce((fcsr, at, i) => fcsr | (S[at]! << conditionBit(i)), S[FCSR]! & ~FCSR_BITS.tracked);
}

function writeFcsr(S: Int32Array, fcsr: number): void {
  CONDITIONS.forEach((at, i) => (S[at] = (fcsr >>> conditionBit(i)) & 1));
  S[FCSR] = CONDITIONS.reduce((rest, _, i) => rest & ~(1 << conditionBit(i)), fcsr) | (S[FCSR]! & FCSR_BITS.tracked);
}

/** [state word of the low half, place in sc_fpregs] of what the mode has. */
const floats = (fr1: boolean): readonly (readonly [number, number])[] =>
  fr1 ? wide.map((at, i) => [at, i] as const) : pairs.map((at, i) => [at, 2 * i] as const);

export function mipsSignalFrames(model: CpuModel): SignalFrames {
  const fr1 = model.features.has('fr1');
  const vectors = fr1 && model.features.has('msa');
  return {
    stackPointer: ({ i32 }) => i32[SP]! >>> 0,

    push(state, memory, request) {
      const extended = request.wantsInfo ? WITH_INFO.size : PLAIN.size;
      const size = extended + (vectors ? EXTENDED_CONTEXT_BYTES : 0);
      const frame = ((request.stackPointer - BELOW_STACK - size) & ~7) >>> 0;
      if (!memory.accessible(frame, size, Prot.Write)) return false;
      memory.u8.fill(0, frame, frame + size);
      const put = (at: number, value: number): void => memory.view.setInt32(frame + at, value, memory.littleEndian);
      if (request.wantsInfo) {
        request.writeInfo(frame + HEAD);
        put(WITH_INFO.context + UC.stack.sp, request.altStack.sp);
        put(WITH_INFO.context + UC.stack.size, request.altStack.size);
        put(WITH_INFO.context + UC.stack.flags, request.altStack.flags);
      }
      const context = frame + (request.wantsInfo ? WITH_INFO.context + UC.context : HEAD);
      writeContext(state, memory, context, fr1);
      if (vectors) {
        writeExtendedContext(state, memory, frame + extended);
        put(context - frame + SC.usedMath, USED_FP | USED_FR1 | USED_EXTENDED);
      }
      const mask = request.wantsInfo ? WITH_INFO.context + UC.mask : PLAIN.mask;
      put(mask, request.maskLow);
      put(mask + 4, request.maskHigh);
      enterHandler(state, frame, request);
      return true;
    },

    pop(state, memory, withInfo): RestoredFrame | undefined {
      const frame = state.i32[SP]! >>> 0;
      if ((frame & 3) !== 0 || !memory.accessible(frame, withInfo ? WITH_INFO.size : PLAIN.size, Prot.Read)) return undefined;
      const get = (at: number): number => memory.view.getInt32(frame + at, memory.littleEndian);
      const context = withInfo ? WITH_INFO.context + UC.context : HEAD;
      readContext(state, memory, frame + context, fr1);
      if (vectors && (get(context + SC.usedMath) & USED_EXTENDED) !== 0) {
        const extended = frame + (withInfo ? WITH_INFO.size : PLAIN.size);
        if (!memory.accessible(extended, EXTENDED_CONTEXT_BYTES, Prot.Read) || !readExtendedContext(state, memory, extended))
          return undefined;
      }
      const mask = withInfo ? WITH_INFO.context + UC.mask : PLAIN.mask;
      const { sp, size, flags } = UC.stack;
      const stack = WITH_INFO.context;
      return {
        maskLow: get(mask),
        maskHigh: get(mask + 4),
        altStack: withInfo ? { sp: get(stack + sp) >>> 0, size: get(stack + size) >>> 0, flags: get(stack + flags) } : undefined,
      };
    },
  };
}

function enterHandler({ i32 }: CpuState, frame: number, request: FrameRequest): void {
  i32[A0] = request.signal;
  i32[A1] = request.wantsInfo ? frame + HEAD : 0;
  i32[A2] = frame + (request.wantsInfo ? WITH_INFO.context : HEAD);
  i32[SP] = frame;
  i32[RA] = MIPS_SIGRETURN_ADDRESS + (request.wantsInfo ? RT_SIGRETURN : 0);
  i32[T9] = request.handler;
  i32[ENGINE_WORD.pc] = request.handler;
  i32[ENGINE_WORD.mode] = 0;
}

function writeContext(state: CpuState, memory: GuestMemory, at: number, fr1: boolean): void {
  const S = state.i32;
  const { view, littleEndian } = memory;
  const put = (offset: number, value: number): void => view.setInt32(at + offset, value, littleEndian);
  /** A 32-bit value as the kernel has it in a register of 64 bits. */
  const put64 = (offset: number, low: number, high = low >> 31): void => {
    put(littleEndian ? offset : offset + 4, low);
    put(littleEndian ? offset + 4 : offset, high);
  };
  put64(SC.pc, S[ENGINE_WORD.pc]!);
  R.forEach((r, i) => put64(SC.registers + 8 * (i + 1), S[r]!));
  for (const [low, i] of floats(fr1)) put64(SC.float + 8 * i, S[low]!, S[low + 1]!);
  put(SC.fcsr, readFcsr(S));
  put(SC.usedMath, fr1 ? USED_FP | USED_FR1 : USED_FP);
  put64(SC.hi, S[HI]!);
  put64(SC.lo, S[LO]!);
  ACCUMULATORS.forEach((word, i) => put(SC.accumulators + 4 * i, S[word]!));
  put(SC.dsp, S[DSP_CONTROL]!);
}

function readContext(state: CpuState, memory: GuestMemory, at: number, fr1: boolean): void {
  const S = state.i32;
  const { view, littleEndian } = memory;
  const get = (offset: number): number => view.getInt32(at + offset, littleEndian);
  const low = (offset: number): number => get(littleEndian ? offset : offset + 4);
  const high = (offset: number): number => get(littleEndian ? offset + 4 : offset);
  S[ENGINE_WORD.pc] = low(SC.pc);
  S[ENGINE_WORD.mode] = 0;
  R.forEach((r, i) => (S[r] = low(SC.registers + 8 * (i + 1))));
  if ((get(SC.usedMath) & USED_FP) !== 0) {
    for (const [word, i] of floats(fr1)) {
      S[word] = low(SC.float + 8 * i);
      S[word + 1] = high(SC.float + 8 * i);
    }
    writeFcsr(S, get(SC.fcsr));
  }
  S[HI] = low(SC.hi);
  S[LO] = low(SC.lo);
  ACCUMULATORS.forEach((word, i) => (S[word] = get(SC.accumulators + 4 * i)));
  S[DSP_CONTROL] = get(SC.dsp) & DSP_CONTROL_BITS;
}
