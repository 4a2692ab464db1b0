/**
 * Random VFP and Advanced SIMD instructions between code that loads all registers from scratch memory
 * and code that stores them back, so that the comparison of memory covers them.
 */
import { ARM_CPU_MODELS } from '../../targets/arm/cpu-models';
import type { ArmRow } from '../../targets/arm/instruction';
import { ARM_TABLES } from '../../targets/arm/lift';
import { NEON_COPROCESSOR_ROWS, NEON_ROWS, NEON_TRANSFER_ROWS } from '../../targets/arm/neon';
import { NEON_EXTENSION_ROWS } from '../../targets/arm/neon-extensions';
import { VFP_ROWS, VFP_UNCONDITIONAL_ROWS } from '../../targets/arm/vfp';
import { LiftContext } from '../../targets/arm/lift-context';
import { transferList, type VfpTransfer } from '../../targets/arm/lift/vfp-load-store';
import { vfpRegister } from '../../targets/arm/lift/vfp-registers';
import { ARM_LAYOUT } from '../../targets/arm/state';
import { Builder } from '../../translate/ir/builder';
import { extractFields, parsePattern, type Pattern } from '../../targets/pattern';
import { instantiate, type InstructionSet } from './instruction-source';
import type { Random } from './random';
import { REGISTER_COUNT, type Encoding, type Input, type TestCase, type Value } from './test-case';

/** Words of d0-d31, and of what loads and stores reach to either side of their base. */
const REGISTER_WORDS = 64;
const REACH_WORDS = 256;

export const VFP_SCRATCH_WORDS = REGISTER_WORDS;
export const VFP_MEMORY_SCRATCH_WORDS = REGISTER_WORDS + 2 * REACH_WORDS + REGISTER_WORDS;

const INPUTS_PER_CASE = 8;
/** Cases that share one program: enough to make its start cheap, few enough to find a failing one quickly. */
export const CASES_PER_BATCH = 500;
const DOUBTFUL_PER_BATCH = 5;
/** After so many unusable instructions of a row the next row's turn comes. */
const ATTEMPTS = 100;

/** r10 is the base of loads and stores, r11 holds FPSCR, r12 points to the registers' memory. */
const BASE = 10;
const FPSCR = 11;
const POINTER = 12;

const essential = (word: number, name: string): Encoding => ({ size: 4, word: word | 0, name, essential: true, frame: true });

const LOAD_REGISTERS: readonly Encoding[] = [
  essential(0xecbc0b20, 'vldmia r12!, {d0-d15}'),
  essential(0xecfc0b20, 'vldmia r12!, {d16-d31}'),
];
const SET_FPSCR = essential(0xeee1ba10, 'vmsr fpscr, r11');

function storeRegisters(thumb: boolean, exact: boolean): readonly Encoding[] {
  return [
    essential(0xeef1ba10, 'vmrs r11, fpscr'),
    ...(exact ? [] : [essential(thumb ? 0xf02b0b9f : 0xe3cbb09f, 'bic r11, r11, #0x9f')]),
    essential(0xed6c0b20, 'vstmdb r12!, {d16-d31}'),
    essential(0xed2c0b20, 'vstmdb r12!, {d0-d15}'),
  ];
}

const MEMORY_NAMES = /^(VLD|VST)/;
const ELEMENT_NAMES = /^(VLDST|VLD_all)/;
const SWAP_NAMES = /^V(SWP|TRN|ZIP|UZP)/;
interface Source {
  readonly set: InstructionSet;
  readonly row: ArmRow;
  readonly pattern: Pattern;
}

const namesOf = (rows: readonly ArmRow[]): ReadonlySet<string> => new Set(rows.map((r) => r.name));

/** Rows by what they are part of. */
const NAMES = {
  vfp: namesOf([...VFP_ROWS, ...VFP_UNCONDITIONAL_ROWS]),
  neon: namesOf([...NEON_ROWS.filter((r) => !NEON_EXTENSION_ROWS.includes(r)), ...NEON_TRANSFER_ROWS]),
  'neon-v8': namesOf([...NEON_EXTENSION_ROWS, ...NEON_COPROCESSOR_ROWS]),
} as const;
export type Extension = keyof typeof NAMES;

function sources(extension: Extension, thumb: boolean): readonly Source[] {
  const sets: readonly InstructionSet[] = thumb ? ['t32'] : ['a32', 'a32Unconditional'];
  return sets.flatMap((set) =>
    ARM_TABLES[set].rows.filter((row) => NAMES[extension].has(row.name)).map((row) => ({ set, row, pattern: parsePattern(row.pattern) })),
  );
}

/** Sets a field of an instruction word. */
function withField(pattern: Pattern, word: number, letter: string, value: number): number {
  const parts = pattern.fields.find(([name]) => name === letter)?.[1] ?? [];
  let rest = value;
  for (const { shift, mask, width } of [...parts].reverse()) {
    word = (word & ~(mask << shift)) | ((rest & mask) << shift);
    rest >>>= width;
  }
  return word;
}

