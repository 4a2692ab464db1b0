/**
 * Signal frames of 32-bit ARM (arch/arm/kernel/signal.c, arch/arm/include/asm/ucontext.h).
 *
 * With siginfo the frame is siginfo_t, ucontext, retcode[4]; without it there is no siginfo_t. The sizes are in bytes.
 */
import { ARM_SIGRETURN_ADDRESS } from '../loader';
import { Prot, type GuestMemory } from '../runtime/memory';
import { ARM_TARGET, readCpsr, readFpscr, writeCpsr, writeFpscr } from '../targets/arm';
import { ENGINE_WORD } from '../translate/ir/state';
import type { CpuState } from '../translate/ir/cpu-state';
import type { FrameRequest, RestoredFrame, SignalFrames } from './signal-frame';

const SIGINFO_BYTES = 128;

/** Offsets in struct ucontext. */
const UC = {
  flags: 0,
  link: 4,
  stack: { sp: 8, flags: 12, size: 16 },
  /** struct sigcontext. */
  trapNumber: 20,
  errorCode: 24,
  oldMask: 28,
  registers: 32,
  pc: 32 + 4 * 15,
  cpsr: 32 + 4 * 16,
  faultAddress: 32 + 4 * 17,
  mask: { low: 104, high: 108 },
  /** Coprocessor state, each with a magic number and its size, and a zero after the last. */
  coprocessors: 232,
  size: 232 + 512,
} as const;

const RETCODE_BYTES = 16;
/** Offsets of the variants behind ARM_SIGRETURN_ADDRESS. */
const WITH_INFO = 12;
const THUMB_CODE = 8;

/** uc_flags of a frame without siginfo, by which debuggers know it. */
const PLAIN_FRAME_FLAGS = 0x5ac3c35a;

/** struct vfp_sigframe: magic, size, user_vfp (32 double registers, FPSCR), user_vfp_exc, padding. */
const VFP = { magic: 0x56465001, size: 288, registers: 8, fpscr: 8 + 256, fpexc: 8 + 264 } as const;
/** FPEXC.EN: the unit is on. */
const FPEXC_ENABLED = 0x4000_0000;

/** Trap number and fault status of a data abort: page translation or page permission fault (arch/arm/mm/fsr-2level.c). */
const DATA_ABORT = 14;
const FSR_TRANSLATION = 0x17;
const FSR_PERMISSION = 0x1f;

const word = (name: string): number => ARM_TARGET.layout.offset(name) >> 2;
const R = Array.from({ length: 15 }, (_, i) => word(`r${i}`));
const SP = R[13]!;
const LR = R[14]!;
const D0 = word('d0');
const DOUBLE_WORDS = 64;

const CPSR_THUMB = 1 << 5;
const CPSR_MODE = 0x1f;
const CPSR_USER = 0x10;

export const ARM_SIGNAL_FRAMES: SignalFrames = {
  stackPointer: (state) => state.i32[SP]! >>> 0,

  push(state, memory, request) {
    const size = (request.wantsInfo ? SIGINFO_BYTES : 0) + UC.size + RETCODE_BYTES;
    const frame = ((request.stackPointer - size) & ~7) >>> 0;
    if (!memory.accessible(frame, size, Prot.Write)) return false;
    const context = request.wantsInfo ? frame + SIGINFO_BYTES : frame;
    if (request.wantsInfo) request.writeInfo(frame);
    memory.u8.fill(0, context, context + UC.size);
    writeContext(state, memory, context, request);
    writeVfp(state, memory, context + UC.coprocessors);
    enterHandler(state, memory, frame, request);
    return true;
  },

  pop(state, memory, withInfo) {
    const frame = state.i32[SP]! >>> 0;
    const context = withInfo ? frame + SIGINFO_BYTES : frame;
    if ((frame & 7) !== 0 || !memory.accessible(context, UC.size, Prot.Read)) return undefined;
    return readContext(state, memory, context, withInfo);
  },
};

