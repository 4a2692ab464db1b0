export { armCommpage, ARM_COMMPAGE_ADDRESS, ARM_SIGRETURN_ADDRESS } from './commpage-arm';
export { argumentsFit, AT, type AuxEntry } from './initial-stack';
export { DEFAULT_STACK_SIZE, load, mapProgram, type Image, type LoadOptions, type ProcessOptions } from './load';
export { LoadError, NativeProgram } from './load-error';
export { mipsFpAbi } from './mips-abiflags';
export { identify, openProgram, type Identity, type Program, type ProgramOptions } from './program';
export { hasSymbolName } from './symbol-names';
export { PPC_RT_SIGRETURN_ADDRESS, PPC_SIGRETURN_ADDRESS, PPC_VDSO_ADDRESS, ppcVdso } from './vdso-ppc';
