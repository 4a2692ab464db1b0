/**
 * Turns a row of the implementation table into a function of raw register values, once per call number.
 * Each argument type becomes a small closure; what must go back to the guest becomes a finishing step.
 */
import { AT, AT_FDCWD, HOST_OPEN, SIGNALS, type Constants } from './constants';
import { BAD_ADDRESS, type Context } from './context';
import type { ArgType, CopyOut, Row } from './definition';
import { E } from './errno';
import { renumberBits, sameLayout, writeScalar } from './struct-codec';
import type { Abi, ConstantSet } from './abi/abi';

/** Register values in, result or negative host errno out. */
export type Thunk = (args: readonly number[]) => number;

type Convert = (args: readonly number[]) => number;
/** Runs after the call; returns the call's result, or an error that replaces it. */
type Finish = (args: readonly number[], result: number) => number;

const SYMLINK_NOFOLLOW = AT['AT_SYMLINK_NOFOLLOW']!;
/** For which results of the call an output struct is copied to the guest. */
const COPY_OUT: Readonly<Record<CopyOut, (result: number) => boolean>> = {
  success: (r) => r >= 0,
  interrupted: (r) => r === -E.INTR,
  always: () => true,
};
/** More than this and the kernel answers EINVAL by itself (UIO_MAXIOV). */
const IOV_MAX = 1024;

/** Index of the first register of each argument. */
export function registersOf(args: readonly ArgType[], abi: Abi): number[] {
  let next = 0;
  return args.map((a) => {
    const words = abi.wordSize === 8 || (a.kind !== 'pair' && a.kind !== 'halves') ? 1 : 2;
    if (a.kind === 'pair' && words === 2 && abi.alignsRegisterPairs) next += next & 1;
    const at = next;
    next += words;
    return at;
  });
}

export function compile(row: Row, c: Context): Thunk {
  const at = registersOf(row.args, c.abi);
  const finishers: Finish[] = [];
  const cv = row.args.map((a, i) => converter(a, at[i]!, at, c, finishers, directoryOf(row.args, at, i, c)));
  const call = caller(row, cv, c);
  const [only] = finishers;
  if (only === undefined) return call;
  if (finishers.length === 1) return (args) => only(args, call(args));
  return (args) => finishers.reduce((r, f) => f(args, r), call(args));
}

function caller(row: Row, cv: readonly Convert[], c: Context): Thunk {
  const { run } = row;
  const { arena } = c;
  const [a, b, d, e, f, g] = cv;
  switch (cv.length) {
    case 0:
      return () => (arena.reset(), run(c));
    case 1:
      return (x) => (arena.reset(), run(c, a!(x)));
    case 2:
      return (x) => (arena.reset(), run(c, a!(x), b!(x)));
    case 3:
      return (x) => (arena.reset(), run(c, a!(x), b!(x), d!(x)));
    case 4:
      return (x) => (arena.reset(), run(c, a!(x), b!(x), d!(x), e!(x)));
    case 5:
      return (x) => (arena.reset(), run(c, a!(x), b!(x), d!(x), e!(x), f!(x)));
    default:
      return (x) => (arena.reset(), run(c, a!(x), b!(x), d!(x), e!(x), f!(x), g!(x)));
  }
}

/** The host fd that a path argument is relative to: that of the directory argument before it. */
function directoryOf(args: readonly ArgType[], at: readonly number[], index: number, c: Context): Convert {
  const r = at[args.findLastIndex((a, i) => i < index && a.kind === 'dirfd')];
  return r === undefined ? () => AT_FDCWD : (x) => c.fds.host(x[r]!);
}

