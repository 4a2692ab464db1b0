/**
 * ioctl requests, by the devices they are for. Numbers are asm-generic's; those with the size of a struct
 * in them (_IOR and the like) depend on the guest's layout and are computed from it.
 */
import type { Abi } from './abi/abi';
import { DEVICES } from './ioctls/devices';
import { FILES } from './ioctls/files';
import { NETWORK } from './ioctls/network';
import type { Ioctl } from './ioctls/request';
import { TERMINALS } from './ioctls/terminals';

export type { Ioctl, IoctlArgument } from './ioctls/request';

/** The number of an _IO* request with a struct of this size; bits 16 to 29 hold it. */
export const sizedNumber = (number: number, size: number): number => ((number & ~0x3fff0000) | (size << 16)) >>> 0;

/** Bits 29 to 31 (none, read, write) for the two of asm-generic (write, read). */
const THREE_DIRECTIONS = [0, 0x8000_0000, 0x4000_0000, 0xc000_0000] as const;

/** A request's number on an ABI. */
export function requestNumber(ioctl: Ioctl, abi: Abi, sizeOf: (struct: string) => number): number {
  const own = abi.constants.ioctl?.[ioctl.name];
  if (own !== undefined) return own;
  const number = ioctl.sized === undefined ? ioctl.number : sizedNumber(ioctl.number, sizeOf(ioctl.sized));
  if (abi.threeIoctlDirections !== true) return number;
  return ((number & 0x3fff_ffff) | THREE_DIRECTIONS[number >>> 30]!) >>> 0;
}

export const IOCTLS: readonly Ioctl[] = [...TERMINALS, ...FILES, ...NETWORK, ...DEVICES];
