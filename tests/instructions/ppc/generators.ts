/** Random PowerPC cases: straight-line code, memory accesses, branches of every kind, reservations, and how programs die. */
import type { PpcFeature } from '../../../targets/ppc/instruction';
import type { Random } from '../random';
import { CaseBuilder, type OtherRegisters } from './case-builder';
import type { Instruction } from '../test-case';
import { SCRATCH_WORDS, type Shape, type TestCase } from './program';
import { rowsOf, type Candidate, type Kind } from './source';

export interface Group {
  readonly name: string;
  readonly shape: Shape;
  /** Options for both emulators. */
  readonly cpu: string;
  readonly generator: (rng: Random) => () => TestCase;
}

const CLASSIC: ReadonlySet<PpcFeature> = new Set();
const PLAIN: Shape = { floating: false, vectors: false };
const CPU = '750';

const INTEGER_ONLY: OtherRegisters = { fpscr: () => 0, vscr: () => 0, float: () => [0, 0], vector: () => [0, 0, 0, 0] };

const integerRows = (memory: boolean) => rowsOf({ features: CLASSIC, kind: 'integer', memory });

/** Straight-line code of a kind of rows, mixed with integer ones. */
export function straightLine(
  name: string,
  kind: Kind,
  memory: boolean,
  { shape = PLAIN, cpu = CPU, features = CLASSIC, others = INTEGER_ONLY, accepts, around, before }: Partial<GroupOptions> = {},
): Group {
  return {
    name,
    shape,
    cpu,
    generator: (rng) => {
      const all = rowsOf({ features, kind, memory });
      const plain = rowsOf({ features, kind, memory: false });
      const accesses = all.filter((s) => !plain.some(({ row }) => row === s.row));
      const rows = memory ? [...all, ...accesses, ...accesses] : all;
      return () => {
        const c = new CaseBuilder(rng, rows, others, accepts);
        c.before = before;
        const [first, last] = around?.(rng) ?? [];
        if (first !== undefined) c.code.push(first);
        const count = rng.chance(1) ? rng.between(20, 100) : rng.between(1, 5);
        for (let k = 0; k < count && c.touchedCount < 18; k++) c.fill(1);
        if (last !== undefined) c.code.push(last);
        return c.finish();
      };
    },
  };
}

export interface GroupOptions {
  readonly shape: Shape;
  readonly cpu: string;
  readonly features: ReadonlySet<PpcFeature>;
  readonly others: OtherRegisters;
  /** Leaves out what the reference does otherwise, or what would end the program. */
  readonly accepts: ((c: Candidate) => boolean) | undefined;
  /** What begins and ends a case. */
  readonly around: ((rng: Random) => readonly [first: Instruction, last: Instruction]) | undefined;
  /** What goes before an instruction, if anything. */
  readonly before: ((c: Candidate) => Instruction | undefined) | undefined;
}

type Construct = (c: CaseBuilder) => void;

const bc = (bo: number, bi: number, bytes: number, link: number): number => 0x40000000 | (bo << 21) | (bi << 16) | (bytes & 0xfffc) | link;
const bclr = (bo: number, bi: number, link: number): number => 0x4c000020 | (bo << 21) | (bi << 16) | link;
const bcctr = (bo: number, bi: number, link: number): number => 0x4c000420 | (bo << 21) | (bi << 16) | link;
const mtlr = (r: number): number => 0x7c0803a6 | (r << 21);
const mtctr = (r: number): number => 0x7c0903a6 | (r << 21);

/** BO values that leave CTR alone, and all. */
const CONDITIONS = [4, 5, 6, 7, 12, 13, 14, 15, 20];
const ALL_BO = [...CONDITIONS, 0, 1, 2, 3, 8, 9, 10, 11, 16, 18];

/** A comparison or another instruction that sets a CR field which the branch tests. */
function compare(c: CaseBuilder): number {
  const field = c.rng.below(8);
  const value = c.rng.registerValue();
  const a = c.register(() => (c.rng.chance(40) ? value : c.rng.registerValue()));
  const b = c.register(() => value);
  if (c.rng.chance(80)) c.emit(0x7c000000 | (c.rng.below(2) << 6) | (field << 23) | (a << 16) | (b << 11), 'cmp', false);
  return 4 * field + c.rng.below(4);
}

