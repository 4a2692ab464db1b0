/** The ARM EABI process (arch/arm/kernel/process.c, entry-common.S). */
import { ARM_COMMPAGE_ADDRESS, armCommpage, hasSymbolName } from '../loader';
import type { Abi } from '../syscalls';
import { ARM_BE32_EABI, ARM_BE8_EABI, ARM_EABI } from '../syscalls/abi/arm';
import { OABI_BASE } from '../syscalls/abi/arm-oabi';
import { ARM_BE32_TARGET, ARM_BE8_TARGET, ARM_TARGET, cpuinfo, hwcap, hwcap2, platform, recordExceptions } from '../targets/arm';
import type { Target } from '../targets/target';
import type { ProcessAbi } from './abi';
import { ARM_SIGNAL_FRAMES } from './signal-frame-arm';

const word = (name: string): number => ARM_TARGET.layout.offset(name) >> 2;
const R = Array.from({ length: 15 }, (_, i) => word(`r${i}`));
const PC = word('pc');
const TPIDRURO = word('tpidruro');

/** `svc #0` is EABI: the number is in r7. Any other immediate is an OABI call, 0x900000 + number. */
const OABI_IMMEDIATE = 0x900000;
/** Functions of fenv.h that ask for exceptions without having cleared them. */
const EXCEPTION_READERS = ['fetestexcept', 'fegetexceptflag'];
const READ_EXEC = 5;
const ARM_SVC_BYTES = 4;
const THUMB_SVC_BYTES = 2;

const armProcess = (target: Target, syscalls: Abi, codeOrder: 'little' | 'big'): ProcessAbi => ({
  target,
  syscalls,
  byteOrder: syscalls.byteOrder,
  codeOrder,
  userLimit: 0xffff_0000,
  hwcap: (model) => hwcap(model.features),
  hwcap2: (model) => hwcap2(model.features),
  platform: (model) => platform(model.features, syscalls.byteOrder),
  cpuinfo: (model, processors) => cpuinfo(model, processors, syscalls.byteOrder),
  mapKernelPages: (space) => {
    const page = armCommpage(codeOrder, syscalls.byteOrder);
    space.mapKernelPage(ARM_COMMPAGE_ADDRESS, page, READ_EXEC, '[vectors]');
  },
  enter: (state, entry, stackPointer) => {
    state.i32[PC] = entry;
    state.i32[R[13]!] = stackPointer;
  },
  prepare: (program) => (hasSymbolName(program.main, EXCEPTION_READERS) ? recordExceptions : undefined),
  syscallNumber: (state, info) => (info === 0 ? state.i32[R[7]!]! : OABI_BASE + (info ^ OABI_IMMEDIATE)),
  syscallArguments: (state, args) => {
    for (let i = 0; i < 7; i++) args[i] = state.i32[R[i]!]! >>> 0;
  },
  setSyscallResult: (state, result) => {
    state.i32[R[0]!] = result;
  },
  setStackPointer: (state, value) => {
    state.i32[R[13]!] = value;
  },
  repeatSyscall: (state) => {
    state.i32[PC] = state.i32[PC]! - ((state.i32[PC]! & 1) !== 0 ? THUMB_SVC_BYTES : ARM_SVC_BYTES);
  },
  signalFrames: () => ARM_SIGNAL_FRAMES,
  setThreadPointer: (state, value) => {
    state.i32[TPIDRURO] = value;
  },
});

export const ARM_PROCESS = armProcess(ARM_TARGET, ARM_EABI, 'little');

/** EF_ARM_BE8: a big-endian program whose code is little-endian, as linkers make it for ARMv6 and later (AAELF32, section 5.2). */
const EF_ARM_BE8 = 0x0080_0000;
const ARM_BE8_PROCESS = armProcess(ARM_BE8_TARGET, ARM_BE8_EABI, 'little');
const ARM_BE32_PROCESS = armProcess(ARM_BE32_TARGET, ARM_BE32_EABI, 'big');

/** Big-endian programs of either kind, by e_flags. */
export const armebProcess = (elfFlags: number): ProcessAbi => ((elfFlags & EF_ARM_BE8) !== 0 ? ARM_BE8_PROCESS : ARM_BE32_PROCESS);
