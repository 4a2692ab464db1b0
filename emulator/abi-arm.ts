/** The ARM EABI process (arch/arm/kernel/process.c, entry-common.S). */
import { ARM_COMMPAGE_ADDRESS, armCommpage } from '../loader';
import { ARM_EABI } from '../syscalls';
import { ARM_TARGET, cpuinfo, hwcap, hwcap2, platform } from '../targets/arm';
import type { ProcessAbi } from './abi';

const word = (name: string): number => ARM_TARGET.layout.offset(name) >> 2;
const R = Array.from({ length: 15 }, (_, i) => word(`r${i}`));
const PC = word('pc');
const TPIDRURO = word('tpidruro');

/** `svc #0` is EABI: the number is in r7. Any other immediate is an OABI call, 0x900000 + number. */
const OABI_BASE = 0x900000;
const READ_EXEC = 5;

export const ARM_PROCESS: ProcessAbi = {
  target: ARM_TARGET,
  syscalls: ARM_EABI,
  byteOrder: 'little',
  userLimit: 0xffff_0000,
  hwcap: (model) => hwcap(model.features),
  hwcap2: (model) => hwcap2(model.features),
  platform: (model) => platform(model.features),
  cpuinfo: (model, processors) => cpuinfo(model, processors),
  mapKernelPages: (space) => space.mapKernelPage(ARM_COMMPAGE_ADDRESS, armCommpage(), READ_EXEC, '[vectors]'),
  enter: (state, entry, stackPointer) => {
    state.i32[PC] = entry;
    state.i32[R[13]!] = stackPointer;
  },
  syscallNumber: (state, info) => (info === 0 ? state.i32[R[7]!]! : info - OABI_BASE),
  syscallArguments: (state, args) => {
    for (let i = 0; i < 7; i++) args[i] = state.i32[R[i]!]! >>> 0;
  },
  setSyscallResult: (state, result) => {
    state.i32[R[0]!] = result;
  },
  setStackPointer: (state, value) => {
    state.i32[R[13]!] = value;
  },
  setThreadPointer: (state, value) => {
    state.i32[TPIDRURO] = value;
  },
};