const CONSTRUCTS: readonly Construct[] = [
  // A conditional branch over some code
  (c) => {
    const bit = c.rng.chance(70) ? compare(c) : c.rng.below(32);
    const at = c.code.length;
    c.emit(0, 'bc');
    c.fill(c.rng.below(3));
    c.code[at] = { word: bc(c.rng.pick(ALL_BO), bit, c.here - 4 * at, c.rng.chance(20) ? 1 : 0), name: 'bc', essential: true };
  },
  // The same through LR or CTR
  (c) => {
    const target = { offset: 0 };
    const r = c.register(() => ({ base: 'code', offset: target.offset + c.rng.below(4) }));
    const viaCtr = c.rng.chance(50);
    c.emit(viaCtr ? mtctr(r) : mtlr(r), 'mt');
    const bit = compare(c);
    const link = c.rng.below(2);
    c.emit(viaCtr ? bcctr(c.rng.pick(CONDITIONS), bit, link) : bclr(c.rng.pick(ALL_BO), bit, link), viaCtr ? 'bcctr' : 'bclr');
    c.fill(c.rng.below(3));
    target.offset = c.here;
  },
  // A loop with CTR
  (c) => {
    const count = c.register(() => c.rng.between(1, 5));
    c.emit(mtctr(count), 'mtctr');
    const start = c.here;
    c.fill(c.rng.between(1, 2));
    c.emit(bc(16, 0, start - c.here, 0), 'bdnz');
  },
  // A loop until a condition or CTR ends it
  (c) => {
    const [count, step] = [c.register(() => c.rng.between(1, 6)), c.register(() => 1)];
    const limit = c.register(() => c.rng.between(1, 6));
    const counter = c.register(() => 0);
    c.emit(mtctr(count), 'mtctr');
    const start = c.here;
    c.emit(0x7c000214 | (counter << 21) | (counter << 16) | (step << 11), 'add');
    c.emit(0x7c000000 | (counter << 16) | (limit << 11), 'cmpw');
    c.fill(c.rng.below(2));
    c.emit(0x7c000000 | (counter << 16) | (limit << 11), 'cmpw');
    c.emit(bc(0, 2, start - c.here, 0), 'bdnzne');
  },
  // A call by bl over a function that returns by blr
  (c) => {
    const r = c.register(() => c.rng.registerValue());
    c.emit(0x4800000d, 'bl');
    c.code.push(c.filler());
    c.emit(0x4800000c, 'b');
    c.emit(0x38000001 | (r << 21) | (r << 16), 'addi');
    c.emit(0x4e800020, 'blr');
  },
  // Where am I
  (c) => {
    const r = c.register(() => 0);
    c.emit(0x429f0005, 'bcl');
    c.emit(0x7c0802a6 | (r << 21), 'mflr');
  },
];

const branches =
  (others = INTEGER_ONLY, accepts?: (c: Candidate) => boolean) =>
  (rng: Random): (() => TestCase) => {
    const rows = integerRows(false);
    return () => {
      const c = new CaseBuilder(rng, rows, others, accepts);
      c.fill(rng.below(2));
      for (let k = rng.between(1, 3); k > 0 && c.touchedCount < 14; k--) rng.pick(CONSTRUCTS)(c);
      return c.finish();
    };
  };

/** XER.SO stays clear, as in nearly all programs: the lifter makes simpler code as long as nothing may set it. */
const WITHOUT_SUMMARY: OtherRegisters = { ...INTEGER_ONLY, xer: (rng) => (rng.word() & 0x60000000) | rng.below(33) };
const leavesSummary = ({ name, fields }: Candidate): boolean => fields['o'] !== 1 && name !== 'mtspr';

