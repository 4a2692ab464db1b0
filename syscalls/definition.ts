/**
 * How a row of the implementation table is written: argument types, result type, implementation.
 *
 * The argument types are data. thunk.ts derives the conversion of registers from them, strace.ts the
 * printing. An implementation gets converted arguments, one number each:
 * file descriptors as host fds, pointers as host addresses, structs as the address of the host's form.
 */
import { HOST, type HostCall } from '../runtime/host';
import type { ConstantSet } from './abi/abi';
import type { Constants } from './constants';
import type { Context } from './context';

export type Direction = 'in' | 'out' | 'inout';

/** When an output struct is copied to the guest: on success, on EINTR (remaining times), or whatever happened. */
export type CopyOut = 'success' | 'interrupted' | 'always';

export type ArgType =
  /** 32-bit signed; `names` for strace, `set` if ABIs number them differently. */
  | { readonly kind: 'int'; readonly names?: Constants; readonly set?: ConstantSet }
  /** Unsigned word. */
  | { readonly kind: 'uint'; readonly base?: 8 | 10 | 16 }
  /** open's mode, which means something only if the flags (argument `flags`) create a file. */
  | { readonly kind: 'openMode'; readonly flags: number }
  /** Bit set, or with `field` an enumeration in the low bits plus a bit set; with `mode` permissions in the low bits. */
  | { readonly kind: 'flags'; readonly names: Constants; readonly set?: ConstantSet; readonly field?: number; readonly mode?: true }
  | { readonly kind: 'signal' }
  | { readonly kind: 'fd' }
  /** A directory fd or AT_FDCWD. */
  | { readonly kind: 'dirfd' }
  /**
   * `lookup`: the file may be under the sysroot or in the guest's /proc; `link`: same, but the last link
   * is not followed; with `flags`, AT_SYMLINK_NOFOLLOW in the argument of that index decides.
   */
  | { readonly kind: 'path'; readonly lookup: 'plain' | 'lookup' | 'link'; readonly flags?: number }
  /** A path whose guest address the implementation translates itself. */
  | { readonly kind: 'guestPath' }
  /** NUL-terminated bytes that are no path. */
  | { readonly kind: 'string' }
  /** The address of an array of strings that ends with NULL. strace counts them if they are `many`. */
  | { readonly kind: 'strings'; readonly many: boolean }
  /** A buffer. `length` is the index of the argument that holds its length, or a number of bytes. */
  | { readonly kind: 'bytes'; readonly dir: Direction; readonly length: number }
  /** A buffer that the implementation passes on itself. */
  | { readonly kind: 'guestBytes'; readonly dir: Direction; readonly length: number }
  /** A socket address, of the length that the argument `length` holds; the implementation converts it. */
  | { readonly kind: 'sockaddr'; readonly length: number }
  /** Room for a socket address; the length is where the argument `length` points to. */
  | { readonly kind: 'sockaddrOut'; readonly length: number }
  /** A number of ints that the implementation reads or writes itself, or as many as fit the length in the argument `length`. */
  | { readonly kind: 'guestInts'; readonly dir: Direction; readonly count?: number; readonly length?: number }
  /** An array of struct pollfd with as many elements as the argument `count` says. */
  | { readonly kind: 'pollfds'; readonly count: number }
  /** The level of a socket option, and an option of the level in the argument `level`. */
  | { readonly kind: 'socketLevel' }
  | { readonly kind: 'socketOption'; readonly level: number }
  /** NULL is passed on as NULL. */
  | { readonly kind: 'struct'; readonly name: string; readonly dir: Direction; readonly copyOut: CopyOut }
  /** A struct in guest memory that the implementation converts itself; known here for strace. */
  | { readonly kind: 'guestStruct'; readonly name: string; readonly dir: Direction }
  /** iovec array; `count` is the index of the argument that holds the number of elements. */
  | { readonly kind: 'iovec'; readonly dir: Direction; readonly count: number }
  /** An ioctl request number. */
  | { readonly kind: 'ioctl' }
  /** A guest address as it is: the implementation does what is needed. */
  | { readonly kind: 'address' }
  /** A signed 64-bit value in a register pair, aligned if the ABI says so. */
  | { readonly kind: 'pair' }
  /** A file offset in two words, low first whatever the byte order (preadv, pwritev). */
  | { readonly kind: 'halves' };

