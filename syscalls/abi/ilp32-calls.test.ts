import { ARM_EABI } from './arm';
import { MIPS_O32 } from './mips';
import { PPC } from './ppc';

const ABIS = [
  [ARM_EABI, 0],
  [MIPS_O32, 4000],
  [PPC, 0],
] as const;

it.each(ABIS)('numbers calls since Linux 5.1 as all architectures do (%#)', ({ numbers }, base) => {
  for (const [name, n] of Object.entries({
    clock_gettime64: 403,
    sched_rr_get_interval_time64: 423,
    clone3: 435,
    fchmodat2: 452,
    removexattrat: 466,
  }))
    expect([name, numbers[name]]).toEqual([name, base + n]);
});

it.each(ABIS)('serves calls with narrow times only where there are some (%#)', ({ numbers, rows }) => {
  expect(rows).toMatchObject({ futex: 'futex_time32', futex_time64: 'futex', semtimedop_time64: 'semtimedop', _newselect: 'select' });
  expect(rows['semtimedop']).toBe(numbers['semtimedop'] === undefined ? undefined : 'semtimedop_time32');
});