/** lwarx and stwcx. with something between them, and stwcx. without a reservation. */
function reservations(rng: Random): () => TestCase {
  const rows = integerRows(false);
  return () => {
    const c = new CaseBuilder(rng, rows, INTEGER_ONLY);
    const slot = rng.below(SCRATCH_WORDS) * 4;
    const b = c.register(() => ({ base: 'scratch', offset: slot }));
    const other = c.register(() => ({ base: 'scratch', offset: 0 }));
    const [d, s] = [c.register(() => rng.registerValue()), c.register(() => rng.registerValue())];
    if (rng.chance(80)) c.emit(0x7c000028 | (d << 21) | (b << 11), 'lwarx', false);
    c.fill(rng.below(3));
    c.emit(0x7c00012d | (s << 21) | ((rng.chance(80) ? b : other) << 11), 'stwcx.', false);
    c.fill(rng.below(2));
    return c.finish();
  };
}

/** Cache instructions: dcbf, dcbst, dcbt, dcbtst, icbi do nothing to see; dcbz clears 32 bytes. */
const CACHE = [86, 54, 278, 246, 982, 1014];
const CACHE_LINE = 32;

function cache(rng: Random): () => TestCase {
  const rows = integerRows(false);
  return () => {
    const c = new CaseBuilder(rng, rows, INTEGER_ONLY);
    for (let k = rng.between(1, 3); k > 0; k--) {
      const index = rng.between(-64, 64);
      const a = rng.chance(20) ? 0 : c.register(() => index);
      const offset = (): number => rng.between(CACHE_LINE, 4 * SCRATCH_WORDS - 2 * CACHE_LINE) - (a === 0 ? 0 : index);
      const b = c.register(() => ({ base: 'scratch', offset: offset() }));
      c.emit(0x7c000000 | (a << 16) | (b << 11) | (rng.pick(CACHE) << 1), 'cache', false);
      c.fill(rng.below(2));
    }
    return c.finish();
  };
}

const GETUID = 24;
const NO_CALL = 9999;

/** System calls that ask for what does not change, or that there are not. */
function systemCalls(rng: Random): () => TestCase {
  const rows = integerRows(false);
  return () => {
    const c = new CaseBuilder(rng, rows, INTEGER_ONLY);
    c.fill(rng.below(3));
    c.emit(0x38000000 | rng.pick([GETUID, NO_CALL]), 'li r0');
    c.emit(0x44000002, 'sc', false);
    return c.finish();
  };
}

/** Traps, privileged and invalid instructions: how the process ends. */
const DEADLY: readonly Construct[] = [
  (c) => c.emit(0x7fe00008, 'trap'),
  (c) => {
    const a = c.register(() => c.rng.registerValue());
    c.emit(0x0c000000 | (c.rng.below(32) << 21) | (a << 16) | (c.rng.word() & 0xffff), 'twi');
  },
  (c) =>
    c.emit(
      c.rng.pick([0x00000000, 0x4c000064, 0x7c0000a6, 0x7c1a02a6, 0x4c000420 | (16 << 21), 0x84210000, 0x7c00006e, 0x7c0003ac]),
      'invalid',
    ),
];

function deadly(rng: Random): () => TestCase {
  const rows = integerRows(false);
  return () => {
    const c = new CaseBuilder(rng, rows, INTEGER_ONLY);
    rng.pick(DEADLY)(c);
    return { code: c.code, inputs: c.finish().inputs.slice(0, 1) };
  };
}

/** qemu-ppc 7.2 does not write the sums, or takes the wrong ones for overflows. */
const accumulatesAsReference = ({ name }: Candidate): boolean => !/^n?mac/i.test(name);

export const GROUPS: readonly Group[] = [
  straightLine('integer', 'integer', false),
  straightLine('memory', 'integer', true),
  straightLine('440', 'integer', false, { cpu: '440ep', features: new Set(['405-mac', 'dlmzb']), accepts: accumulatesAsReference }),
  { name: 'branches', shape: PLAIN, cpu: CPU, generator: branches() },
  { name: 'branches-plain', shape: PLAIN, cpu: CPU, generator: branches(WITHOUT_SUMMARY, leavesSummary) },
  { name: 'reservations', shape: PLAIN, cpu: CPU, generator: reservations },
  { name: 'cache', shape: PLAIN, cpu: CPU, generator: cache },
  { name: 'system', shape: PLAIN, cpu: CPU, generator: systemCalls },
  { name: 'deadly', shape: PLAIN, cpu: CPU, generator: deadly },
];
