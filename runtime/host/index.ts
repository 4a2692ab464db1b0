export { addressOf, MAX_ERRNO, syscall } from './ffi';
export { HOST, type HostCall } from './numbers';
