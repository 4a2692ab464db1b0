/** How an ioctl request is written down: its number and how the argument is passed. */

type Direction = 'in' | 'out' | 'inout';

export type IoctlArgument =
  /** Nothing, or a plain number. */
  | { readonly kind: 'none' | 'value' }
  /** A struct; the fields `fds` hold guest fds, the fields `pointers` addresses of bytes that mean the same everywhere. */
  | {
      readonly kind: 'struct';
      readonly dir: Direction;
      readonly name: string;
      readonly fds?: readonly string[];
      readonly pointers?: readonly string[];
    }
  /** The address of bytes that mean the same on every ABI. */
  | { readonly kind: 'pointer' }
  /** The same on every little-endian ABI; big-endian guests are refused. */
  | { readonly kind: 'littleEndian' }
  /** The number is a guest fd. */
  | { readonly kind: 'fd' }
  /** Answers with a new fd. */
  | { readonly kind: 'newFd' }
  /** Sets or clears FD_CLOEXEC. */
  | { readonly kind: 'cloexec'; readonly on: boolean }
  /** struct ifconf: a buffer for an array of struct ifreq. */
  | { readonly kind: 'interfaces' }
  /** struct file_dedupe_range: a header and an array with fds. */
  | { readonly kind: 'dedupeRange' };

export interface Ioctl {
  readonly name: string;
  /** asm-generic's number. */
  readonly number: number;
  /** The struct whose size is in the number, which then differs between host and guest. */
  readonly sized?: string;
  readonly argument: IoctlArgument;
}

export const none: IoctlArgument = { kind: 'none' };
export const value: IoctlArgument = { kind: 'value' };
export const pointer: IoctlArgument = { kind: 'pointer' };
export const littleEndian: IoctlArgument = { kind: 'littleEndian' };
export const newFd: IoctlArgument = { kind: 'newFd' };
export const input = (name: string): IoctlArgument => ({ kind: 'struct', dir: 'in', name });
export const output = (name: string): IoctlArgument => ({ kind: 'struct', dir: 'out', name });
export const both = (name: string): IoctlArgument => ({ kind: 'struct', dir: 'inout', name });

export const io = (name: string, number: number, argument: IoctlArgument, sized?: string): Ioctl => ({
  name,
  number,
  argument,
  ...(sized !== undefined && { sized }),
});
