/** Random MIPS16e and microMIPS cases: straight-line code with memory accesses, and branches with their delay slots. */
import { Decoder } from '../../../targets/decoder';
import { formatInstruction } from '../../../targets/mips/disassemble';
import type { MipsFeature } from '../../../targets/mips/instruction';
import { MIPS_TABLES } from '../../../targets/mips/lift';
import { REGISTER_NAMES } from '../../../targets/mips/state';
import { extractFields, parsePattern } from '../../../targets/pattern';
import type { Random } from '../random';
import type { Value } from '../test-case';
import { RESERVED, SCRATCH_WORDS, type CompressedSet, type Encoding, type Input, type TestCase } from './program';
import { isReserved, type Source } from './source';

const FEATURES: Readonly<Record<CompressedSet, ReadonlySet<MipsFeature>>> = {
  mips16: new Set(['pre6', 'r2', 'mips16', 'fpu', 'fpu-pre6', 'fpu-r2']),
  micromips: new Set(['pre6', 'r2', 'micromips']),
};
const TABLES = { mips16: ['mips16', 'mips16Extended'], micromips: ['micromips16', 'micromips32'] } as const;

/**
 * What straight-line code cannot have: exceptions, the world outside, code as data, link without a store. SWM of qemu 7.2
 * stores halfwords.
 */
const NOT_STRAIGHT = /^(BREAK|SDBBP|SYSCALL|SYNCI|RDHWR|T(GE|LT|EQ|NE)I?U?|ADDI|ADD|SUB|LL|SC|LW_PC|LWXS|SWM)(16)?(_32|_extended)?$/;
const INPUTS_PER_CASE = 4;
const SP = 29;
const RA = 31;
const T8 = 24;

export interface CompressedInstruction extends Encoding {
  readonly text: string;
  readonly size: 2 | 4;
}

/** The rows of a set; `others` are features beside those of the model. */
export function sourcesOf(set: CompressedSet, others: readonly MipsFeature[] = []): readonly Source[] {
  const features = new Set([...FEATURES[set], ...others]);
  return TABLES[set].flatMap((table) => {
    const { rows, buckets } = MIPS_TABLES[table];
    const own = rows.filter((r) => r.feature === undefined || features.has(r.feature));
    const decoder = new Decoder(own, buckets);
    return own.map((row) => ({ row, pattern: parsePattern(row.pattern), decoder, features, wideFpu: others.length > 0 }));
  });
}

/** Fills the fields of a row at random; `i` is the value of the field of that letter, if given. */
function instantiate(rng: Random, source: Source, i?: number): CompressedInstruction | undefined {
  const { row, pattern, decoder } = source;
  let word = pattern.value;
  for (const [letter, parts] of pattern.fields)
    for (const part of parts) word |= ((letter === 'i' ? (i ?? rng.word()) : rng.word()) & part.mask) << part.shift;
  // The other parts of an extended immediate
  if (i !== undefined) {
    word = pattern.value;
    for (const [letter, parts] of pattern.fields) {
      const extended = pattern.fields.some(([l]) => l === 'k');
      const value = letter === 'i' ? (extended ? i >> 5 : i) : letter === 'k' ? i & 31 : letter === 'j' ? 0 : rng.word();
      for (const part of parts) word |= (value & part.mask) << part.shift;
    }
  }
  if (decoder.find(word)?.row !== row) return undefined;
  const fields = extractFields(pattern, word);
  if (['s', 't', 'd'].some((f) => RESERVED.has(fields[f] ?? 0)) || isReserved(source, fields)) return undefined;
  const size = pattern.width === 16 ? 2 : 4;
  const text = formatInstruction(row, fields, 0);
  // Pairs and lists may end in a register of the driver
  return /\bk[01]\b/.test(text) ? undefined : { word: word | 0, size, name: row.name, text };
}

/** Registers that an instruction mentions, and those that it may use without: a superset of what it writes. */
function mentioned({ text, name }: CompressedInstruction): Set<number> {
  const found = new Set<number>([T8]);
  for (const word of text.split(/[^a-z0-9]+/)) {
    const r = REGISTER_NAMES.indexOf(word as (typeof REGISTER_NAMES)[number]);
    if (r > 0) found.add(r);
  }
  if (/^(SVRS|[LS]WM|[LS]WP)/.test(name)) for (const r of [2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 30, RA]) found.add(r);
  if (/^(SVRS|ADJSP|ADDIUSP)/.test(name)) found.add(SP);
  return found;
}

export function noOperation(set: CompressedSet, size: 2 | 4): CompressedInstruction {
  const words = { mips16: { 2: 0x6500, 4: 0xf0004f00 | 0 }, micromips: { 2: 0x0c00, 4: 0 } } as const;
  return { word: words[set][size], size, name: 'nop', text: 'nop' };
}

/** A case under construction. */
export class CompressedBuilder {
  readonly code: CompressedInstruction[] = [];
  readonly initial = new Map<number, () => Value>();
  private readonly touched = new Set<number>();

  constructor(
    readonly rng: Random,
    private readonly fillers: readonly Source[],
    private readonly set: CompressedSet,
  ) {}

  get crowded(): boolean {
    return this.touched.size > 14;
  }

  /** Bytes so far. */
  get here(): number {
    return this.code.reduce((n, c) => n + c.size, 0);
  }

  isFree(r: number): boolean {
    return r !== 0 && !RESERVED.has(r) && !this.initial.has(r) && !this.touched.has(r);
  }

  touch(r: number): void {
    this.touched.add(r);
  }

  instantiate(source: Source, i?: number): CompressedInstruction | undefined {
    return instantiate(this.rng, source, i);
  }

