/**
 * Lets ps(1) and /proc/PID/cmdline and environ show a guest's arguments and environment instead of the
 * emulator's: the kernel reads them from this process's memory, at addresses that prctl(PR_SET_MM) changes.
 * Where the kernel cannot (CONFIG_CHECKPOINT_RESTORE), everything stays as it is.
 */
import { readFileSync } from 'node:fs';
import { addressOf, syscall } from './ffi';
import { HOST } from './numbers';

const PR_SET_MM = 35;
const PR_SET_MM_MAP = 14;

/** struct prctl_mm_map (include/uapi/linux/prctl.h): eleven addresses, a pointer, a size and a descriptor. */
const map = new BigUint64Array(13);
const MAP_BYTES = 104;
const mapAddress = addressOf(map);
/** auxv_size 0 and exe_fd -1: neither changes. */
const NOTHING_ELSE = 0xffff_ffff_0000_0000n;

/** Host addresses, the end exclusive. */
export interface Strings {
  readonly start: number;
  readonly end: number;
}

/** Code, data, start of the heap and of the stack: the emulator's, which children have too. Read once, as that takes 0.1 ms. */
let own: readonly bigint[] | undefined;

function ownAddresses(): readonly bigint[] {
  const text = readFileSync('/proc/self/stat', 'latin1');
  // proc(5) numbers the fields from 1; the first two, of which the second may hold anything, are cut off
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return [26, 27, 45, 46, 47, 28].map((number) => BigInt(fields[number - 3] ?? '0'));
}

/** Shows strings that lie, each with its NUL, at these places. */
export function setCommandLine(args: Strings, environment: Strings): void {
  const [startCode, endCode, startData, endData, startBrk, stack] = (own ??= ownAddresses());
  const strings = [args.start, args.end, environment.start, environment.end].map(BigInt);
  map.set([startCode!, endCode!, startData!, endData!, startBrk!, BigInt(syscall(HOST.brk, 0)), stack!, ...strings, 0n, NOTHING_ELSE]);
  syscall(HOST.prctl, PR_SET_MM, PR_SET_MM_MAP, mapAddress, MAP_BYTES, 0);
}
