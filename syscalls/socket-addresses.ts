/** Socket addresses. They are the same in every ABI but for byte order, so little-endian guests pass theirs on. */
import { swapFields } from './byte-swap';
import { BAD_ADDRESS, type Context } from './context';
import { E } from './errno';

/** Structs by address family. Families that are not listed have nothing to swap but the family, as AF_UNIX and AF_INET. */
const STRUCTS: Readonly<Record<number, string>> = {
  10: 'sockaddr_in6',
  16: 'sockaddr_nl',
  17: 'sockaddr_ll',
  29: 'sockaddr_can',
  38: 'sockaddr_alg',
  40: 'sockaddr_vm',
};
/** Longer than any address; the kernel refuses what is larger (struct sockaddr_storage). */
const MAX_ADDRESS = 128;

/** Swaps an address in host memory; `family` is what its first two bytes say on the other side. */
function swapAddress(c: Context, u8: Uint8Array, at: number, length: number, family: number): void {
  swapFields(u8, at, length, c.hostLayout(STRUCTS[family] ?? 'sockaddr'));
}

/** Host address of an address the guest gives; 0 for NULL. */
export function addressIn(c: Context, at: number, length: number): number {
  if (at === 0) return 0;
  if (c.memory.littleEndian || length < 2 || length > MAX_ADDRESS) return c.pointer(at, length);
  if (!c.readable(at, length)) return BAD_ADDRESS;
  const slot = c.arena.take(MAX_ADDRESS);
  c.arena.u8.set(c.memory.u8.subarray(at, at + length), slot);
  swapAddress(c, c.arena.u8, slot, length, c.memory.view.getUint16(at, false));
  return c.arena.host(slot);
}

/** Puts an address that the host has written in host order at a guest address into guest order. */
export function swapAddressOut(c: Context, at: number, length: number): void {
  if (c.memory.littleEndian || length < 2 || !c.writable(at, length)) return;
  swapAddress(c, c.memory.u8, at, length, c.memory.view.getUint16(at, true));
}

/** A call that writes an address and its length: `name` and `length` are guest addresses or NULL. */
export function withAddressOut(c: Context, name: number, length: number, call: (name: number, length: number) => number): number {
  const nameHost = name === 0 ? 0 : c.pointer(name, 1);
  if (c.memory.littleEndian || length === 0) return call(nameHost, length === 0 ? 0 : c.pointer(length, 4));
  if (name === 0) return call(0, 0);
  if (!c.readable(length, 4)) return call(nameHost, BAD_ADDRESS);
  const slot = c.arena.take(4);
  const room = c.memory.view.getInt32(length, false);
  c.arena.view.setInt32(slot, room, true);
  const r = call(nameHost, c.arena.host(slot));
  if (r < 0) return r;
  const written = c.arena.view.getInt32(slot, true);
  swapAddressOut(c, name, Math.min(written, room));
  const error = c.put32(length, written);
  return error < 0 && !c.writable(length, 4) ? -E.FAULT : r;
}
