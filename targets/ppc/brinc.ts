/** SPE's increment of an index whose bits are in reverse order, as a fast Fourier transform needs it (brinc). */

/** Of the index and the mask that many bits count. */
const BITS = 16;
const COUNTED = 2 ** BITS - 1;

function reversed(x: number): number {
  let r = 0;
  for (let i = 0; i < 32; i++) r |= ((x >>> i) & 1) << (31 - i);
  return r;
}

export function incrementReversed(index: number, mask: number): number {
  const counted = mask & COUNTED;
  const next = reversed(1 + reversed((index & COUNTED) | ~counted));
  return (index & ~COUNTED) | (next & counted);
}