/** `exec`: the call succeeds by not returning. */
export type ResultType = 'int' | 'fd' | 'address' | 'octal' | 'exec';

export type Implementation = (c: Context, ...args: number[]) => number;

export interface Row {
  readonly args: readonly ArgType[];
  readonly result: ResultType;
  readonly run: Implementation;
}

export type Table = Readonly<Record<string, Row>>;

export const int: ArgType = { kind: 'int' };
export const uint: ArgType = { kind: 'uint' };
export const hex: ArgType = { kind: 'uint', base: 16 };
export const mode: ArgType = { kind: 'uint', base: 8 };
export const fd: ArgType = { kind: 'fd' };
export const dirfd: ArgType = { kind: 'dirfd' };
export const signal: ArgType = { kind: 'signal' };
export const address: ArgType = { kind: 'address' };
export const pair: ArgType = { kind: 'pair' };
export const halves: ArgType = { kind: 'halves' };
export const guestPath: ArgType = { kind: 'guestPath' };
export const string: ArgType = { kind: 'string' };
export const argumentStrings: ArgType = { kind: 'strings', many: false };
export const environment: ArgType = { kind: 'strings', many: true };
export const path: ArgType = { kind: 'path', lookup: 'plain' };
/** A path of a file that is looked at: redirected below the sysroot and to the guest's own /proc files. */
export const existingPath: ArgType = { kind: 'path', lookup: 'lookup' };
export const existingLink: ArgType = { kind: 'path', lookup: 'link' };

export const flaggedPath = (flags: number): ArgType => ({ kind: 'path', lookup: 'lookup', flags });
export const guestStruct = (name: string, dir: Direction): ArgType => ({ kind: 'guestStruct', name, dir });

export const oneOf = (names: Constants, set?: ConstantSet): ArgType => ({ kind: 'int', names, ...(set !== undefined && { set }) });
export const flags = (names: Constants, set?: ConstantSet): ArgType => ({ kind: 'flags', names, ...(set !== undefined && { set }) });
/** An enumeration in the bits of `field` with flags above it, such as open's access mode. */
export const flagsWith = (names: Constants, field: number, set?: ConstantSet): ArgType => ({
  kind: 'flags',
  names,
  field,
  ...(set !== undefined && { set }),
});

/** Buffers whose length is in the argument with index `length`. */
export const inBytes = (length: number): ArgType => ({ kind: 'bytes', dir: 'in', length });
export const outBytes = (length: number): ArgType => ({ kind: 'bytes', dir: 'out', length });
export const guestInts = (dir: Direction, count: number): ArgType => ({ kind: 'guestInts', dir, count });
export const guestBytes = (dir: Direction, length: number): ArgType => ({ kind: 'guestBytes', dir, length });

export const inStruct = (name: string): ArgType => ({ kind: 'struct', name, dir: 'in', copyOut: 'success' });
export const outStruct = (name: string, copyOut: CopyOut = 'success'): ArgType => ({ kind: 'struct', name, dir: 'out', copyOut });
export const inoutStruct = (name: string, copyOut: CopyOut = 'success'): ArgType => ({ kind: 'struct', name, dir: 'inout', copyOut });
export const iovecIn = (count: number): ArgType => ({ kind: 'iovec', dir: 'in', count });
export const iovecOut = (count: number): ArgType => ({ kind: 'iovec', dir: 'out', count });

/** An implementation that hands the converted arguments to one host call. */
export function host(name: HostCall): Implementation {
  const nr = HOST[name];
  return (context, a, b, c, d, e, f) => context.call(nr, a, b, c, d, e, f);
}

/** A row whose implementation is written out or made by `host`. */
export function row(args: readonly ArgType[], run: Implementation, result: ResultType = 'int'): Row {
  return { args, result, run };
}
