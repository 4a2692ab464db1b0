/**
 * Instructions that ask for something outside the program: hints, system calls, coprocessor registers, and those that raise a
 * signal. The latter end their process, so each is a case of its own and the signal is compared.
 */
import { instantiate, integerRows, type InstructionSet } from './instruction-source';
import type { Random } from './random';
import { REGISTER_COUNT, type Encoding, type TestCase, type Value } from './test-case';

const SETS: Readonly<Record<'a32' | 't32', readonly InstructionSet[]>> = { a32: ['a32', 'a32Unconditional'], t32: ['t16', 't32'] };

/** Rows that do nothing a program can see. */
const QUIET = /^(HINT|CPS|CPS_mode|DSB|DMB|ISB|SB|CLREX)$/;
/** Rows that are undefined in User mode or there to raise a signal. */
const DEADLY = /^(UDF|BKPT|SMC|HVC|ERET|SRS|RFE)$|_(user|spsr)$/;

/** MRC and MCR of what User mode may: opc1 is 0, the coprocessor 15. */
const COPROCESSOR: readonly (readonly [word: number, name: string])[] = [
  [0xee1d0f70, 'mrc TPIDRURO'],
  [0xee0d0f50, 'mcr TPIDRURW'],
  [0xee1d0f50, 'mrc TPIDRURW'],
  [0xee190f1e, 'mrc PMUSERENR'],
  [0xee070f95, 'mcr CP15ISB'],
  [0xee070f9a, 'mcr CP15DSB'],
  [0xee070fba, 'mcr CP15DMB'],
];

const GETUID32 = 199;
const NO_CALL = 5000;
const OABI_BASE = 0x900000;
/** Thumb's `svc` with this number is a semihosting call for qemu-arm, which Linux does not know. */
const SEMIHOSTING = 0xab;

/** SVC with the call's number in r7 or, in A32, in the instruction (OABI). */
function systemCall(rng: Random, thumb: boolean, registers: Value[]): Encoding {
  // The last one raises SIGILL
  registers[7] = rng.chance(2) ? -1 : rng.pick([GETUID32, NO_CALL]);
  const number = rng.below(256);
  if (thumb) return { size: 2, word: 0xdf00 | (number === SEMIHOSTING ? 0 : number), name: 'SVC' };
  const immediate = rng.pick([0, OABI_BASE + GETUID32, OABI_BASE + NO_CALL]);
  return { size: 4, word: 0xef000000 | immediate, name: 'SVC' };
}

/** A case of one instruction that is not expected to raise a signal. */
export function systemGenerator(rng: Random, thumb: boolean): () => TestCase {
  const rows = SETS[thumb ? 't32' : 'a32'].flatMap(integerRows).filter(({ row }) => QUIET.test(row.name));
  return () => {
    const registers: Value[] = Array.from({ length: REGISTER_COUNT }, () => rng.registerValue());
    const inputs = [{ registers, apsr: rng.word() & 0xf80f0000, scratch: [] }];
    for (;;) {
      const kind = rng.below(3);
      if (kind === 0) return { thumb, code: [systemCall(rng, thumb, registers)], inputs };
      if (kind === 1) {
        const [word, name] = rng.pick(COPROCESSOR);
        return { thumb, code: [{ size: 4, word: word | (rng.below(13) << 12), name }], inputs };
      }
      const made = instantiate(rng, rng.pick(rows));
      if (made !== undefined) return { thumb, code: [made], inputs };
    }
  };
}

/** Breakpoints of the kernel's own: undefined instructions that raise SIGTRAP (arch/arm/kernel/ptrace.c). */
const KERNEL_BREAKPOINTS: Readonly<Record<'a32' | 't32', readonly Encoding[]>> = {
  a32: [{ size: 4, word: 0xe7f001f0 | 0, name: 'UDF (breakpoint)' }],
  t32: [
    { size: 2, word: 0xde01, name: 'UDF (breakpoint)' },
    { size: 4, word: 0xf7f0a000 | 0, name: 'UDF (breakpoint)' },
  ],
};

/** A case of one instruction that raises a signal. */
export function deadlyGenerator(rng: Random, thumb: boolean): () => TestCase {
  const rows = SETS[thumb ? 't32' : 'a32'].flatMap(integerRows).filter(({ row }) => DEADLY.test(row.name));
  let turn = rng.below(rows.length);
  return () => {
    const registers: Value[] = Array.from({ length: REGISTER_COUNT }, () => rng.registerValue());
    const inputs = [{ registers, apsr: 0, scratch: [] }];
    if (rng.chance(20)) return { thumb, code: [rng.pick(KERNEL_BREAKPOINTS[thumb ? 't32' : 'a32'])], inputs };
    for (;;) {
      const made = instantiate(rng, rows[turn++ % rows.length]!);
      if (made === undefined) continue;
      // One that is skipped raises nothing
      const word = !thumb && made.word >>> 28 !== 15 ? (made.word & 0x0fffffff) | (14 << 28) : made.word;
      return { thumb, code: [{ ...made, word }], inputs };
    }
  };
}
