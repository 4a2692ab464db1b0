/** What execve(2) asks of a file beyond its permissions, and does to the process beside loading it. */
import { addressOf, syscall } from './ffi';
import { HOST } from './numbers';

/** include/uapi/linux: fcntl.h, asm-generic/fcntl.h, prctl.h, statfs.h; the same on every host. */
const F_SETLEASE = 1024;
const F_RDLCK = 0;
const F_UNLCK = 2;
const EAGAIN = 11;
const PR_SET_NAME = 15;
const PR_GET_NO_NEW_PRIVS = 39;
const ST_NOSUID = 2;
/** Offset of f_flags in the 64-bit struct statfs. */
const STATFS_FLAGS = 80;
const COMM_LENGTH = 15;

const scratch = new Uint8Array(128);
const scratchAddress = addressOf(scratch);

/**
 * True if somebody has a file open for writing, so that the kernel would not execute it (ETXTBSY): it gives no read lease
 * on such a file. To anybody but the file's owner and root it gives none at all; then we do not know.
 * @param fd a descriptor of the file that is open for reading only
 */
export function isOpenForWriting(fd: number): boolean {
  const r = syscall(HOST.fcntl, fd, F_SETLEASE, F_RDLCK);
  if (r === 0) syscall(HOST.fcntl, fd, F_SETLEASE, F_UNLCK);
  return r === -EAGAIN;
}

/** True if the kernel would heed the set-user-ID and set-group-ID bits of a file for this process. */
export function mayGainPrivileges(fd: number): boolean {
  if (syscall(HOST.prctl, PR_GET_NO_NEW_PRIVS) !== 0) return false;
  if (syscall(HOST.fstatfs, fd, scratchAddress) < 0) return false;
  return (scratch[STATFS_FLAGS]! & ST_NOSUID) === 0;
}

/** What /proc/self/comm and ps show: at most 15 bytes. */
export function setProcessName(name: Uint8Array): void {
  scratch.fill(0, 0, COMM_LENGTH + 1);
  scratch.set(name.subarray(0, COMM_LENGTH));
  syscall(HOST.prctl, PR_SET_NAME, scratchAddress);
}
