/** Why a program cannot be run, in one line. */

/** Linux error numbers that execve(2) returns. */
export const Errno = {
  ENOENT: 2,
  E2BIG: 7,
  ENOEXEC: 8,
  ENOMEM: 12,
  EACCES: 13,
  ELOOP: 40,
  ELIBBAD: 80,
} as const;

const PHRASES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['ENOTDIR', 'a part of the path is not a directory'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENAMETOOLONG', 'file name too long'],
  ['EMFILE', 'too many open files'],
  ['ENFILE', 'too many open files in the system'],
  ['EIO', 'input/output error'],
]);

export class LoadError extends Error {
  /**
   * The shells' convention (POSIX XCU 2.8.2): 127 if something needed was not found, which includes a
   * missing interpreter, 126 if it was found and cannot be run.
   */
  readonly exitStatus: 126 | 127;

  /**
   * @param path the file at fault, as the user wrote it
   * @param reason a phrase without a full stop
   * @param errno what execve(2) returns (positive)
   */
  constructor(
    path: string,
    readonly reason: string,
    readonly errno: number,
  ) {
    super(`${printable(path)}: ${printable(reason)}`);
    this.exitStatus = errno === Errno.ENOENT ? 127 : 126;
  }
}

/** The file could be run, but by the machine we run on and not by us. */
export class NativeProgram extends LoadError {}

/** Turns an error thrown by node:fs for a file into a LoadError; rethrows anything else. */
export function hostFileError(path: string, error: unknown): LoadError {
  const { code, errno } = error as Partial<NodeJS.ErrnoException>;
  // Node itself refuses a NUL byte in a path; no such file can exist
  if (code === 'ERR_INVALID_ARG_VALUE') return new LoadError(path, 'no such file or directory', Errno.ENOENT);
  if (code === undefined || errno === undefined) throw error;
  return new LoadError(path, PHRASES.get(code) ?? `cannot be read (${code})`, Math.abs(errno));
}

/** Keeps a message on one line whatever a file name contains. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** An address or offset as messages print it. */
export const hex = (n: number): string => `0x${n.toString(16)}`;
