/**
 * MIPS16e and microMIPS: jumps through registers and to fixed addresses, and what may raise an exception: with values that do
 * not, and with values that do.
 */
import { CompressedBuilder, lightAmong, noOperation, sourcesOf, type CompressedInstruction } from './compressed';
import { CONDITIONS, HARDWARE_REGISTERS, inRange, passing, type Raises } from './harmless';
import { SCRATCH_WORDS, type CompressedSet, type TestCase } from './program';
import type { Random } from '../random';
import type { Source } from './source';
import { REGISTER_NAMES } from '../../../targets/mips/state';

const V0 = 2;
const A3 = 7;
const SP = 29;
const RA = 31;

const JUMP = /^(JR|JALR|JRC|JALRC|JR_RA|JRC_RA|JR16|JRC16|JALR16|JALRS16|JRADDIUSP|JALRS?(_HB)?|J_32|JAL|JALS)$/;
/** Code as data is that of the case. */
const PC_RELATIVE = /^LW_PC/;
const CHECKED = /^(T\w+|ADDI?|SUB)_32$/;

/** Bytes of a jump's delay slot: 0 without one, undefined if any will do. */
function slotSize(set: CompressedSet, name: string, links: boolean): 0 | 2 | 4 | undefined {
  if (/JRC|JALRC|JRADDIUSP/.test(name)) return 0;
  if (set === 'mips16') return 2;
  if (!links) return undefined;
  return /^JAL(R?S)/.test(name) ? 2 : 4;
}

/** The instruction with the address that it jumps to. */
function withTarget(set: CompressedSet, word: number, address: number): number {
  if (set === 'micromips') return (word & ~0x03ffffff) | ((address >>> 1) & 0x03ffffff);
  const index = address >>> 2;
  return (word & ~0x03ffffff) | (((index >>> 16) & 31) << 21) | (((index >>> 21) & 31) << 16) | (index & 0xffff);
}

const registersOf = (text: string): number[] =>
  text
    .split(/[^a-z0-9]+/)
    .slice(1)
    .map((w) => REGISTER_NAMES.indexOf(w as (typeof REGISTER_NAMES)[number]))
    .filter((r) => r > 0);

/** A jump over up to three instructions, with its delay slot. */
function addJump(b: CompressedBuilder, set: CompressedSet, sources: readonly Source[]): void {
  const jump = b.instantiate(b.rng.pick(sources));
  if (jump === undefined || jump.text.endsWith('zero')) return;
  const fixed = /^(J_32|JALS?)$/.test(jump.name);
  const registers = fixed ? [] : registersOf(jump.text);
  // The last one holds the target; JALR of microMIPS prints the one that it links first, which may not be the same
  const through = fixed ? undefined : (registers.at(-1) ?? RA);
  const linked = jump.name.startsWith('JAL') ? [registers.length > 1 ? registers[0]! : RA] : [];
  const changed = [...linked, ...(jump.name === 'JRADDIUSP' ? [SP] : [])];
  if (
    (through !== undefined && changed.includes(through)) ||
    [...changed, ...(through === undefined ? [] : [through])].some((r) => !b.isFree(r))
  )
    return;
  const target = { offset: 0 };
  if (through !== undefined) b.initial.set(through, () => ({ base: 'code', offset: target.offset + 1 }));
  for (const r of changed) b.touch(r);
  const slot = slotSize(set, jump.name, linked.length > 0);
  const at = b.code.length;
  if (slot !== 0) b.code.push(b.filler(slot));
  for (let k = b.rng.below(4); k > 0; k--) b.code.push(b.filler());
  // JAL of MIPS16e jumps to words
  if (fixed) while (set === 'mips16' && (b.here + jump.size) % 4 !== 0) b.code.push(noOperation(set, 2));
  target.offset = b.here + jump.size;
  const located = fixed ? { located: (code: number): number => withTarget(set, jump.word, code + target.offset) } : {};
  b.code.splice(at, 0, { ...jump, ...located, essential: true });
}

/** Reads a word of the case that lies before it or shortly behind. */
function addPcRelative(b: CompressedBuilder, sources: readonly Source[]): void {
  const made = b.instantiate(b.rng.pick(sources), 4 * b.rng.below(4));
  if (made === undefined || registersOf(made.text).some((r) => !b.isFree(r))) return;
  for (const r of registersOf(made.text)) b.touch(r);
  b.code.push(made);
}

const RAISES: ReadonlyMap<string, Raises> = new Map([
  ...CONDITIONS.flatMap(([name, , raises]): [string, Raises][] => [
    [`${name.toUpperCase()}_32`, raises],
    [name.endsWith('u') ? `${name.slice(0, -1).toUpperCase()}IU_32` : `${name.toUpperCase()}I_32`, raises],
  ]),
  ['ADD_32', (x, y) => !inRange(x + y)],
  ['ADDI_32', (x, y) => !inRange(x + y)],
  ['SUB_32', (x, y) => !inRange(x - y)],
]);

