export { addressOf, MAX_ERRNO, syscall } from './ffi';
export { HOST, type HostCall } from './numbers';
export { dieBySignal, exitGroup, setDefault, setIgnored, SIGNAL } from './signals';
