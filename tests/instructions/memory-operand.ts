/** Reads the memory operand of an instruction off its assembler text, so that the generator can aim it at scratch memory. */
import { registersIn, type Candidate } from './instruction-source';
import type { Random } from './random';
import type { Value } from './test-case';

type Shift = 'lsl' | 'lsr' | 'asr' | 'ror' | 'rrx';

export interface MemoryOperand {
  readonly base: number;
  readonly index?: { readonly register: number; readonly negative: boolean; readonly shift: Shift; readonly amount: number };
  /** Immediate offset. */
  readonly offset: number;
  readonly postIndexed: boolean;
  readonly writeBack: boolean;
  /** Bytes accessed, relative to the address. */
  readonly low: number;
  readonly high: number;
  readonly alignment: 1 | 4 | 8;
  readonly store: boolean;
}

/** Scratch memory of one run, in words; accesses stay inside, whatever their direction. */
export const SCRATCH_WORDS = 64;
const SCRATCH_BYTES = SCRATCH_WORDS * 4;

const SINGLE = /\[(\w+)(?:, (#?-?\w+)(?:, (\w+)(?: #(\d+))?)?)?\](!)?(?:, (#?-?\w+)(?:, (\w+)(?: #(\d+))?)?)?$/;

/** The memory operand, or undefined for an instruction that does not access memory. */
export function memoryOperand(c: Candidate): MemoryOperand | undefined {
  return c.text.includes('[') ? single(c) : multiple(c);
}

function single(c: Candidate): MemoryOperand | undefined {
  const found = SINGLE.exec(c.text);
  if (found === null) throw new Error(`cannot read the address in: ${c.text}`);
  const [, base, inside, insideShift, insideAmount, mark, after, afterShift, afterAmount] = found;
  const [text, shift, amount] = after === undefined ? [inside, insideShift, insideAmount] : [after, afterShift, afterAmount];
  const exclusive = /EX/.test(c.name);
  const dual = /^(LDRD|STRD|LDREXD|STREXD)/.test(c.name);
  const size = dual ? 8 : /B(_|$|T)/.test(c.name) && !dual ? 1 : 4;
  const natural = /EXD/.test(c.name) ? 8 : exclusive || dual || c.name.startsWith('SWP') || /^(LDA|STL)/.test(c.name) ? 4 : 1;
  const operand = {
    base: registersIn(base!)[0]!,
    postIndexed: after !== undefined,
    writeBack: after !== undefined || mark === '!',
    low: 0,
    high: size,
    alignment: natural as 1 | 4 | 8,
    store: /^(STR|SWP|STL)/.test(c.name),
  };
  if (text === undefined || text.startsWith('#')) return { ...operand, offset: Number(text?.slice(1) ?? 0) };
  return {
    ...operand,
    offset: 0,
    index: {
      register: registersIn(text)[0]!,
      negative: text.startsWith('-'),
      shift: (shift ?? 'lsl') as Shift,
      amount: Number(amount ?? 0),
    },
  };
}

/** LDM, STM, PUSH, POP. */
function multiple(c: Candidate): MemoryOperand | undefined {
  const stack = /^(push|pop)/.exec(c.mnemonic)?.[1];
  if (stack === undefined && !/^(LDM|STM)/.test(c.name)) return undefined;
  const list = registersIn(c.text.slice(c.text.indexOf('{')));
  const bytes = list.length * 4;
  const descending = stack !== undefined ? stack === 'push' : 'u' in c.fields ? c.fields['u'] === 0 : /DB/.test(c.name);
  const before = stack !== undefined ? stack === 'push' : 'p' in c.fields ? c.fields['p'] === 1 : descending;
  const low = descending ? -bytes + (before ? 0 : 4) : before ? 4 : 0;
  return {
    base: stack !== undefined ? 13 : registersIn(c.text)[0]!,
    offset: 0,
    postIndexed: true,
    writeBack: stack !== undefined || /\w!/.test(c.text),
    low,
    high: low + bytes,
    alignment: 4,
    store: /^(STM|STR|PUSH)/.test(c.name),
  };
}

/** Values for the base and index registers with which the access hits scratch memory. */
export function aim(rng: Random, operand: MemoryOperand, carry: boolean): { base: Value; index: number } {
  const { alignment } = operand;
  // A third of the addresses that may be unaligned are
  const step = alignment === 1 && !rng.chance(33) ? 4 : alignment;
  const first = Math.max(0, -operand.low);
  const slots = Math.floor((SCRATCH_BYTES - first - operand.high - 8) / step);
  // Scratch memory is 8-aligned (see SCRATCH_WORDS and the size of a stored state)
  const target = Math.ceil(first / step) * step + rng.below(slots) * step;
  const index = operand.index === undefined ? 0 : rng.chance(50) ? rng.below(32) : rng.word();
  const offset = operand.index === undefined ? operand.offset : shifted(index, operand.index.shift, operand.index.amount, carry);
  const signed = operand.index?.negative === true ? -offset : offset;
  return { base: { base: 'scratch', offset: (operand.postIndexed ? target : target - signed) | 0 }, index };
}

function shifted(value: number, shift: Shift, amount: number, carry: boolean): number {
  switch (shift) {
    case 'lsl':
      return amount > 31 ? 0 : value << amount;
    case 'lsr':
      return amount > 31 ? 0 : value >>> amount;
    case 'asr':
      return value >> Math.min(amount, 31);
    case 'ror':
      return amount === 0 ? value : (value >>> amount) | (value << (32 - amount));
    case 'rrx':
      return (value >>> 1) | (carry ? 0x80000000 : 0);
  }
}
