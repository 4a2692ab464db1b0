/**
 * Swaps the fields of structs that have the same layout in every ABI and differ in byte order only: for
 * big-endian guests, in place, on bytes that travel between guest and kernel.
 */
import type { Layout } from './struct-codec';

/** Reverses `size` bytes. */
function swapBytes(u8: Uint8Array, at: number, size: number): void {
  for (let i = at, j = at + size - 1; i < j; i++, j--) {
    const b = u8[i]!;
    u8[i] = u8[j]!;
    u8[j] = b;
  }
}

/** Swaps those fields of a struct that lie within `available` bytes. */
export function swapFields(u8: Uint8Array, at: number, available: number, layout: Layout): void {
  for (const f of layout.fields) if (f.size > 1 && f.offset + f.size <= available) swapBytes(u8, at + f.offset, f.size);
}

/** Swaps an array of words of `size` bytes. */
export function swapWords(u8: Uint8Array, at: number, length: number, size: number): void {
  for (let i = 0; i + size <= length; i += size) swapBytes(u8, at + i, size);
}
