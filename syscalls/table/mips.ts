/** Calls that only MIPS has (arch/mips/kernel/syscall.c, arch/mips/mm/cache.c), and one of our own. */
import { address, int, row, type Table } from '../definition';
import { E } from '../errno';

/** Commands of sysmips (asm/sysmips.h). */
const MIPS_ATOMIC_SET = 2001;
const MIPS_FIXADE = 7;
const FLUSH_CACHE = 3;

export const MIPS: Table = {
  cacheflush: row([address, int, int], (c, start, bytes) => {
    c.process.invalidateCode(start, start + (bytes >>> 0));
    return 0;
  }),
  // Only the R3000 had a cache that could be switched off
  cachectl: row([address, int, int], () => -E.NOSYS),
  // A line of code, which SYNCI names: the instruction becomes this call
  mips_synci: row([address, int], (c, at, bytes) => {
    const start = Math.floor(at / bytes) * bytes;
    c.process.invalidateCode(start, start + bytes);
    return 0;
  }),
  set_thread_area: row([address], (c, value) => {
    c.threadPointer = value;
    c.process.setThreadPointer(value);
    return 0;
  }),
  sysmips: row([int, address, address], (c, command, argument, value) => {
    switch (command) {
      case MIPS_ATOMIC_SET: {
        if (argument % 4 !== 0) return -E.INVAL;
        if (!c.writable(argument, 4)) return -E.FAULT;
        const old = c.memory.view.getInt32(argument, c.memory.littleEndian);
        c.memory.view.setInt32(argument, value, c.memory.littleEndian);
        return old;
      }
      case FLUSH_CACHE:
        c.process.invalidateCode(0, 2 ** 32);
        return 0;
      case MIPS_FIXADE:
        return (argument & ~3) === 0 ? 0 : -E.INVAL;
      default:
        return -E.INVAL;
    }
  }),
};
