export { addressOf, MAX_ERRNO, syscall } from './ffi';
export { allowTurboFan } from './jit-tiers';
export { inheritedFdLimit } from './limits';
export { HOST, type HostCall } from './numbers';
export { dieBySignal, exitGroup, setDefault, setIgnored, SIGNAL } from './signals';
