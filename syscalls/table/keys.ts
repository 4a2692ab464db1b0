/** Kernel keyrings: one row per keyctl operation says what its arguments are. */
import { HOST, syscall } from '../../runtime/host';
import type { Context } from '../context';
import { address, hex, inBytes, int, oneOf, row, string, uint, type Table } from '../definition';
import { E } from '../errno';

/** n: a number; s: a string; b: a buffer whose length is the next argument; v: an iovec array with its count next. */
type Arguments = string;

interface Operation {
  readonly number: number;
  readonly args: Arguments;
}

const KEYCTL: Readonly<Record<string, Operation>> = {
  KEYCTL_GET_KEYRING_ID: { number: 0, args: 'nn' },
  KEYCTL_JOIN_SESSION_KEYRING: { number: 1, args: 's' },
  KEYCTL_UPDATE: { number: 2, args: 'nbn' },
  KEYCTL_REVOKE: { number: 3, args: 'n' },
  KEYCTL_CHOWN: { number: 4, args: 'nnn' },
  KEYCTL_SETPERM: { number: 5, args: 'nn' },
  KEYCTL_DESCRIBE: { number: 6, args: 'nbn' },
  KEYCTL_CLEAR: { number: 7, args: 'n' },
  KEYCTL_LINK: { number: 8, args: 'nn' },
  KEYCTL_UNLINK: { number: 9, args: 'nn' },
  KEYCTL_SEARCH: { number: 10, args: 'nssn' },
  KEYCTL_READ: { number: 11, args: 'nbn' },
  KEYCTL_INSTANTIATE: { number: 12, args: 'nbnn' },
  KEYCTL_NEGATE: { number: 13, args: 'nnn' },
  KEYCTL_SET_REQKEY_KEYRING: { number: 14, args: 'n' },
  KEYCTL_SET_TIMEOUT: { number: 15, args: 'nn' },
  KEYCTL_ASSUME_AUTHORITY: { number: 16, args: 'n' },
  KEYCTL_GET_SECURITY: { number: 17, args: 'nbn' },
  KEYCTL_SESSION_TO_PARENT: { number: 18, args: '' },
  KEYCTL_REJECT: { number: 19, args: 'nnnn' },
  KEYCTL_INVALIDATE: { number: 21, args: 'n' },
  KEYCTL_GET_PERSISTENT: { number: 22, args: 'nn' },
  KEYCTL_RESTRICT_KEYRING: { number: 29, args: 'nss' },
  KEYCTL_MOVE: { number: 30, args: 'nnnn' },
  KEYCTL_CAPABILITIES: { number: 31, args: 'bn' },
};

const BY_NUMBER = new Map(Object.values(KEYCTL).map((o) => [o.number, o.args]));
const NAMES = Object.fromEntries(Object.entries(KEYCTL).map(([n, o]) => [n, o.number]));

function keyctl(c: Context, operation: number, ...values: number[]): number {
  const args = BY_NUMBER.get(operation);
  if (args === undefined) {
    c.process.log.unimplemented(`keyctl operation ${operation}`);
    return -E.OPNOTSUPP;
  }
  const converted = Array.from({ length: 4 }, (_, i) => {
    const v = values[i]!;
    const kind = args[i];
    if (kind === undefined) return 0;
    if (kind === 'n') return v | 0;
    if (v === 0) return 0;
    return kind === 'b' ? c.pointer(v, values[i + 1]! >>> 0) : c.base + v;
  });
  // lengths are unsigned: the kernel refuses what is too long
  for (let i = 1; i < 4; i++) if (args[i - 1] === 'b') converted[i] = values[i]! >>> 0;
  return syscall(HOST.keyctl, operation, ...converted);
}

export const KEYS: Table = {
  add_key: row([string, string, inBytes(3), uint, int], (_c, type, name, payload, size, ring) =>
    syscall(HOST.add_key, type, name, size === 0 ? 0 : payload, size, ring),
  ),
  request_key: row([string, string, string, int], (_c, type, name, info, ring) => syscall(HOST.request_key, type, name, info, ring)),
  keyctl: row([oneOf(NAMES), hex, address, address, address], keyctl),
};
