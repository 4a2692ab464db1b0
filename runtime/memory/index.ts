export { AddressSpace, ANONYMOUS, type Backing, type MapRequest } from './address-space';
export { fileVersion } from './file-version';
export { GuestFault, GuestMemory, PAGE_SIZE, Prot } from './guest-memory';
export { VmaList, type Vma } from './vma-list';