function converter(type: ArgType, r: number, registers: readonly number[], c: Context, finish: Finish[], directory: Convert): Convert {
  const { fds } = c;
  switch (type.kind) {
    case 'int':
      return numberConverter(c.abi, type.set, type.names, r);
    case 'signal':
      return numberConverter(c.abi, 'signal', SIGNALS, r);
    case 'uint':
    case 'address':
    case 'strings':
    case 'guestPath':
    case 'openMode':
    case 'ioctl':
    case 'guestStruct':
    case 'guestBytes':
    case 'sockaddr':
    case 'sockaddrOut':
    case 'guestInts':
    case 'pollfds':
    case 'socketLevel':
    case 'socketOption':
      return (x) => x[r]!;
    case 'flags':
      return flagConverter(c.abi, type, r);
    case 'fd':
      return (x) => fds.host(x[r]!);
    case 'dirfd':
      return (x) => ((x[r]! | 0) === AT_FDCWD ? AT_FDCWD : fds.host(x[r]!));
    case 'path':
      if (type.flags !== undefined) {
        const flagsAt = registers[type.flags]!;
        return (x) => c.paths.existing(x[r]!, (x[flagsAt]! & SYMLINK_NOFOLLOW) === 0, directory(x));
      }
      if (type.lookup === 'plain') return (x) => c.paths.plain(x[r]!, directory(x));
      return type.lookup === 'lookup'
        ? (x) => c.paths.existing(x[r]!, true, directory(x))
        : (x) => c.paths.existing(x[r]!, false, directory(x));
    case 'string':
      return (x) => (x[r] === 0 ? 0 : c.base + x[r]!);
    case 'bytes': {
      const lengthAt = registers[type.length]!;
      return (x) => c.pointer(x[r]!, x[lengthAt]!);
    }
    case 'struct':
      return structConverter(type, r, c, finish);
    case 'iovec':
      return (x) => hostIovec(c, x[r]!, x[registers[type.count]!]!);
    case 'pair':
      return pairConverter(c.abi, r);
    case 'halves':
      return c.abi.wordSize === 8 ? (x) => x[r]! : (x) => join(x[r]!, x[r + 1]!);
  }
}

/** A signed 64-bit value as a number. Beyond 2^53 it is rounded, and kept below 2^63. */
function join(low: number, high: number): number {
  const value = (high | 0) * 2 ** 32 + (low >>> 0);
  return value < 2 ** 63 ? value : 2 ** 63 - 1024;
}

function pairConverter(abi: Abi, r: number): Convert {
  if (abi.wordSize === 8) return (x) => x[r]!;
  return abi.byteOrder === 'little' ? (x) => join(x[r]!, x[r + 1]!) : (x) => join(x[r + 1]!, x[r]!);
}

type BitPairs = readonly (readonly [guest: number, host: number])[];

/** By ABI and names: calls ask for them each time. */
const knownBits = new WeakMap<Abi, Map<Constants, BitPairs>>();

/** Bits that the guest numbers otherwise than the host: [guest, host] pairs. */
export function differingBits(abi: Abi, set: keyof Abi['constants'], names: Constants): BitPairs {
  let known = knownBits.get(abi);
  if (known === undefined) knownBits.set(abi, (known = new Map<Constants, BitPairs>()));
  let pairs = known.get(names);
  if (pairs === undefined) known.set(names, (pairs = findDifferingBits(abi, set, names)));
  return pairs;
}

function findDifferingBits(abi: Abi, set: keyof Abi['constants'], names: Constants): BitPairs {
  const guest: Constants = abi.constants[set] ?? {};
  const hostNames: Constants = set === 'open' ? HOST_OPEN : {};
  return Object.keys(names)
    .map((n) => [guest[n] ?? guest[asOpenFlag(n)] ?? names[n]!, hostNames[n] ?? names[n]!] as const)
    .filter(([g, h]) => g !== h);
}

/** EFD_NONBLOCK, SFD_CLOEXEC and their like are the flags of open under other names. */
const asOpenFlag = (name: string): string => name.replace(/^[A-Z]+_(NONBLOCK|CLOEXEC)$/, 'O_$1');

