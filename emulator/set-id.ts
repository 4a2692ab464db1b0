/** Set-user-ID and set-group-ID programs (prepare_binprm in fs/exec.c). */
import { fstatSync } from 'node:fs';
import { HOST, mayGainPrivileges, syscall } from '../runtime/host';

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
const S_IXGRP = 0o010;
const KEEP = -1;

/**
 * Gives the process the ids of an executable that asks for it. Only root can: the kernel would do it for anybody, but not
 * for a file that it does not execute itself. Then the program runs with the ids that the process has.
 */
export function becomeOwner(fd: number): void {
  const { mode, uid, gid } = fstatSync(fd);
  if ((mode & (S_ISUID | S_ISGID)) === 0 || !mayGainPrivileges(fd)) return;
  // Without the group's execute bit it marks a file for mandatory locking
  if ((mode & S_ISGID) !== 0 && (mode & S_IXGRP) !== 0) syscall(HOST.setresgid, KEEP, gid, gid);
  if ((mode & S_ISUID) !== 0) syscall(HOST.setresuid, KEEP, uid, uid);
}