/** An element access without an alignment check. */
function unaligned(name: string, pattern: Pattern, word: number): number {
  const f = extractFields(pattern, word);
  if (!name.startsWith('VLDST_lane')) return withField(pattern, word, 'a', 0);
  return withField(pattern, word, 'a', f['a']! & (name === 'VLDST_lane_32' ? ~3 : ~1));
}

/** True if d:D and m:M are the same register. */
function sameRegister(word: number): boolean {
  return vfpRegister(1, (word >>> 12) & 15, (word >>> 22) & 1) === vfpRegister(1, word & 15, (word >>> 5) & 1);
}

function isAccepted(row: ArmRow, fields: Readonly<Record<string, number>>, thumb: boolean): boolean {
  const cx = new LiftContext(new Builder(ARM_LAYOUT), ARM_CPU_MODELS[0]!.features);
  cx.thumb = thumb;
  return row.lift(cx, fields as never) !== false;
}

export class VfpGenerator {
  private readonly sources: readonly Source[];
  private turn: number;
  private made = -1;
  /** Cases of the batch that the reference may refuse, and whether this is one. */
  private doubtful = 0;
  private isDoubtful = false;

  constructor(
    private readonly rng: Random,
    private readonly extension: Extension,
    private readonly thumb: boolean,
    private readonly memory: boolean,
    /**
     * True: every case sets FPSCR, and exceptions are compared. From the first VMSR on the emulator records them, so without
     * it tests what it does before.
     */
    private readonly exact: boolean,
    private readonly casesPerBatch: number,
  ) {
    this.sources = sources(extension, thumb).filter(({ row }) => MEMORY_NAMES.test(row.name) === memory && (exact || row.name !== 'VMSR'));
    this.turn = rng.below(this.sources.length);
  }

  /** Once FZ was set the emulator lifts otherwise, so in half of the programs it never is. */
  private get flushes(): boolean {
    return Math.floor(this.made / this.casesPerBatch) % 2 === 1;
  }

  /** Where both refuse an instruction, comparing takes a process each, so that few do. */
  private doubt(percent: number): boolean {
    if (this.doubtful >= DOUBTFUL_PER_BATCH || !this.rng.chance(percent)) return false;
    this.doubtful++;
    this.isDoubtful = true;
    return true;
  }

  next(): TestCase {
    this.made++;
    if (this.made % this.casesPerBatch === 0) this.doubtful = 0;
    this.isDoubtful = false;
    const count = this.memory ? 1 : this.rng.between(1, 3);
    let code = Array.from({ length: count }, () => this.instruction());
    // VMSR may ask for short vectors, which are not implemented.
    const status = code.find((e) => e.name === 'VMSR');
    if (status !== undefined) code = [status];
    const inputs = this.rng.inputs(INPUTS_PER_CASE, () => this.input());
    const { thumb, exact, isDoubtful: doubtful } = this;
    return { thumb, doubtful, code: [...LOAD_REGISTERS, ...(exact ? [SET_FPSCR] : []), ...code, ...storeRegisters(thumb, exact)], inputs };
  }

  private instruction(): Encoding {
    for (let attempt = 0; ; attempt++) {
      // In turn, so that a short run compares every row; many fields are not allowed together
      if (attempt % ATTEMPTS === 0) this.turn++;
      const source = this.sources[this.turn % this.sources.length]!;
      const made = instantiate(this.rng, source);
      if (made === undefined) continue;
      const word = this.restrict(source, made.word);
      if (word !== undefined) return { size: 4, word, name: source.row.name };
    }
  }

  /** Keeps an instruction off the core registers that the code around it needs, and loads and stores in scratch memory. */
  private restrict({ row, pattern }: Source, word: number): number | undefined {
    const { rng } = this;
    for (const letter of ['t', 'u']) {
      const isRegister = pattern.fields.some(([name, parts]) => name === letter && parts.some((p) => p.width === 4));
      if (isRegister && !(row.name === 'VMRS' && (!this.exact || rng.chance(30)))) word = withField(pattern, word, letter, rng.below(BASE));
    }
    // qemu-arm 7.2 takes a denormal that is flushed for its result
    if (row.name === 'VJCVT' && this.flushes) return undefined;
    if (row.name === 'VMRS' && !this.exact) word = withField(pattern, word, 't', 15);
    if (row.name === 'VMRS' || row.name === 'VMSR') word = withField(pattern, word, 'r', 1);
    if (row.name === 'VMRS' && [BASE, FPSCR, POINTER, 13, 14].includes((word >>> 12) & 15)) return undefined;
    if (this.memory) word = withField(pattern, word, 'n', BASE);
    if (/^V(LD|ST)M/.test(row.name) && transferList(extractFields(pattern, word) as unknown as VfpTransfer) === undefined) return undefined;
    // s31 has no successor: UNPREDICTABLE, undefined here, d16 in qemu-arm.
    if (row.name === 'VMOV_core_pair_singles' && (word & 0x2f) === 0x2f) return undefined;
    if (ELEMENT_NAMES.test(row.name)) {
      // A list past d31 is UNPREDICTABLE: undefined here, wrapped in qemu-arm. The longest spans 7 registers.
      if (vfpRegister(1, (word >>> 12) & 15, (word >>> 22) & 1) > 25) word = withField(pattern, word, 'D', 0);
      if (!this.doubt(1)) word = unaligned(row.name, pattern, word);
    }
    // The same register twice is UNPREDICTABLE.
    if (SWAP_NAMES.test(row.name) && sameRegister(word)) return undefined;
    return isAccepted(row, extractFields(pattern, word), this.thumb) || this.doubt(1) ? word | 0 : undefined;
  }

