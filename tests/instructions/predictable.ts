/**
 * Which encodings the architecture defines (Arm ARM DDI 0406C): the UNPREDICTABLE ones are not compared. One table,
 * keyed by row name; what it does not mention follows the general rules on PC and SP.
 */
import { registersIn, type Candidate, type InstructionSet } from './instruction-source';
import { memoryOperand } from './memory-operand';

type Fields = Readonly<Record<string, number>>;

interface Rule {
  readonly sets: 'a32' | 't16' | 't32' | 'all';
  readonly rows: RegExp;
  readonly ok: (f: Fields, c: Candidate) => boolean;
}

/** Register fields that may hold 15 (A32) or 13 (T32) although others may not. */
const ALLOWED: readonly { readonly set: InstructionSet; readonly rows: RegExp; readonly register: 13 | 15; readonly letters: string }[] = [
  { set: 'a32', rows: /^(AND|EOR|SUB|RSB|ADD|ADC|SBC|RSC|ORR|BIC|TST|TEQ|CMP|CMN|MOV|MVN)_(imm|reg)$/, register: 15, letters: 'nm' },
  { set: 'a32', rows: /^(LDR|LDRB|LDRH|LDRSB|LDRSH|LDRD)_imm$/, register: 15, letters: 'n' },
  { set: 't32', rows: /^(LDR|STR|PLD|PLI)/, register: 13, letters: 'n' },
  { set: 't32', rows: /^(ADD|SUB|CMP|CMN)_/, register: 13, letters: 'n' },
  { set: 't16', rows: /^(MOV|ADD|CMP)/, register: 13, letters: 'dnm' },
];

const RULES: readonly Rule[] = [
  // A8.8.63 ff.: write-back to the PC or over a transferred register; PC as the target is for the branch tests
  {
    sets: 'all',
    rows: /^(LDR|STR)(?!EX)/,
    ok: (_, c) => {
      const m = memoryOperand(c);
      if (m === undefined) return true;
      const transferred = registersIn(c.text.slice(0, c.text.indexOf('[') < 0 ? undefined : c.text.indexOf('[')));
      if (transferred.includes(15)) return false;
      if (m.base === 15 && (m.writeBack || m.store || m.index !== undefined)) return false;
      return !(m.writeBack && transferred.includes(m.base)) && m.index?.register !== 15 && m.index?.register !== m.base;
    },
  },
  // A6.3.7 to A6.3.10: neither indexed nor write-back, and bits above the shift, are undefined
  { sets: 't32', rows: /^((LDR|STR)\w*_imm8|(LDRD|STRD)_imm)/, ok: (f) => f['p'] === 1 || f['w'] === 1 },
  // A6.3.8, A6.3.9: Rt = 1111 is a preload hint in the offset form only
  { sets: 't32', rows: /^LDRS?[BH]_imm8/, ok: (f) => f['t'] !== 15 || (f['p'] === 1 && f['u'] === 0 && f['w'] === 0) },
  { sets: 't32', rows: /^LDR\w*_reg/, ok: (f) => (f['z'] ?? 0) === 0 },
  // A8.8.72: an odd Rt, R14 as Rt, P=0 with W=1, index among the targets
  {
    sets: 'a32',
    rows: /^(LDRD|STRD)/,
    ok: (f) =>
      f['t']! % 2 === 0 && f['t'] !== 14 && !(f['p'] === 0 && f['w'] === 1) && !('m' in f && (f['m'] === f['t'] || f['m'] === f['t']! + 1)),
  },
  // The PC as base has to give an aligned address
  { sets: 'all', rows: /^LDRD/, ok: (_, c) => memoryOperand(c)?.base !== 15 || memoryOperand(c)!.offset % 4 === 0 },
  // A8.8.57, A8.8.199: no registers; PC in the list; base in the list with write-back, unless STM stores it first
  {
    sets: 'all',
    rows: /^(LDM|STM|PUSH|POP)/,
    ok: (_, c) => {
      const m = memoryOperand(c)!;
      const list = registersIn(c.text.slice(c.text.indexOf('{')));
      if (list.length === 0 || list.includes(15) || m.base === 15) return false;
      if (c.size === 4 && c.source.set === 't32' && (list.includes(13) || list.length < 2)) return false;
      return !(m.writeBack && list.includes(m.base)) || (m.store && c.source.set !== 't32' && list[0] === m.base);
    },
  },
  // A8.8.257 ff.: the two halves of the result in one register
  { sets: 'all', rows: /^([US]MULL|[US]MLAL|UMAAL|SMLALD|SMLSLD|SMLAL)/, ok: (_, c) => distinct(registersIn(c.text).slice(0, 2)) },
  // A8.8.19: the top bit below the lowest
  { sets: 'all', rows: /^(BFI|BFC)/, ok: (_, c) => !/#-\d+$/.test(c.text) && !/#0$/.test(c.text) },
  // A8.8.164: a field beyond bit 31
  { sets: 'all', rows: /^[US]BFX/, ok: (_, c) => fieldEnd(c) <= 32 },
  // ARMv8 F5.1.39: there is no doubleword form
  { sets: 'a32', rows: /^CRC32/, ok: (f, c) => ((c.word >>> 21) & 3) !== 3 && f['c'] === 14 },
  { sets: 't32', rows: /^CRC32/, ok: (_, c) => ((c.word >>> 4) & 3) !== 3 },
  // A8.8.212: the status register overlaps an operand
  { sets: 'all', rows: /^STREX/, ok: (_, c) => !registersIn(c.text).slice(1).includes(registersIn(c.text)[0]!) },
  { sets: 'a32', rows: /^(LDREXD|STREXD)/, ok: (f) => f['t']! % 2 === 0 && f['t'] !== 14 },
  { sets: 't32', rows: /^(LDREXD|LDRD)/, ok: (_, c) => distinct(registersIn(c.text).slice(0, 2)) },
  // A8.8.229: base among the transferred registers
  { sets: 'a32', rows: /^SWP/, ok: (f) => f['n'] !== f['t'] && f['n'] !== f['m'] && f['n'] !== f['d'] },
  // Only the flags and GE are visible to user code; no field at all is a hint
  { sets: 'all', rows: /^MSR/, ok: (f) => 'k' in f && (f['k']! & 3) === 0 && f['k'] !== 0 },
];

export function isPredictable(c: Candidate): boolean {
  const { set } = c.source;
  for (const letter of c.registerFields) {
    const r = c.fields[letter]!;
    const forbidden = r === 15 || (r === 13 && set === 't32');
    const allowed = ALLOWED.some((a) => a.set === set && a.register === r && a.rows.test(c.name) && a.letters.includes(letter));
    if (forbidden && !allowed) return false;
  }
  return RULES.every((rule) => !(rule.sets === 'all' || rule.sets === set) || !rule.rows.test(c.name) || rule.ok(c.fields, c));
}

function distinct(registers: readonly number[]): boolean {
  return new Set(registers).size === registers.length;
}

/** The bit after the last one of a bit-field: `#lsb, #width` end the text. */
function fieldEnd(c: Candidate): number {
  const [lsb, width] = c.text
    .split('#')
    .slice(-2)
    .map((n) => parseInt(n, 10));
  return lsb! + width!;
}
