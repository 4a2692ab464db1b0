/** The MIPS o32 process in both byte orders (arch/mips/kernel/process.c, scall32-o32.S). */
import type { Abi } from '../syscalls';
import { MIPS_O32, MIPSEL_O32 } from '../syscalls/abi/mips';
import { cpuinfo, hwcap, MIPS_TARGET, MIPSEL_TARGET, SYNCI_CALL, SYNCI_STEP } from '../targets/mips';
import type { Target } from '../targets/target';
import type { ProcessAbi } from './abi';
import { MIPS_SIGRETURN_ADDRESS, mipsSignalFrames, mipsSigreturnPage } from './signal-frame-mips';
import { mipsFloatSignalCode } from './float-signal-mips';
import { defaultMipsModel, mipsModelFor } from './mips-model';

const word = (name: string): number => MIPS_TARGET.layout.offset(name) >> 2;
const V0 = word('v0');
const V1 = word('v1');
const A = ['a0', 'a1', 'a2', 'a3'].map(word);
const A3 = word('a3');
const SP = word('sp');
const PC = word('pc');
const USER_LOCAL = word('user_local');
const SYNCI_ADDRESS = word('synci_address');

/** The fifth and later argument words lie on the stack behind the place for the first four. */
const REGISTER_ARGUMENTS = 4;
const STACK_ARGUMENTS = 16;
/** syscall(2): the number is the first argument and the others move up by one. */
const INDIRECT = 4000;
/** Results from -EMAXERRNO on are errors (arch/mips/kernel/scall32-o32.S). */
const MAX_ERRNO = 1133;
const SYSCALL_BYTES = 4;
const READ_EXEC = 5;
/** PR_GET_FP_MODE: floating-point registers have 64 bits. */
const PR_FP_MODE_FR = 1;
/** TASK_SIZE of a 32-bit kernel (arch/mips/include/asm/processor.h). */
const USER_LIMIT = 0x7fff_8000;

function process(target: Target, syscalls: Abi): ProcessAbi {
  const { mips_synci: synci } = syscalls.numbers;
  return {
    target,
    syscalls,
    byteOrder: syscalls.byteOrder,
    userLimit: USER_LIMIT,
    hwcap: (model) => hwcap(model.features),
    hwcap2: () => 0,
    // The kernel names none for the generic processors (__elf_platform)
    platform: () => undefined,
    cpuinfo,
    defaultModel: defaultMipsModel,
    modelFor: mipsModelFor,
    mapKernelPages: (space) =>
      space.mapKernelPage(MIPS_SIGRETURN_ADDRESS, mipsSigreturnPage(syscalls.byteOrder === 'little'), READ_EXEC, '[vdso]'),
    enter: (state, entry, stackPointer) => {
      state.i32[PC] = entry;
      state.i32[SP] = stackPointer;
    },
    syscallNumber: ({ i32 }, info) => (info === SYNCI_CALL ? synci! : i32[V0] === INDIRECT ? i32[A[0]!]! : i32[V0]!),
    syscallArguments: ({ i32 }, args, memory, info) => {
      if (info === SYNCI_CALL) {
        args[0] = i32[SYNCI_ADDRESS]! >>> 0;
        args[1] = SYNCI_STEP;
        return;
      }
      const first = i32[V0] === INDIRECT ? 1 : 0;
      const stack = (i32[SP]! >>> 0) + STACK_ARGUMENTS;
      // The kernel answers EFAULT if the stack cannot be read; a call that needs no such argument must work
      const words = memory.accessible(stack, 16, 1) ? REGISTER_ARGUMENTS + 4 : REGISTER_ARGUMENTS;
      for (let i = 0; i < 7; i++) {
        const k = i + first;
        if (k < REGISTER_ARGUMENTS) args[i] = i32[A[k]!]! >>> 0;
        else args[i] = k < words ? memory.view.getUint32(stack + 4 * (k - REGISTER_ARGUMENTS), memory.littleEndian) : 0;
      }
    },
    setSyscallResult: ({ i32 }, result, info) => {
      if (info === SYNCI_CALL) return;
      const failed = result < 0 && result >= -MAX_ERRNO;
      i32[V0] = failed ? -result : result;
      i32[A3] = failed ? 1 : 0;
    },
    setSecondResult: ({ i32 }, value) => {
      i32[V1] = value;
    },
    setStackPointer: ({ i32 }, value) => {
      i32[SP] = value;
    },
    repeatSyscall: ({ i32 }) => {
      i32[PC] = i32[PC]! - SYSCALL_BYTES;
    },
    signalFrames: mipsSignalFrames,
    floatMode: ({ features }) => (features.has('fr1') ? PR_FP_MODE_FR : 0),
    floatSignalCode: mipsFloatSignalCode,
    setThreadPointer: ({ i32 }, value) => {
      i32[USER_LOCAL] = value;
    },
  };
}

export const MIPS_PROCESS = process(MIPS_TARGET, MIPS_O32);
export const MIPSEL_PROCESS = process(MIPSEL_TARGET, MIPSEL_O32);
