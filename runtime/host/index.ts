export { adoptCodePage, codePage, GuestThread, NO_RESULT, RESTART, type ArrivedSignal, type HostFault } from './code-page';
export { isOpenForWriting, mayGainPrivileges, setProcessName } from './executables';
export { addressOf, MAX_ERRNO, syscall } from './ffi';
export { forkProcess } from './fork';
export { allowTurboFan, suspendOptimisation } from './jit-tiers';
export { inheritedFdLimit } from './limits';
export { HOST, type HostCall } from './numbers';
export { familyMemory } from './shared-memory';
export { dieBySignal, exitGroup, setDefault, setIgnored, SIGNAL } from './signals';
