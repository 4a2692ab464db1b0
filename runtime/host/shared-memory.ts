/** Memory that a process shares with its children. */
import { hostMemory, syscall } from './ffi';
import { HOST } from './numbers';

const PROT_READ_WRITE = 3;
/** MAP_SHARED, MAP_ANONYMOUS and MAP_NORESERVE of every Linux host. */
const FLAGS = 0x4021;

/** Memory of 0, of which only what is used counts; it stays mapped. Undefined if the host refuses. */
export function familyMemory(bytes: number): ArrayBuffer | undefined {
  const at = syscall(HOST.mmap, 0, bytes, PROT_READ_WRITE, FLAGS, -1, 0);
  return at < 0 ? undefined : hostMemory(at, bytes);
}
