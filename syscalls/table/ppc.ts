/** Calls that only PowerPC has (arch/powerpc/kernel/syscalls.c), and one of our own. */
import { address, int, row, type Table } from '../definition';
import { E } from '../errno';

export const PPC: Table = {
  // A line of code, which icbi names: the instruction becomes this call
  ppc_icbi: row([address, int], (c, at, bytes) => {
    c.process.invalidateCode(at, at + bytes);
    return 0;
  }),
  // Little-endian programs are another machine's
  switch_endian: row([], () => -E.NOSYS),
};