  /** A register with a value for each input, one of these. */
  register(among: readonly number[], value: () => Value): number | undefined {
    const free = among.filter((r) => this.isFree(r));
    if (free.length === 0) return undefined;
    const r = this.rng.pick(free);
    this.initial.set(r, value);
    return r;
  }

  /** A random instruction that leaves the registers alone that hold something; a no-operation if there is none. */
  filler(size?: 2 | 4): CompressedInstruction {
    for (let tries = 0; tries < 300; tries++) {
      const source = this.rng.pick(this.fillers);
      if (size !== undefined && source.pattern.width !== 8 * size) continue;
      const c = instantiate(this.rng, source);
      if (c === undefined) continue;
      const base = /(-?\d+)\((\w+)\)$/.exec(c.text);
      const used = mentioned(c);
      if ([...used].some((r) => this.initial.has(r))) continue;
      const savesFrame = /^SVRS/.test(c.name);
      if (base !== null || savesFrame) {
        const r = savesFrame ? SP : REGISTER_NAMES.indexOf(base![2] as (typeof REGISTER_NAMES)[number]);
        // A restored frame lies above the stack pointer, a saved one below
        const displacement = savesFrame ? (/^restore/.test(c.text) ? Number(/\d+/.exec(c.text)![0]) - 48 : -48) : Number(base![1]);
        if (r <= 0 || this.touched.has(r)) continue;
        this.initial.set(r, () => ({ base: 'scratch', offset: 4 * this.rng.below(SCRATCH_WORDS - 16) - displacement }));
      }
      for (const r of used) this.touched.add(r);
      return c;
    }
    return noOperation(this.set, size ?? 2);
  }

  finish(): TestCase {
    const { rng } = this;
    const input = (): Input => ({
      registers: Array.from({ length: 32 }, (_, r) => this.initial.get(r)?.() ?? rng.registerValue()),
      hi: rng.registerValue(),
      lo: rng.registerValue(),
      fcsr: 0,
      dsp: Array.from({ length: 7 }, () => 0),
      vectors: Array.from({ length: 128 }, () => 0),
      fpu: Array.from({ length: 64 }, () => 0),
      scratch: Array.from({ length: SCRATCH_WORDS }, () => rng.registerValue()),
    });
    return { code: this.code, inputs: rng.inputs(INPUTS_PER_CASE, input) };
  }
}

/** Bytes of a branch's delay slot: 0 without one, undefined if any will do. */
function slotSize(set: CompressedSet, name: string): 0 | 2 | 4 | undefined {
  if (set === 'mips16' || /^(BEQZC|BNEZC)_32$/.test(name)) return 0;
  if (/ALS_32$/.test(name)) return 2;
  return /AL_32$/.test(name) ? 4 : undefined;
}

const BRANCH = /^(B|BEQZ|BNEZ|BTEQZ|BTNEZ)(16)?(_extended)?$|^B(EQ|NE|LTZ|GEZ|LEZ|GTZ|EQZC|NEZC|LTZALS?|GEZALS?)_32$/;

/** A branch over up to three instructions, with its delay slot. */
function addBranch(b: CompressedBuilder, set: CompressedSet, branches: readonly Source[]): void {
  const { rng } = b;
  const source = rng.pick(branches);
  if (/AL/.test(source.row.name) && b.code.some((c) => /AL/.test(c.name))) return;
  const at = b.code.length;
  const placeholder = instantiate(rng, source, 0);
  if (placeholder === undefined) return;
  for (const r of mentioned(placeholder)) if (b.initial.has(r)) return;
  for (const r of mentioned(placeholder)) b.initial.set(r, () => rng.pick([0, 1, -1, rng.registerValue()]));
  const slot = slotSize(set, source.row.name);
  const between = [...(slot === 0 ? [] : [b.filler(slot)]), ...Array.from({ length: rng.below(4) }, () => b.filler())];
  const halfwords = between.reduce((n, c) => n + c.size, 0) >> 1;
  // The same registers, with the distance
  const field = source.pattern.fields.find(([l]) => l === 'i')![1][0]!;
  const extended = source.pattern.fields.find(([l]) => l === 'k')?.[1][0];
  const word = placeholder.word | (((extended ? halfwords >> 5 : halfwords) & field.mask) << field.shift) | (extended ? halfwords & 31 : 0);
  b.code.splice(at, 0, { ...placeholder, word, essential: true } as CompressedInstruction, ...between);
}

/** Rows of straight-line code. */
export const fillersAmong = (rows: readonly Source[]): readonly Source[] =>
  rows.filter(({ row }) => row.branches !== true && !NOT_STRAIGHT.test(row.name));

/** Rows that do not move registers or frames about, so that there is room for others. */
export const lightAmong = (rows: readonly Source[]): readonly Source[] =>
  fillersAmong(rows).filter(({ row }) => !/^(SVRS|[LS]WM|[LS]WP|ADDIUPC|ADDIU_PC)/.test(row.name));

export function generatorOf(set: CompressedSet, withBranches: boolean) {
  return (rng: Random): (() => TestCase) => {
    const all = sourcesOf(set);
    const fillers = withBranches ? lightAmong(all) : fillersAmong(all);
    const branches = all.filter(({ row }) => BRANCH.test(row.name));
    return () => {
      const b = new CompressedBuilder(rng, fillers, set);
      for (let k = rng.between(1, withBranches ? 3 : 6); k > 0 && !b.crowded; k--) {
        if (withBranches) addBranch(b, set, branches);
        b.code.push(b.filler());
      }
      return b.finish();
    };
  };
}
