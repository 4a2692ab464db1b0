/** Thumb branches and IT: where they go, and where they may not stand. */
import { locationMode, locationPc } from '../../../translate/ir/block';
import { Random } from '../../../tests/instructions/random';
import { Decoder } from '../../decoder';
import { extractFields } from '../../pattern';
import type { ArmRow } from '../instruction';
import { ARM_TABLES } from '../lift';
import type { LiftContext } from '../lift-context';
import { runSemantics, smallMemory, WAYS, type Fields, type Outcome, type Way } from './semantics-fixture';

const SEED = Number(process.env['TEST_SEED'] ?? 20261121);
const PC = 0x1000;

const decoders = {
  2: new Decoder<ArmRow>(ARM_TABLES.t16.rows, ARM_TABLES.t16.buckets),
  4: new Decoder<ArmRow>(ARM_TABLES.t32.rows, ARM_TABLES.t32.buckets),
};

/** Runs one Thumb instruction at PC. */
function run(
  word: number,
  inputs: Fields = {},
  way: Way = 'simplified',
  prepare: (cx: LiftContext) => void = () => {},
  memory = smallMemory(),
): Outcome {
  const size = word > 0xffff ? 4 : 2;
  const found = decoders[size].find(word | 0)!;
  return runSemantics(
    (cx) => found.row.lift(cx, extractFields(found.pattern, word) as never),
    inputs,
    way,
    memory,
    (cx) => {
      cx.pc = PC;
      cx.thumb = true;
      cx.size = size;
      prepare(cx);
    },
  );
}

/** Where the branch goes if taken, without the Thumb bit, which must be set. */
function targetOf({ terminator }: Outcome): number {
  const to =
    terminator?.kind === 'branch' ? terminator.taken : terminator?.kind === 'jump' || terminator?.kind === 'call' ? terminator.target : NaN;
  expect(locationPc(to) & 1).toBe(1);
  return locationPc(to) - 1;
}

const insideItBlock = (cx: LiftContext): void => {
  cx.itState = 0x08;
  cx.inItBlock = true;
};

describe('branch offsets', () => {
  it.each([
    ['b.n, backwards', 0xe7fe, PC],
    ['b.n, forwards', 0xe000, PC + 4],
    ['beq.n, backwards', 0xd0fe, PC],
    ['beq.n, farthest', 0xd07f, PC + 4 + 254],
    ['cbz r0, farthest', 0xb3f8, PC + 4 + 126],
    ['b.w, backwards', 0xf7ffbffe, PC],
    ['beq.w, backwards', 0xf43faffe, PC],
    ['bl, backwards', 0xf7fffffe, PC],
    ['bl, +0x1000', 0xf000fffe, PC + 0x1000],
  ])('%s', (_, word, target) => expect(targetOf(run(word))).toBe(target));

  it('encodes J1 and J2 as the manual does', () => {
    const rng = new Random(SEED);
    for (let i = 0; i < 500; i++) {
      const offset = ((rng.word() << 7) >> 7) & ~1;
      const bit = (n: number): number => (offset >> n) & 1;
      const [s, j1, j2] = [bit(24), bit(23) ^ bit(24) ^ 1, bit(22) ^ bit(24) ^ 1];
      const high = 0xf000 | (s << 10) | ((offset >> 12) & 0x3ff);
      const low = 0xd000 | (j1 << 13) | (j2 << 11) | ((offset >> 1) & 0x7ff);
      expect({ seed: SEED, offset, target: targetOf(run(high * 0x10000 + low)) }).toEqual({
        seed: SEED,
        offset,
        target: (PC + 4 + offset) >>> 0,
      });
    }
  });

  it('BLX changes to A32 and counts from the aligned PC', () => {
    for (const pc of [PC, PC + 2]) {
      const { terminator } = run(0xf000e802, {}, 'simplified', (cx) => (cx.pc = pc));
      expect(terminator).toMatchObject({ kind: 'call', target: PC + 8 });
    }
  });
});

describe.each(WAYS)('table branches (%s)', (way) => {
  it.each([
    ['tbb [r0, r1]', 0xe8d0f001, 3, 0x7f],
    ['tbh [r0, r1, lsl #1]', 0xe8d0f011, 6, 0x1234],
  ])('%s', (_, word, at, entry) => {
    const memory = smallMemory();
    memory.view.setUint16(0x100 + at, entry, true);
    const { terminator, value } = run(word, { r0: 0x100, r1: 3 }, way, () => {}, memory);
    expect(terminator).toMatchObject({ kind: 'indirect', hint: 'jump' });
    expect(value).toBe(PC + 4 + 2 * entry + 1);
  });
});

describe('IT', () => {
  it('starts an IT block', () => {
    let itState = 0;
    const found = decoders[2].find(0xbf0c)!;
    runSemantics((cx) => {
      const lifted = found.row.lift(cx, extractFields(found.pattern, 0xbf0c) as never);
      itState = cx.itState;
      return lifted;
    }, {});
    expect(itState).toBe(0x0c);
  });

  it.each([
    ['IT', 0xbf08],
    ['CBZ', 0xb100],
    ['B<c>.N', 0xd0fe],
    ['B<c>.W', 0xf43faffe],
  ])('%s is undefined inside an IT block', (_, word) => {
    expect(run(word).lifted).toBe(true);
    expect(run(word, {}, 'simplified', insideItBlock).lifted).toBe(false);
  });

  it.each([
    ['IT with condition 1111', 0xbff8],
    ['ITE AL', 0xbfec],
  ])('%s is undefined', (_, word) => expect(run(word).lifted).toBe(false));

  it('keeps 16-bit data processing from setting the flags', () => {
    const flags = ({ state }: Outcome): number[] => ['n', 'z', 'c', 'v'].map((f) => state.get(f));
    for (const word of [0x1840, 0x0040, 0x2001, 0x4348, 0x4108, 0x4248, 0x43c8]) {
      const before = { r0: -2, r1: -3, n: 0, z: 1, c: 0, v: 1 };
      expect(flags(run(word, before))).not.toEqual([0, 1, 0, 1]);
      expect(flags(run(word, before, 'simplified', insideItBlock))).toEqual([0, 1, 0, 1]);
    }
    // Comparisons set them all the same.
    expect(flags(run(0x4288, { r0: -2, r1: -3, z: 1, v: 1 }, 'simplified', insideItBlock))).toEqual([0, 0, 1, 0]);
  });

  it('returns from a system call into the block', () => {
    const { terminator } = run(0xdf01, {}, 'simplified', (cx) => {
      cx.itState = 0x04;
      cx.inItBlock = true;
    });
    expect(terminator?.kind).toBe('syscall');
    if (terminator?.kind === 'syscall') expect([locationPc(terminator.next), locationMode(terminator.next)]).toEqual([PC + 3, 0x08]);
  });
});