function writeContext(state: CpuState, memory: GuestMemory, at: number, request: FrameRequest): void {
  const put = (offset: number, value: number): void => memory.view.setInt32(at + offset, value, memory.littleEndian);
  const S = state.i32;
  put(UC.flags, request.wantsInfo ? 0 : PLAIN_FRAME_FLAGS | 0);
  put(UC.stack.sp, request.altStack.sp);
  put(UC.stack.flags, request.altStack.flags);
  put(UC.stack.size, request.altStack.size);
  if (request.fault !== undefined) {
    put(UC.trapNumber, DATA_ABORT);
    put(UC.errorCode, request.fault.mapped ? FSR_PERMISSION : FSR_TRANSLATION);
    put(UC.faultAddress, request.fault.address);
  }
  put(UC.oldMask, request.maskLow);
  for (let i = 0; i < R.length; i++) put(UC.registers + 4 * i, S[R[i]!]!);
  put(UC.pc, S[ENGINE_WORD.pc]! & ~1);
  put(UC.cpsr, readCpsr(state));
  put(UC.mask.low, request.maskLow);
  put(UC.mask.high, request.maskHigh);
}

function writeVfp(state: CpuState, memory: GuestMemory, at: number): void {
  const put = (offset: number, value: number): void => memory.view.setInt32(at + offset, value, memory.littleEndian);
  put(0, VFP.magic);
  put(4, VFP.size);
  if (memory.littleEndian) memory.i32.set(state.i32.subarray(D0, D0 + DOUBLE_WORDS), (at + VFP.registers) >>> 2);
  else for (let i = 0; i < DOUBLE_WORDS; i++) put(VFP.registers + 4 * (i ^ 1), state.i32[D0 + i]!);
  put(VFP.fpscr, readFpscr(state));
  put(VFP.fpexc, FPEXC_ENABLED);
}

function enterHandler(state: CpuState, memory: GuestMemory, frame: number, request: FrameRequest): void {
  const S = state.i32;
  const thumb = (request.handler & 1) !== 0;
  const context = request.wantsInfo ? frame + SIGINFO_BYTES : frame;
  S[R[0]!] = request.signal;
  if (request.wantsInfo) {
    S[R[1]!] = frame;
    S[R[2]!] = context;
  }
  S[SP] = frame;
  if (request.restorer === undefined) {
    const code = ARM_SIGRETURN_ADDRESS + (request.wantsInfo ? WITH_INFO : 0) + (thumb ? THUMB_CODE : 0);
    memory.u8.copyWithin(context + UC.size, code, code + RETCODE_BYTES / 2);
    S[LR] = thumb ? code + 1 : code;
  } else S[LR] = request.restorer;
  S[ENGINE_WORD.pc] = thumb ? request.handler : request.handler & ~3;
  S[ENGINE_WORD.mode] = 0;
}

function readContext(state: CpuState, memory: GuestMemory, at: number, withInfo: boolean): RestoredFrame | undefined {
  const get = (offset: number): number => memory.view.getInt32(at + offset, memory.littleEndian);
  const cpsr = get(UC.cpsr);
  if ((cpsr & CPSR_MODE) !== CPSR_USER) return undefined;
  const S = state.i32;
  for (let i = 0; i < R.length; i++) S[R[i]!] = get(UC.registers + 4 * i);
  S[ENGINE_WORD.pc] = get(UC.pc) & ((cpsr & CPSR_THUMB) !== 0 ? ~1 : ~3);
  writeCpsr(state, cpsr);
  if (get(UC.coprocessors) === VFP.magic && get(UC.coprocessors + 4) === VFP.size) readVfp(state, memory, at + UC.coprocessors);
  const { sp, flags, size } = UC.stack;
  return {
    maskLow: get(UC.mask.low),
    maskHigh: get(UC.mask.high),
    altStack: withInfo ? { sp: get(sp) >>> 0, flags: get(flags), size: get(size) >>> 0 } : undefined,
  };
}

function readVfp(state: CpuState, memory: GuestMemory, at: number): void {
  const get = (offset: number): number => memory.view.getInt32(at + offset, memory.littleEndian);
  // double registers are 64-bit numbers in the guest's byte order
  if (memory.littleEndian) state.i32.set(memory.i32.subarray((at + VFP.registers) >>> 2, ((at + VFP.registers) >>> 2) + DOUBLE_WORDS), D0);
  else for (let i = 0; i < DOUBLE_WORDS; i++) state.i32[D0 + i] = get(VFP.registers + 4 * (i ^ 1));
  writeFpscr(state, get(VFP.fpscr));
}
