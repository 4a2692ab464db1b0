/**
 * Signal frames of 32-bit PowerPC (arch/powerpc/kernel/signal_32.c, arch/powerpc/include/uapi/asm/{ucontext,elf,ptrace}.h).
 *
 * Below the frame is a stack frame for the handler's caller, with a back chain to the interrupted code's. Offsets and sizes
 * are in bytes; words are big-endian.
 */
import { PPC_RT_SIGRETURN_ADDRESS, PPC_SIGRETURN_ADDRESS } from '../loader';
import { Prot, type GuestMemory } from '../runtime/memory';
import { PPC_TARGET, readCr, readFpscr, readVscr, readXer, writeCr, writeFpscr, writeVscr, writeXer } from '../targets/ppc';
import type { CpuModel } from '../targets/target';
import { ENGINE_WORD } from '../translate/ir/state';
import type { CpuState } from '../translate/ir/cpu-state';
import type { RegistersAndMemory } from './abi';
import type { FaultRecord, FrameRequest, RestoredFrame, SignalFrames } from './signal-frame';

/** struct mcontext: registers, floating-point registers and FPSCR, vectors with VSCR. */
const MC = {
  registers: 0,
  nip: 4 * 32,
  msr: 4 * 33,
  originalR3: 4 * 34,
  ctr: 4 * 35,
  link: 4 * 36,
  xer: 4 * 37,
  ccr: 4 * 38,
  trap: 4 * 40,
  dar: 4 * 41,
  dsisr: 4 * 42,
  float: 192,
  fpscr: 192 + 8 * 32,
  vectors: 464,
  /** The last vector: VRSAVE in its first word, VSCR in its last. */
  vrsave: 464 + 16 * 32,
  vscr: 464 + 16 * 32 + 12,
  /** With SPE there instead: upper halves of the general registers, the accumulator, SPEFSCR. */
  upper: 464,
  accumulator: 464 + 4 * 32,
  spefscr: 464 + 4 * 34,
  size: 464 + 16 * 33,
} as const;

/** Bits of MSR as user code runs with (MSR_USER), and the one that says that vectors are saved, or SPE's registers: MSR_VEC, MSR_SPE. */
const MSR_USER = 0xd032;
const MSR_VECTORS = 1 << 25;
/** Vector of a data storage interrupt, and what DSISR says of it: no translation, or protection. */
const TRAP_DATA = 0x300;
const DSISR_UNMAPPED = 0x40000000;
const DSISR_PROTECTED = 0x08000000;

const ABI_GAP = 56 * 4;
const SIGINFO_BYTES = 128;

/** struct sigframe: sigcontext (32 bytes), mcontext on a boundary of 16. */
const PLAIN = { maskHigh: 12, signal: 16, handler: 20, mask: 24, regs: 28, context: 32, size: 32 + MC.size + ABI_GAP, caller: 64 } as const;

/** struct ucontext: flags, link, stack_t, a pointer to the mcontext, mask, mcontext. */
const UC = { stack: { sp: 8, flags: 12, size: 16 }, regs: 48, mask: 52, context: 192 } as const;

/** struct rt_sigframe: siginfo_t and ucontext. */
const WITH_INFO = { ucontext: SIGINFO_BYTES, size: SIGINFO_BYTES + UC.context + MC.size + ABI_GAP, caller: 64 + 16 } as const;

const word = (name: string): number => PPC_TARGET.layout.offset(name) >> 2;
const words = (prefix: string): readonly number[] => Array.from({ length: 32 }, (_, i) => word(`${prefix}${i}`));
const R = words('r');
const F = words('f');
const V = words('v');
const UPPER = words('evr');
const [LR, CTR, VRSAVE, ACC, SPEFSCR] = ['lr', 'ctr', 'vrsave', 'acc', 'spefscr'].map(word) as [number, number, number, number, number];
const THREAD_POINTER = R[2]!;
const [SP, R3, R4, R5, R6] = [1, 3, 4, 5, 6].map((n) => R[n]!) as [number, number, number, number, number];

/** What is where the mcontext has its vectors. */
type Vectors = 'altivec' | 'spe' | undefined;

const vectorsOf = ({ features }: CpuModel): Vectors => (features.has('altivec') ? 'altivec' : features.has('spe') ? 'spe' : undefined);