/** A trap or a sum with values that raise nothing, or that do. */
function addChecked(b: CompressedBuilder, sources: readonly Source[], deadly: boolean): void {
  const { rng } = b;
  const made = b.instantiate(rng.pick(sources));
  if (made === undefined) return;
  const raises = RAISES.get(made.name)!;
  const wanted: Raises = deadly ? (x, y) => !raises(x, y) : raises;
  const immediate = /IU?_32$/.test(made.name);
  const registers = registersOf(made.text);
  if (new Set(registers).size !== registers.length || registers.some((r) => !b.isFree(r))) return;
  const sums = /^(ADD|SUB)/.test(made.name);
  const operands = sums ? registers.slice(1) : registers;
  if (operands.length !== (immediate ? 1 : 2)) return;
  const constant = (made.word << 16) >> 16;
  // A constant may leave no such value
  const possible = immediate ? findFirst(rng, wanted, constant) : passing(rng, wanted, () => rng.registerValue());
  if (possible === undefined) return;
  operands.forEach((r, k) => b.initial.set(r, () => possible[k]!));
  if (sums) b.touch(registers[0]!);
  // The codes 6 and 7 are SIGTRAP for qemu 7.2
  const word = sums || immediate ? made.word : made.word & ~TRAP_CODE;
  b.code.push({ ...made, word, essential: deadly });
}

/** Of traps that compare registers. */
const TRAP_CODE = 0xf000;
const TRIES = 200;

function findFirst(rng: Random, raises: Raises, y: number): readonly [number, number] | undefined {
  for (let k = 0; k < TRIES; k++) {
    const x = rng.chance(20) ? y : rng.registerValue();
    if (!raises(x, y)) return [x, y];
  }
  return undefined;
}

/** LL and SC, SYNCI, RDHWR, LWXS and a system call of microMIPS. */
function addSystem(b: CompressedBuilder): void {
  const { rng } = b;
  const emit = (word: number, name: string, essential = false): void =>
    void b.code.push({ word: word | 0, name, size: 4, text: name, essential });
  const any = Array.from({ length: 30 }, (_, r) => r + 1);
  const value = b.register(any, () => rng.registerValue());
  const slot = rng.below(SCRATCH_WORDS);
  const i = 4 * rng.between(-60, 60);
  const base = b.register(any, () => ({ base: 'scratch', offset: 4 * slot - i }));
  if (value === undefined || base === undefined) return;
  const linked = (minor: number, name: string): void => emit(0x60000000 | (value << 21) | (base << 16) | (minor << 12) | (i & 0xfff), name);
  switch (rng.below(4)) {
    case 0:
      if (rng.chance(80)) linked(3, 'll');
      return linked(11, 'sc');
    case 1:
      return emit(0x42000000 | (base << 16) | (i & 0xffff), 'synci');
    case 2:
      return emit(0x00006b3c | (value << 21) | (rng.pick(HARDWARE_REGISTERS) << 16), 'rdhwr');
    default: {
      const index = b.register(any, () => i >> 2);
      if (index !== undefined) emit(0x00000118 | (index << 21) | (base << 16) | (value << 11), 'lwxs');
    }
  }
}

const GETUID = 4024;
const NO_CALL = 5000;

/** SYSCALL is of 32 bits in microMIPS; MIPS16e has none. */
function addSystemCall(b: CompressedBuilder): void {
  if (!b.isFree(V0) || !b.isFree(A3)) return;
  b.initial.set(V0, () => b.rng.pick([GETUID, NO_CALL]));
  b.touch(A3);
  b.code.push({ word: 0x00008b7c, name: 'SYSCALL_32', size: 4, text: 'syscall', essential: true });
}

/** Jumps, loads relative to the pc and what may raise an exception, with ordinary instructions between. */
export function controlGenerator(set: CompressedSet) {
  return (rng: Random): (() => TestCase) => {
    const all = sourcesOf(set);
    const fillers = lightAmong(all);
    const rows = (names: RegExp): readonly Source[] => all.filter(({ row }) => names.test(row.name));
    const [jumps, relative, checked] = [rows(JUMP), rows(PC_RELATIVE), rows(CHECKED)];
    return () => {
      const b = new CompressedBuilder(rng, fillers, set);
      for (let k = rng.between(1, 3); k > 0 && !b.crowded; k--) {
        if (rng.chance(50)) addJump(b, set, jumps);
        else if (set === 'mips16') addPcRelative(b, relative);
        else if (rng.chance(60)) addChecked(b, checked, false);
        else if (rng.chance(80)) addSystem(b);
        else addSystemCall(b);
        b.code.push(b.filler());
      }
      return b.finish();
    };
  };
}

/** BREAK, traps and sums that raise a signal. The codes 6 and 7 are SIGTRAP for qemu 7.2. */
export function deadlyGenerator(set: CompressedSet) {
  return (rng: Random): (() => TestCase) => {
    const all = sourcesOf(set);
    const fillers = lightAmong(all);
    const checked = all.filter(({ row }) => CHECKED.test(row.name));
    return () => {
      const b = new CompressedBuilder(rng, fillers, set);
      const code = rng.pick([0, 1]);
      const breaks: readonly CompressedInstruction[] =
        set === 'mips16'
          ? [{ word: 0xe805 | (code << 5), name: 'BREAK', size: 2, text: 'break' }]
          : [
              { word: 0x4680 | code, name: 'BREAK16', size: 2, text: 'break' },
              { word: 0x00000007 | (code << 16), name: 'BREAK_32', size: 4, text: 'break' },
            ];
      if (set === 'micromips' && rng.chance(80)) while (b.code.length === 0) addChecked(b, checked, true);
      else b.code.push({ ...rng.pick(breaks), essential: true });
      const made = b.finish();
      return { ...made, inputs: made.inputs.slice(0, 1) };
    };
  };
}
