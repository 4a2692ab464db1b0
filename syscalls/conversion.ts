/**
 * Structs and arrays that an implementation converts itself, because what a pointer means depends on
 * another argument. Where guest and host agree on the bytes, the guest's own memory is passed on.
 */
import { BAD_ADDRESS, type Context } from './context';
import { E } from './errno';
import { hostSignal } from './signal-sets';
import { readField, sameLayout, writeField } from './struct-codec';

/** Host address of the host's form of an array of guest structs; 0 for NULL, or an address that faults. */
export function structsIn(c: Context, name: string, address: number, count = 1): number {
  if (address === 0) return 0;
  const guest = c.guestLayout(name);
  if (sameLayout(guest, c.hostLayout(name))) return c.pointer(address, count * guest.size);
  const copier = c.fromGuest(name, name);
  const at = c.arena.take(count * copier.to.size);
  if (at < 0 || !c.readable(address, count * guest.size)) return BAD_ADDRESS;
  for (let i = 0; i < count; i++) copier.copy(c.memory.view, address + i * guest.size, c.arena.view, at + i * copier.to.size);
  return c.arena.host(at);
}

/** Room for a host struct whose contents go to the guest with `store`. */
export interface StructOut {
  /** Host address to give to the call. */
  readonly host: number;
  /** Copies `count` structs to the guest. Returns 0 or a negative errno. */
  store(count?: number): number;
}

/** An array of structs that the host fills; with `filled`, it reads the guest's values first. */
function structsOut(c: Context, name: string, address: number, count = 1, filled = false): StructOut {
  const guest = c.guestLayout(name);
  if (address === 0) return { host: 0, store: () => 0 };
  if (sameLayout(guest, c.hostLayout(name))) return { host: c.pointer(address, count * guest.size), store: () => 0 };
  const copier = c.toGuest(name, name);
  const { size } = copier.from;
  const inward = filled ? structsIn(c, name, address, count) : undefined;
  const at = inward === undefined ? c.arena.take(count * size) : inward - c.arena.base;
  if (at < 0 || inward === BAD_ADDRESS) return { host: BAD_ADDRESS, store: () => -E.FAULT };
  return {
    host: c.arena.host(at),
    store: (n = count) => {
      if (!c.writable(address, n * guest.size)) return -E.FAULT;
      let fits = true;
      for (let i = 0; i < n; i++) fits = copier.copy(c.arena.view, at + i * size, c.memory.view, address + i * guest.size) && fits;
      return fits ? 0 : -E.OVERFLOW;
    },
  };
}

/** A call with a struct that it fills: its result, or the error of handing the struct over. */
export function callOut(c: Context, name: string, address: number, call: (host: number) => number, filled = false): number {
  const out = structsOut(c, name, address, 1, filled);
  const r = call(out.host);
  if (r < 0) return r;
  const error = out.store();
  return error < 0 ? error : r;
}

/**
 * A bit set made of guest longs (CPU and node masks) as the host's, which is a whole number of 64-bit words.
 * @param bits number of bits that count
 * @returns its host address; 0 for NULL, or an address that faults
 */
export function bitsIn(c: Context, address: number, bits: number): number {
  if (address === 0 || bits <= 0) return 0;
  const size = Math.ceil(bits / 64) * 8;
  const at = c.arena.take(size);
  const guestSize = Math.ceil(bits / (8 * c.abi.wordSize)) * c.abi.wordSize;
  if (at < 0 || !c.readable(address, guestSize)) return BAD_ADDRESS;
  c.arena.u8.fill(0, at, at + size);
  for (let i = 0; i < guestSize; i++) c.arena.u8[at + i] = c.memory.u8[address + longByte(c, i)]!;
  return c.arena.host(at);
}

/** The reverse, from a host address in the arena. Returns 0 or a negative errno. */
export function bitsOut(c: Context, address: number, bits: number, host: number): number {
  const guestSize = Math.ceil(bits / (8 * c.abi.wordSize)) * c.abi.wordSize;
  if (!c.writable(address, guestSize)) return -E.FAULT;
  const at = host - c.arena.base;
  for (let i = 0; i < guestSize; i++) c.memory.u8[address + longByte(c, i)] = c.arena.u8[at + i]!;
  return 0;
}

/** Where the guest keeps byte `i` of an array of longs that is little-endian on the host. */
const longByte = (c: Context, i: number): number => (c.memory.littleEndian ? i : i ^ (c.abi.wordSize - 1));

/** A guest's struct sigevent as the host's; 0 for NULL, or an address that faults. */
export function sigeventIn(c: Context, address: number): number {
  const host = structsIn(c, 'sigevent', address);
  const at = host - c.arena.base;
  if (address === 0 || host === BAD_ADDRESS) return host;
  const layout = c.hostLayout('sigevent');
  const signal = readField(c.arena.view, at, layout, 'sigev_signo');
  if (readField(c.arena.view, at, layout, 'sigev_notify') !== SIGEV_THREAD)
    writeField(c.arena.view, at, layout, 'sigev_signo', hostSignal(c.abi, signal));
  return host;
}

/** Its signal number is a descriptor. */
export const SIGEV_THREAD = 2;
