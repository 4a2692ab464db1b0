/**
 * The host kernel through koffi: one raw `syscall` entry and addresses of ArrayBuffers.
 *
 * koffi's native module is opened directly, because its JavaScript loader probes a dozen packages
 * (measured: 3.3 ms for the module alone against 9 ms through `require('koffi')`).
 */
import { createRequire } from 'node:module';
import path from 'node:path';

/** A register: a number, or a BigInt where all 64 bits count (directory positions of ext4). */
type Word = number | bigint;
type RawSyscall = (nr: number, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) => number;

interface KoffiModule {
  load(path: null): { func(name: string, result: string, args: readonly string[]): RawSyscall };
  address(buffer: ArrayBufferView): bigint | number;
  errno(): number;
}

/** Highest Linux error number: results in [-4095, -1] are errors. */
export const MAX_ERRNO = 4095;

function openKoffi(): KoffiModule {
  const require = createRequire(__filename);
  try {
    const root = path.dirname(require.resolve(`@koromix/koffi-linux-${process.arch}/package.json`));
    const module: { exports: unknown } = { exports: {} };
    process.dlopen(module as NodeJS.Module, path.join(root, `linux_${process.arch}`, 'koffi.node'));
    return module.exports as KoffiModule;
  } catch {
    // musl hosts and package layouts we do not know
    return require('koffi') as KoffiModule;
  }
}

const koffi = openKoffi();
const rawSyscall = koffi.load(null).func('syscall', 'int64', ['int64', 'int64', 'int64', 'int64', 'int64', 'int64', 'int64']);

/**
 * A host system call. Pointers are host addresses as numbers (below 2^47); results are the kernel's,
 * with errors as negative errno.
 */
export function syscall(nr: number, a: Word = 0, b: Word = 0, c: Word = 0, d: Word = 0, e: Word = 0, f: Word = 0): number {
  const r = rawSyscall(nr, a, b, c, d, e, f);
  return r === -1 ? -koffi.errno() : r;
}

/** Host address of a buffer's first byte. Only for buffers that V8 never moves: 64 bytes and longer. */
export function addressOf(view: ArrayBufferView): number {
  return Number(koffi.address(view));
}