export function ppcSignalFrames(model: CpuModel): SignalFrames {
  const vectors = vectorsOf(model);
  return {
    stackPointer: ({ i32 }) => i32[SP]! >>> 0,

    push(state, memory, request) {
      const { size, caller } = request.wantsInfo ? WITH_INFO : PLAIN;
      const frame = ((request.stackPointer - size) & ~15) >>> 0;
      const bottom = frame - caller;
      if (!memory.accessible(bottom, size + caller, Prot.Write)) return false;
      memory.u8.fill(0, bottom, frame + size);
      const put = (at: number, value: number): void => memory.view.setInt32(at, value);
      put(bottom, state.i32[SP]!);
      const registers = frame + (request.wantsInfo ? WITH_INFO.ucontext + UC.context : PLAIN.context);
      writeRegisters(state, memory, registers, vectors, request.fault);
      if (request.wantsInfo) writeUserContext(memory, frame, registers, request);
      else {
        put(frame + PLAIN.maskHigh, request.maskHigh);
        put(frame + PLAIN.signal, request.signal);
        put(frame + PLAIN.handler, request.handler);
        put(frame + PLAIN.mask, request.maskLow);
        put(frame + PLAIN.regs, registers);
      }
      enterHandler(state, frame, bottom, request);
      return true;
    },

    pop(state, memory, withInfo): RestoredFrame | undefined {
      const { size, caller } = withInfo ? WITH_INFO : PLAIN;
      const frame = (state.i32[SP]! >>> 0) + caller;
      if (!memory.accessible(frame, size - ABI_GAP, Prot.Read)) return undefined;
      const get = (at: number): number => memory.view.getInt32(frame + at);
      // The handler may have pointed it to another context
      const registers = get(withInfo ? WITH_INFO.ucontext + UC.regs : PLAIN.regs) >>> 0;
      if (!memory.accessible(registers, MC.size, Prot.Read)) return undefined;
      readRegisters(state, memory, registers, vectors);
      if (!withInfo) return { maskLow: get(PLAIN.mask), maskHigh: get(PLAIN.maskHigh), altStack: undefined };
      const { sp, size: bytes, flags } = UC.stack;
      const at = WITH_INFO.ucontext;
      return {
        maskLow: get(at + UC.mask),
        maskHigh: get(at + UC.mask + 4),
        altStack: { sp: get(at + sp) >>> 0, size: get(at + bytes) >>> 0, flags: get(at + flags) },
      };
    },
  };
}

const UC_BYTES = UC.context + MC.size;
const SUMMARY_OVERFLOW = 1 << 28;

/** sys_swapcontext: the mask, which is in the ucontext too, is the caller's business. */
export function swapPpcContext({ state, memory, model }: RegistersAndMemory, save: number, load: number): boolean {
  const vectors = vectorsOf(model);
  const { view } = memory;
  if (save !== 0) {
    if (!memory.accessible(save, UC_BYTES, Prot.Write)) return false;
    const registers = ((save + UC.context) & ~15) >>> 0;
    writeRegisters(state, memory, registers, vectors, undefined);
    // Who comes back there finds that the call has succeeded
    view.setInt32(registers + MC.registers + 4 * 3, 0);
    view.setInt32(registers + MC.ccr, readCr(state) & ~SUMMARY_OVERFLOW);
    view.setInt32(save + UC.regs, registers);
  }
  if (load !== 0) {
    if (!memory.accessible(load, UC.context, Prot.Read)) return false;
    const registers = view.getInt32(load + UC.regs) >>> 0;
    if (!memory.accessible(registers, MC.size, Prot.Read)) return false;
    const threadPointer = state.i32[THREAD_POINTER]!;
    readRegisters(state, memory, registers, vectors);
    state.i32[THREAD_POINTER] = threadPointer;
  }
  return true;
}

function writeUserContext({ view }: GuestMemory, frame: number, registers: number, request: FrameRequest): void {
  request.writeInfo(frame);
  const at = frame + WITH_INFO.ucontext;
  view.setInt32(at + UC.stack.sp, request.altStack.sp);
  view.setInt32(at + UC.stack.size, request.altStack.size);
  view.setInt32(at + UC.stack.flags, request.altStack.flags);
  view.setInt32(at + UC.regs, registers);
  view.setInt32(at + UC.mask, request.maskLow);
  view.setInt32(at + UC.mask + 4, request.maskHigh);
}