  /** Condition flags, modes and exceptions that were raised before. */
  private fpscr(): number {
    const { rng } = this;
    let modes = rng.chance(60) ? rng.below(4) << 22 : 0;
    if (this.flushes && rng.chance(50)) modes |= 1 << 24; // flush to zero
    if (rng.chance(20)) modes |= 1 << 19; // flush halves to zero
    if (rng.chance(20)) modes |= 1 << 25; // default NaN
    if (rng.chance(20)) modes |= 1 << 26; // alternative half precision
    const raised = rng.chance(40) ? rng.word() & 0x9f : 0;
    return (rng.word() & 0xf0000000) | modes | raised;
  }

  private input(): Input {
    const { rng } = this;
    const registers: Value[] = Array.from({ length: REGISTER_COUNT }, () => rng.registerValue());
    registers[BASE] = { base: 'scratch', offset: 4 * (REGISTER_WORDS + REACH_WORDS) };
    registers[FPSCR] = this.fpscr();
    registers[POINTER] = { base: 'scratch', offset: 0 };
    const words = this.memory ? VFP_MEMORY_SCRATCH_WORDS : VFP_SCRATCH_WORDS;
    return {
      registers,
      apsr: rng.word() & 0xf80f0000,
      scratch: this.extension !== 'vfp' && rng.chance(70) ? laneWords(rng, words) : registerWords(rng, words),
    };
  }
}

/** Words that make interesting doubles in pairs and interesting singles alone. */
function registerWords(rng: Random, count: number): number[] {
  const out: number[] = [];
  while (out.length < count) {
    if (rng.chance(20)) out.push(halves(rng), halves(rng));
    else if (rng.chance(50)) out.push(single(rng), single(rng));
    else out.push(...double(rng));
  }
  return out;
}

/** Words whose bytes, halfwords or all bits are at the limits of integers, small or anything. */
function laneWords(rng: Random, count: number): number[] {
  return Array.from({ length: count }, () => {
    switch (rng.below(5)) {
      case 3:
        return halves(rng);
      case 0:
        return Array.from({ length: 4 }, () => rng.pick([0, 1, 2, 7, 8, 9, 0x7f, 0x80, 0x81, 0xf8, 0xff])).reduce((w, b) => (w << 8) | b);
      case 1:
        return (rng.pick([0, 1, 15, 16, 17, 0x7fff, 0x8000, 0x8001, 0xfff0, 0xffff]) << 16) | rng.pick([0, 1, 0x7fff, 0x8000, 0xffff]);
      case 2:
        return rng.registerValue();
      default:
        return rng.word();
    }
  });
}

const FRACTIONS32 = [0, 1, 0x400000, 0x400001, 0x3fffff, 0x7fffff, 0x200000, 0x7ff000, 0x1000];

function single(rng: Random): number {
  const sign = rng.chance(50) ? 0x80000000 : 0;
  const fraction = rng.chance(60) ? rng.pick(FRACTIONS32) : rng.word() & 0x7fffff;
  return sign | (exponent(rng, 127) << 23) | fraction | 0;
}

const FRACTIONS16 = [0, 1, 0x200, 0x201, 0x1ff, 0x3ff, 0x100];

/** Two halves. */
function halves(rng: Random): number {
  const half = (): number =>
    (rng.chance(50) ? 0x8000 : 0) | ((exponent(rng, 15) & 31) << 10) | (rng.chance(60) ? rng.pick(FRACTIONS16) : rng.word() & 0x3ff);
  return (half() << 16) | half();
}

function double(rng: Random): [low: number, high: number] {
  const sign = rng.chance(50) ? 0x80000000 : 0;
  const fraction = rng.chance(60) ? rng.pick([0, 0x80000, 0x80001, 0x7ffff, 0xfffff, 0x40000]) : rng.word() & 0xfffff;
  const low = rng.chance(60) ? rng.pick([0, 1, -1, 0x20000000, 0x10000000, 0x1fffffff, -0x80000000]) : rng.word();
  return [low | 0, sign | (exponent(rng, 1023) << 20) | fraction | 0];
}

/** A biased exponent: zero or subnormal, infinite or NaN, near 1, near an integer's size, or anything. */
function exponent(rng: Random, bias: number): number {
  switch (rng.below(8)) {
    case 0:
      return 0;
    case 1:
      return 2 * bias + 1;
    case 2:
      return rng.chance(50) ? 1 : 2 * bias;
    case 3:
      return bias + rng.between(14, 33);
    case 4:
      return rng.below(2 * bias + 2);
    default:
      return bias + rng.between(-3, 3);
  }
}
