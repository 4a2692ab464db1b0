/** Calls that only PowerPC has (arch/powerpc/kernel/syscalls.c), and one of our own. */
import { NO_RESULT } from '../../runtime/host';
import type { Context } from '../context';
import { address, int, row, uint, type Table } from '../definition';
import { E } from '../errno';
import { readSet, writeSet } from '../signal-sets';

/** struct ucontext: its size, and where the mask is. */
const UCONTEXT_BYTES = 1184;
const MASK = 52;

/** Saves registers and mask to one context and goes on with another; 0 is none. */
function swapcontext(c: Context, save: number, load: number, size: number): number {
  if (size < UCONTEXT_BYTES) return -E.INVAL;
  const next = load === 0 ? undefined : readSet(c, load + MASK);
  if (load !== 0 && next === undefined) return -E.FAULT;
  if (save !== 0 && !writeSet(c, save + MASK, c.signals.maskLow, c.signals.maskHigh)) return -E.FAULT;
  if (c.process.swapContext?.(save, load) !== true) return -E.FAULT;
  if (next === undefined) return 0;
  c.signals.setMask(...next);
  return NO_RESULT;
}

export const PPC: Table = {
  // A line of code, which icbi names: the instruction becomes this call
  ppc_icbi: row([address, int], (c, at, bytes) => {
    c.process.invalidateCode(at, at + bytes);
    return 0;
  }),
  swapcontext: row([address, address, uint], swapcontext),
  // Little-endian programs are another machine's
  switch_endian: row([], () => -E.NOSYS),
};
