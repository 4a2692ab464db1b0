/** The private calls of 32-bit ARM (arch/arm/kernel/traps.c, arm_syscall). */
import { SIGNALS } from '../constants';
import { address, row, type Table } from '../definition';
import { E } from '../errno';
import { raise } from './signals';

export const ARM: Table = {
  ARM_breakpoint: row([], (c) => raise(c, SIGNALS['SIGTRAP']!)),
  ARM_cacheflush: row([address, address, { kind: 'int' }], (c, start, end, how) => {
    if (end < start || how !== 0) return -E.INVAL;
    c.process.invalidateCode(start, end);
    return 0;
  }),
  // 26-bit mode went away with ARMv4: usr26 does nothing, usr32 leaves the processor as it is
  ARM_usr26: row([], () => 0),
  ARM_usr32: row([], () => 0),
  ARM_set_tls: row([address], (c, value) => {
    c.threadPointer = value;
    c.process.setThreadPointer(value);
    return 0;
  }),
  ARM_get_tls: row([], (c) => c.threadPointer, 'address'),
};