function enterHandler(state: CpuState, frame: number, bottom: number, request: FrameRequest): void {
  const { i32 } = state;
  i32[SP] = bottom;
  i32[R3] = request.signal;
  if (request.wantsInfo) {
    i32[R4] = frame;
    i32[R5] = frame + WITH_INFO.ucontext;
    i32[R6] = frame;
  } else i32[R4] = frame;
  i32[LR] = request.wantsInfo ? PPC_RT_SIGRETURN_ADDRESS : PPC_SIGRETURN_ADDRESS;
  // Handlers begin without floating-point exceptions
  writeFpscr(state, 0);
  i32[ENGINE_WORD.pc] = request.handler;
  i32[ENGINE_WORD.mode] = 0;
}

/** Vectors lie in memory with the most significant word first, in the state with the least significant first. */
const VECTOR_WORDS = [0, 1, 2, 3] as const;

function writeRegisters(state: CpuState, memory: GuestMemory, at: number, vectors: Vectors, fault: FaultRecord | undefined): void {
  const S = state.i32;
  const put = (offset: number, value: number): void => memory.view.setInt32(at + offset, value);
  R.forEach((r, i) => put(MC.registers + 4 * i, S[r]!));
  put(MC.nip, S[ENGINE_WORD.pc]!);
  put(MC.msr, vectors === undefined ? MSR_USER : MSR_USER | MSR_VECTORS);
  put(MC.originalR3, S[R3]!);
  put(MC.ctr, S[CTR]!);
  put(MC.link, S[LR]!);
  put(MC.xer, readXer(state));
  put(MC.ccr, readCr(state));
  if (fault !== undefined) {
    put(MC.trap, TRAP_DATA);
    put(MC.dar, fault.address);
    put(MC.dsisr, fault.mapped ? DSISR_PROTECTED : DSISR_UNMAPPED);
  }
  F.forEach((f, i) => {
    put(MC.float + 8 * i, S[f + 1]!);
    put(MC.float + 8 * i + 4, S[f]!);
  });
  put(MC.fpscr + 4, readFpscr(state));
  if (vectors === 'spe') {
    UPPER.forEach((r, i) => put(MC.upper + 4 * i, S[r]!));
    put(MC.accumulator, S[ACC + 1]!);
    put(MC.accumulator + 4, S[ACC]!);
    put(MC.spefscr, S[SPEFSCR]!);
  }
  if (vectors !== 'altivec') return;
  V.forEach((v, i) => VECTOR_WORDS.forEach((k) => put(MC.vectors + 16 * i + 4 * k, S[v + 3 - k]!)));
  put(MC.vrsave, S[VRSAVE]!);
  put(MC.vscr, readVscr(state));
}

function readRegisters(state: CpuState, memory: GuestMemory, at: number, vectors: Vectors): void {
  const S = state.i32;
  const get = (offset: number): number => memory.view.getInt32(at + offset);
  R.forEach((r, i) => (S[r] = get(MC.registers + 4 * i)));
  S[ENGINE_WORD.pc] = get(MC.nip);
  S[ENGINE_WORD.mode] = 0;
  S[CTR] = get(MC.ctr);
  S[LR] = get(MC.link);
  writeXer(state, get(MC.xer));
  writeCr(state, get(MC.ccr));
  F.forEach((f, i) => {
    S[f + 1] = get(MC.float + 8 * i);
    S[f] = get(MC.float + 8 * i + 4);
  });
  writeFpscr(state, get(MC.fpscr + 4));
  const saved = (get(MC.msr) & MSR_VECTORS) !== 0;
  if (vectors === 'spe') {
    // What a context without them has is 0, but SPEFSCR it always has
    const saidOr0 = (offset: number): number => (saved ? get(offset) : 0);
    UPPER.forEach((r, i) => (S[r] = saidOr0(MC.upper + 4 * i)));
    S[ACC + 1] = saidOr0(MC.accumulator);
    S[ACC] = saidOr0(MC.accumulator + 4);
    S[SPEFSCR] = get(MC.spefscr);
  }
  if (vectors !== 'altivec' || !saved) return;
  V.forEach((v, i) => VECTOR_WORDS.forEach((k) => (S[v + 3 - k] = get(MC.vectors + 16 * i + 4 * k))));
  S[VRSAVE] = get(MC.vrsave);
  writeVscr(state, get(MC.vscr));
}
