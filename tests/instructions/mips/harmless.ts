/**
 * Instructions that may raise an exception, with values that do not, and those that read the processor: conditional traps, sums that
 * trap on overflow, RDHWR, SYNCI, the floating-point control registers. What they do when they raise is for the group `deadly`.
 */
import type { Random } from '../random';
import type { CaseBuilder, Construct } from './generators';
import { SCRATCH_WORDS } from './program';

/** Whether two values raise an exception. */
export type Raises = (x: number, y: number) => boolean;

interface Checked {
  readonly name: string;
  /** The instruction with rs, rt and rd (or an immediate). */
  readonly encode: (s: number, t: number, d: number) => number;
  readonly raises: Raises;
}

/** A sum that does not overflow. */
export const inRange = (sum: number): boolean => sum === (sum | 0);

const registers = (name: string, code: number, raises: Raises): Checked => ({
  name,
  encode: (s, t, d) => (s << 21) | (t << 16) | (/^t/.test(name) ? (d & 31) << 6 : d << 11) | code,
  raises,
});

/** The traps: their function codes and when they raise an exception. */
export const CONDITIONS: readonly (readonly [name: string, code: number, raises: Raises])[] = [
  ['tge', 0, (x, y) => x >= y],
  ['tgeu', 1, (x, y) => x >>> 0 >= y >>> 0],
  ['tlt', 2, (x, y) => x < y],
  ['tltu', 3, (x, y) => x >>> 0 < y >>> 0],
  ['teq', 4, (x, y) => x === y],
  ['tne', 6, (x, y) => x !== y],
];

const THREE_REGISTERS: readonly Checked[] = [
  ...CONDITIONS.map(([name, code, raises]) => registers(name, 0x30 | code, raises)),
  registers('add', 0x20, (x, y) => !inRange(x + y)),
  registers('sub', 0x22, (x, y) => !inRange(x - y)),
];

/** Two values for which the check passes. */
export function passing(rng: Random, raises: Raises, y: () => number): readonly [x: number, y: number] {
  for (;;) {
    const second = y();
    const x = rng.chance(20) ? second : rng.registerValue();
    if (!raises(x, second)) return [x, second];
  }
}

const checkedRegisters =
  ({ name, encode, raises }: Checked): Construct =>
  (c) => {
    const [x, y] = passing(c.rng, raises, () => c.rng.registerValue());
    const [s, t, d] = [c.register(() => x), c.register(() => y), c.register(() => c.rng.registerValue())];
    c.emit(encode(s, t, d), name, false);
  };

/** Sign-extended immediates: ADDI, and before Release 6 traps. */
const checkedImmediate =
  (name: string, bits: number, raises: Raises): Construct =>
  (c) => {
    const [x, y] = passing(c.rng, raises, () => (c.rng.word() << 16) >> 16);
    const s = c.register(() => x);
    const t = name === 'addi' ? c.register(() => c.rng.registerValue()) : 0;
    c.emit(bits | (s << 21) | (t << 16) | (y & 0xffff), name, false);
  };

/** CPUNum, SYNCI_Step, CCRes and UserLocal; not the counter. */
export const HARDWARE_REGISTERS = [0, 1, 3, 29] as const;

const hardwareRegister: Construct = (c) => {
  const t = c.register(() => c.rng.registerValue());
  c.emit(0x7c00003b | (t << 16) | (c.rng.pick(HARDWARE_REGISTERS) << 11), 'rdhwr', false);
};

const synchronise: Construct = (c) => {
  const i = c.rng.between(-100, 100);
  const s = c.register(() => ({ base: 'scratch', offset: c.rng.below(SCRATCH_WORDS * 4) - i }));
  c.emit(0x041f0000 | (s << 21) | (i & 0xffff), 'synci', false);
};

/** FIR, FCCR, FEXR, FENR and FCSR. */
const CONTROLS = [0, 25, 26, 28, 31] as const;
/** What a register is written with: neither enables nor the cause that is always enabled, which raise exceptions. */
const WRITTEN: Readonly<Record<number, number>> = { 25: 0xff, 26: 0x1f07c, 28: 0x7, 31: 0xff81f07f };

const readControl: Construct = (c) => {
  const t = c.register(() => c.rng.registerValue());
  c.emit(0x44400000 | (t << 16) | (c.rng.pick(CONTROLS) << 11), 'cfc1', false);
};

const writeControl: Construct = (c) => {
  const control = c.rng.pick(CONTROLS.slice(1));
  const t = c.register(() => c.rng.word() & WRITTEN[control]!);
  c.emit(0x44c00000 | (t << 16) | (control << 11), 'ctc1', false);
};

/** What models before Release 6 have. */
export const HARMLESS: readonly Construct[] = [
  ...THREE_REGISTERS.map(checkedRegisters),
  ...CONDITIONS.map(([name, code, raises]) => checkedImmediate(`${name}i`, 0x04080000 | (code << 16), raises)),
  checkedImmediate('addi', 0x20000000, (x, y) => !inRange(x + y)),
  hardwareRegister,
  synchronise,
];

export const CONTROL: readonly Construct[] = [readControl, writeControl];

/** The constructs, with ordinary instructions between. */
export function between(c: CaseBuilder, constructs: readonly Construct[]): void {
  c.fill(c.rng.below(3));
  for (let k = c.rng.between(1, 3); k > 0 && c.touchedCount < 14; k--) {
    c.rng.pick(constructs)(c);
    c.fill(c.rng.below(2));
  }
}
