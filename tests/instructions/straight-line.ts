/** Random cases of straight-line code: data processing and memory accesses, with or without IT blocks. */
import type { Format } from './format';
import { instantiate, integerRows, registersIn, type Candidate, type InstructionSet, type Source } from './instruction-source';
import { aim, memoryOperand, SCRATCH_WORDS, type MemoryOperand } from './memory-operand';
import { isPredictable } from './predictable';
import type { Random } from './random';
import { APSR_MASK, REGISTER_COUNT, type Encoding, type Input, type TestCase, type Value } from './test-case';

const INPUTS_PER_CASE = 4;
const MAX_INSTRUCTIONS = 5;
/** A few cases are longer than a translated block may get, for limits and buffer sizes of the translator. */
const LONG_CASES_PERCENT = 1;
const MAX_LONG_INSTRUCTIONS = 200;

/** Rows that straight-line code cannot have, by name: control flow, exceptions, system state. */
const NOT_STRAIGHT =
  /^(B|BL|BX|BXJ|BLX|CBN?Z|TBB|TBH|IT|SVC|SWI|BKPT|UDF|SMC|HVC|ERET|SRS|RFE|CPS|SETEND|WFI|WFE|SEV|SEVL|YIELD|DBG|MCR|MRC|MCRR|MRRC|CDP|LDC|STC|SUBS_PC|ENTERX|LEAVEX|CHKA)(_|\d|$)|_(user|spsr|priv|undef\w*)$/;
/** UNPREDICTABLE or undefined inside an IT block. */
const NOT_IN_IT = /^(CRC32)/;
const MEMORY = /^(LD|ST|PUSH|POP|SWP|PLD|PLI)/;
const EXCLUSIVE = /^(LD|ST)(R|A|L)?A?EX|^(LDAEX|STLEX|CLREX)/;

export interface StraightLineGroup {
  readonly sets: readonly InstructionSet[];
  readonly memory: boolean;
  readonly it: boolean;
}

/** Rows of a group. Exclusive accesses are for exclusives.ts: their success depends on what goes before. */
export function rowsOf(group: StraightLineGroup): readonly Source[] {
  return group.sets
    .flatMap(integerRows)
    .filter(({ row }) => !NOT_STRAIGHT.test(row.name) && !EXCLUSIVE.test(row.name) && (group.memory || !MEMORY.test(row.name)));
}

/** Makes random cases from the rows of a group. */
export class StraightLineGenerator {
  private readonly rows: readonly Source[];
  private readonly memoryRows: readonly Source[];

  constructor(
    private readonly rng: Random,
    private readonly group: StraightLineGroup,
    private readonly format: Format,
  ) {
    this.rows = rowsOf(group);
    this.memoryRows = this.rows.filter(({ row }) => MEMORY.test(row.name));
  }

  next(): TestCase {
    const { rng } = this;
    const code: Encoding[] = [];
    const operands: MemoryOperand[] = [];
    // An address register must still have the value that it started with
    const touched = new Set<number>();
    const count = rng.chance(LONG_CASES_PERCENT) ? rng.between(20, MAX_LONG_INSTRUCTIONS) : rng.between(1, MAX_INSTRUCTIONS);
    let inIt = 0;
    for (let i = 0; i < count; i++) {
      if (this.group.it && inIt === 0 && rng.chance(60)) {
        inIt = Math.min(rng.between(1, 4), count - i);
        code.push(itInstruction(rng, inIt));
      }
      const candidate = this.pick(touched, i === 0, inIt > 0);
      const operand = memoryOperand(candidate);
      const otherOrder = operand !== undefined && inIt === 0 && rng.chance(10) && this.format.name !== 'be32';
      if (inIt > 0) inIt--;
      if (otherOrder) code.push(this.setEndianness(this.format.littleEndianData));
      code.push(candidate);
      if (otherOrder) code.push(this.setEndianness(!this.format.littleEndianData));
      if (operand !== undefined && operand.base !== 15) operands.push(operand);
      if (operand !== undefined) touched.add(operand.base);
      for (const r of registersIn(candidate.text)) touched.add(r);
    }
    const inputs = rng.inputs(INPUTS_PER_CASE, () => this.input(operands));
    return { thumb: this.thumb, code, inputs };
  }

  private get thumb(): boolean {
    return this.group.sets[0]!.startsWith('t');
  }

  /** SETEND (A8.8.161); code outside the case needs the program's own order. It has no effect in BE32. */
  private setEndianness(big: boolean): Encoding {
    const word = this.thumb ? 0xb650 | (big ? 8 : 0) : 0xf1010000 | (big ? 0x200 : 0);
    return { size: this.thumb ? 2 : 4, word, name: `setend ${big ? 'be' : 'le'}`, essential: true };
  }

  private pick(touched: ReadonlySet<number>, first: boolean, inIt: boolean): Candidate {
    const { rng } = this;
    for (;;) {
      const rows = this.memoryRows.length > 0 && rng.chance(60) ? this.memoryRows : this.rows;
      const c = instantiate(rng, rng.pick(rows));
      if (c === undefined || !isPredictable(c) || (inIt && NOT_IN_IT.test(c.name))) continue;
      const operand = memoryOperand(c);
      if (operand === undefined || canAim(operand, touched, first)) return c;
    }
  }

  private input(operands: readonly MemoryOperand[]): Input {
    const { rng } = this;
    const registers: Value[] = Array.from({ length: REGISTER_COUNT }, () => rng.registerValue());
    const apsr = rng.word() & APSR_MASK;
    for (const operand of operands) {
      const { base, index } = aim(rng, operand, (apsr & 0x20000000) !== 0);
      registers[operand.base] = base;
      if (operand.index !== undefined) registers[operand.index.register] = index;
    }
    const scratch = this.group.memory ? Array.from({ length: SCRATCH_WORDS }, () => rng.registerValue()) : [];
    return { registers, apsr, scratch };
  }
}

/** True if the access can be aimed at scratch memory by choosing the initial values of its registers. */
function canAim(operand: MemoryOperand, touched: ReadonlySet<number>, first: boolean): boolean {
  if (touched.has(operand.base) && operand.base !== 15) return false;
  if (operand.index === undefined) return true;
  // RRX depends on the carry, which is only known at the start
  return !touched.has(operand.index.register) && (first || operand.index.shift !== 'rrx');
}

/** IT with a random condition and pattern over `length` instructions (A8.8.54). */
export function itInstruction(rng: Random, length: number): Encoding {
  const condition = rng.chance(10) ? 14 : rng.below(14);
  let mask = 0;
  for (let k = 1; k < length; k++) {
    // AL has no opposite
    const thenOrElse = condition === 14 ? 0 : rng.below(2);
    mask |= ((condition & 1) ^ thenOrElse) << (4 - k);
  }
  mask |= 1 << (4 - length);
  return { size: 2, word: 0xbf00 | (condition << 4) | mask, name: 'IT' };
}
