/** The 32-bit PowerPC process (arch/powerpc/kernel/process.c, entry_32.S). */
import { AT, PPC_VDSO_ADDRESS, ppcVdso } from '../loader';
import { PPC } from '../syscalls/abi/ppc';
import {
  cacheLineOf,
  floatExceptionMode,
  floatSignalCode,
  cpuinfo,
  hwcap,
  ICBI_CALL,
  platformOf,
  PPC_TARGET,
  writeCr,
  writeCr0Summary,
  writeVscr,
} from '../targets/ppc';
import type { ProcessAbi } from './abi';
import { ppcSignalFrames, swapPpcContext } from './signal-frame-ppc';

const word = (name: string): number => PPC_TARGET.layout.offset(name) >> 2;
const R0 = word('r0');
const SP = word('r1');
const THREAD_POINTER = word('r2');
const R3 = word('r3');
const PC = word('pc');
const ICBI_ADDRESS = word('icbi_address');
const ICBI_LENGTH = word('icbi_length');

/** Results from -MAX_ERRNO on are errors, which CR0.SO marks (arch/powerpc/kernel/entry_32.S). */
const MAX_ERRNO = 4095;
const SYSCALL_BYTES = 4;
const ARGUMENTS = 7;
const READ_EXEC = 5;
/** TASK_SIZE (CONFIG_TASK_SIZE of 32-bit kernels). */
const USER_LIMIT = 0xc000_0000;

/** VSCR.NJ: denormals of vectors count as zeros (INIT_THREAD in arch/powerpc/include/asm/processor.h, and qemu-ppc). */
const NON_JAVA_MODE = 0x10000;

/** arch/powerpc/include/uapi/asm/auxvec.h */
const PPC_AT = { DCACHEBSIZE: 19, ICACHEBSIZE: 20, UCACHEBSIZE: 21, IGNOREPPC: 22 } as const;

export const PPC_PROCESS: ProcessAbi = {
  target: PPC_TARGET,
  syscalls: PPC,
  byteOrder: 'big',
  userLimit: USER_LIMIT,
  hwcap: (model) => hwcap(model.features),
  hwcap2: () => 0,
  platform: platformOf,
  // Old start-up code looked for the vector at the next boundary of 16 bytes, hence the entries to ignore (ARCH_DLINFO)
  aux: (model) => [
    [PPC_AT.IGNOREPPC, PPC_AT.IGNOREPPC],
    [PPC_AT.IGNOREPPC, PPC_AT.IGNOREPPC],
    [PPC_AT.DCACHEBSIZE, cacheLineOf(model)],
    [PPC_AT.ICACHEBSIZE, cacheLineOf(model)],
    [PPC_AT.UCACHEBSIZE, 0],
    [AT.SYSINFO_EHDR, PPC_VDSO_ADDRESS],
  ],
  cpuinfo,
  mapKernelPages: (space) => space.mapKernelPage(PPC_VDSO_ADDRESS, ppcVdso(), READ_EXEC, '[vdso]'),
  enter: (state, entry, stackPointer) => {
    writeCr(state, 0);
    writeVscr(state, NON_JAVA_MODE);
    state.i32[PC] = entry;
    state.i32[SP] = stackPointer;
  },
  syscallNumber: ({ i32 }, info) => (info === ICBI_CALL ? PPC.numbers['ppc_icbi']! : i32[R0]!),
  syscallArguments: ({ i32 }, args, _memory, info) => {
    if (info === ICBI_CALL) {
      args[0] = i32[ICBI_ADDRESS]! >>> 0;
      args[1] = i32[ICBI_LENGTH]!;
    } else for (let i = 0; i < ARGUMENTS; i++) args[i] = i32[R3 + i]! >>> 0;
  },
  setSyscallResult: (state, result, info) => {
    if (info === ICBI_CALL) return;
    const failed = result < 0 && result >= -MAX_ERRNO;
    state.i32[R3] = failed ? -result : result;
    writeCr0Summary(state, failed);
  },
  setStackPointer: ({ i32 }, value) => {
    i32[SP] = value;
  },
  repeatSyscall: ({ i32 }) => {
    i32[PC] = i32[PC]! - SYSCALL_BYTES;
  },
  signalFrames: ppcSignalFrames,
  swapContext: swapPpcContext,
  floatSignalCode,
  floatExceptionMode,
  setThreadPointer: ({ i32 }, value) => {
    i32[THREAD_POINTER] = value;
  },
};
