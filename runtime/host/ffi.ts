/**
 * The host kernel through koffi: one raw `syscall` entry and addresses of ArrayBuffers.
 *
 * koffi's native module is opened directly, because its JavaScript loader probes a dozen packages
 * (measured: 3.3 ms for the module alone against 9 ms through `require('koffi')`).
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** A register: a number, or a BigInt where all 64 bits count (directory positions of ext4). */
type Word = number | bigint;
type RawSyscall = (nr: number, a: Word, b: Word, c: Word, d: Word, e: Word, f: Word) => number;

/** Machine code called with 64-bit integers. */
export type HostFunction = (...args: readonly Word[]) => number;

interface Library {
  func(name: string, result: string, args: readonly string[]): RawSyscall;
  /** Throws if there is no such symbol. */
  symbol(name: string): bigint;
}

interface KoffiModule {
  load(path: null): Library;
  address(buffer: ArrayBufferView): bigint | number;
  errno(): number;
  proto(result: string, args: readonly string[]): unknown;
  decode(address: bigint, prototype: unknown): HostFunction;
  view(address: bigint, length: number): ArrayBuffer;
}

/** Highest Linux error number: results in [-4095, -1] are errors. */
export const MAX_ERRNO = 4095;

/** Where npm puts koffi's native module, from the bundle's folder: beside us, or hoisted. Asking `require.resolve` takes 1 to 3 ms. */
const PLACES = ['../node_modules', '../..'] as const;

function openNative(file: string): KoffiModule {
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module as NodeJS.Module, file);
  return module.exports as KoffiModule;
}

function openKoffi(): KoffiModule {
  const name = `@koromix/koffi-linux-${process.arch}`;
  const native = `linux_${process.arch}/koffi.node`;
  const require = createRequire(__filename);
  try {
    const near = PLACES.map((place) => path.join(__dirname, place, name, native)).find((file) => existsSync(file));
    return openNative(near ?? path.join(path.dirname(require.resolve(`${name}/package.json`)), native));
  } catch {
    // musl hosts and package layouts we do not know
    return require('koffi') as KoffiModule;
  }
}

const koffi = openKoffi();
const self = koffi.load(null);
const rawSyscall = self.func('syscall', 'int64', ['int64', 'int64', 'int64', 'int64', 'int64', 'int64', 'int64']);

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

/** A function of this process by its address, with a number of 64-bit integer parameters and such a result. */
export function hostFunction(address: number, parameters: number): HostFunction {
  return koffi.decode(BigInt(address), koffi.proto('int64', new Array<string>(parameters).fill('int64')));
}

/** Memory of this process by its address. It must stay mapped as long as the result is in use. */
export function hostMemory(address: number, length: number): ArrayBuffer {
  return koffi.view(BigInt(address), length);
}

/** Address of a symbol that this process exports; 0n if there is none. */
export function symbolAddress(name: string): bigint {
  try {
    return self.symbol(name);
  } catch {
    return 0n;
  }
}