/** Renumbers bits; `from` says which number of each pair the value has now. */
export function translateBits(value: number, pairs: readonly (readonly [number, number])[], from: 0 | 1): number {
  if (pairs.length === 0) return value;
  return renumberBits(value, from === 0 ? pairs : pairs.map(([guest, host]) => [host, guest] as const));
}

/** Enumerated values that the guest numbers otherwise than the host: guest number -> host number. */
function differingNumbers(abi: Abi, set: ConstantSet, names: Constants): ReadonlyMap<number, number> {
  return new Map(differingBits(abi, set, names));
}

function numberConverter(abi: Abi, set: ConstantSet | undefined, names: Constants | undefined, r: number): Convert {
  const numbers = set === undefined || names === undefined ? undefined : differingNumbers(abi, set, names);
  if (numbers === undefined || numbers.size === 0) return (x) => x[r]! | 0;
  return (x) => numbers.get(x[r]!) ?? x[r]! | 0;
}

function flagConverter(abi: Abi, { set, names, field = 0 }: Extract<ArgType, { kind: 'flags' }>, r: number): Convert {
  const differing = set === undefined ? [] : differingBits(abi, set, names);
  if (differing.length === 0) return (x) => x[r]! | 0;
  const numbers = new Map(differing.filter(([guest]) => (guest & ~field) === 0));
  const pairs = differing.filter(([guest]) => (guest & ~field) !== 0);
  if (numbers.size === 0) return (x) => translateBits(x[r]!, pairs, 0);
  return (x) => {
    const value = x[r]! & field;
    return translateBits(x[r]! & ~field, pairs, 0) | (numbers.get(value) ?? value);
  };
}

function structConverter(type: Extract<ArgType, { kind: 'struct' }>, r: number, c: Context, finish: Finish[]): Convert {
  const guest = c.guestLayout(type.name);
  const hostLayout = c.hostLayout(type.name);
  if (sameLayout(guest, hostLayout)) return (x) => (x[r] === 0 ? 0 : c.pointer(x[r]!, guest.size));
  const slot = c.arena.slot(hostLayout.size);
  const hostAddress = c.arena.host(slot);
  const { view } = c.memory;
  if (type.dir !== 'in') {
    const out = c.toGuest(type.name, type.name);
    const wanted = COPY_OUT[type.copyOut];
    finish.push((args, result) => {
      const address = args[r]!;
      if (address === 0 || !wanted(result)) return result;
      if (!c.writable(address, guest.size)) return -E.FAULT;
      return out.copy(c.arena.view, slot, view, address) ? result : -E.OVERFLOW;
    });
  }
  if (type.dir === 'out') return (x) => (x[r] === 0 ? 0 : hostAddress);
  const into = c.fromGuest(type.name, type.name);
  return (x) => {
    const address = x[r]!;
    if (address === 0) return 0;
    if (!c.readable(address, guest.size)) return BAD_ADDRESS;
    into.copy(view, address, c.arena.view, slot);
    return hostAddress;
  };
}

/** The host's form of a guest iovec array: the buffers stay where they are. */
export function hostIovec(c: Context, address: number, count: number): number {
  if (count === 0 || count > IOV_MAX) return c.base + address;
  const word = c.abi.wordSize;
  if (!c.readable(address, 2 * word * count)) return BAD_ADDRESS;
  const at = c.arena.take(16 * count);
  if (at < 0) return BAD_ADDRESS;
  const { view } = c.arena;
  for (let i = 0; i < count; i++) {
    const entry = address + 2 * word * i;
    const start = c.word(entry);
    const length = c.word(entry + word);
    // a length with the sign bit set is EINVAL, as the host finds when it is negative there too
    const negative = word === 4 && length >= 2 ** 31;
    writeScalar(view, at + 16 * i, 8, negative ? c.base + start : c.pointer(start, length), true);
    writeScalar(view, at + 16 * i + 8, 8, negative ? length - 2 ** 32 : length, true);
  }
  return c.arena.host(at);
}
