export { AddressSpace } from './address-space';
export { ANONYMOUS, type Backing, type MapRequest } from './mapping';
export { fileVersion } from './file-version';
export { GuestFault, GuestMemory, PAGE_SIZE, Prot } from './guest-memory';
export { SharedMappings } from './shared-mappings';
export { StateLock } from './state-lock';
export { VmaList, type Vma } from './vma-list';
