/** Lane arithmetic within 64-bit integers against the same computed lane by lane. */
import { Random } from '../../../tests/instructions/random';
import { COMPARE_ZERO, LANEWISE, lanewise, pairwise, UNARY, unaryLanes } from './neon-integer';
import { reverse, transpose, unzip, zip } from './neon-permute';
import { twoVectors } from './neon-registers';
import { SHIFTS } from './neon-shifts';
import { runSemantics } from './semantics-fixture';
import type { LiftContext } from '../lift-context';

const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_000);
const ROUNDS = 40;

type Words = readonly [low: number, high: number];

const fields = { q: 0, d: 0, D: 0, n: 1, N: 0, m: 2, M: 0 };

/** Runs an instruction on d0, d1 and d2 and returns d0 and d2 afterwards. */
function run(lift: (cx: LiftContext) => void | false, d: Words, n: Words, m: Words): { d: Words; m: Words } {
  const inputs = { s0: d[0], s1: d[1], s2: n[0], s3: n[1], s4: m[0], s5: m[1] };
  const { state } = runSemantics(lift, inputs);
  return { d: [state.get('s0'), state.get('s1')], m: [state.get('s4'), state.get('s5')] };
}

function lanesOf([low, high]: Words, width: number, signed: boolean): number[] {
  const out: number[] = [];
  for (const word of [low, high]) {
    for (let at = 0; at < 32; at += width) {
      const raised = (word >> at) << (32 - width);
      out.push(signed ? raised >> (32 - width) : raised >>> (32 - width));
    }
  }
  return out;
}

function wordsOf(lanes: readonly number[], width: number): Words {
  const words = [0, 0];
  const perWord = 32 / width;
  lanes.forEach((x, i) => {
    words[Math.floor(i / perWord)]! |= (x & (width === 32 ? -1 : (1 << width) - 1)) << (width * (i % perWord));
  });
  return [words[0]!, words[1]!];
}

const ones = (c: boolean): number => (c ? -1 : 0);

/** On lanes as numbers: destination, first and second operand. */
const EXPECTED: Readonly<Record<string, (n: number, m: number, d: number) => number>> = {
  vadd: (n, m) => n + m,
  vsub: (n, m) => n - m,
  vtst: (n, m) => ones((n & m) !== 0),
  vceq: (n, m) => ones(n === m),
  vcgt: (n, m) => ones(n > m),
  vcge: (n, m) => ones(n >= m),
  vmax: (n, m) => Math.max(n, m),
  vmin: (n, m) => Math.min(n, m),
  vabd: (n, m) => Math.abs(n - m),
  vaba: (n, m, d) => d + Math.abs(n - m),
  vhadd: (n, m) => Math.floor((n + m) / 2),
  vrhadd: (n, m) => Math.floor((n + m + 1) / 2),
  vhsub: (n, m) => Math.floor((n - m) / 2),
  vmul: Math.imul,
  vmla: (n, m, d) => d + Math.imul(n, m),
  vmls: (n, m, d) => d - Math.imul(n, m),
  vshl: (n, m) => shifted(m, (n << 24) >> 24, false),
  vrshl: (n, m) => shifted(m, (n << 24) >> 24, true),
};

/** m * 2^n, with a right shift rounded down or to the nearest. Exact, as doubles hold what the lanes hold shifted. */
function shifted(m: number, n: number, rounding: boolean): number {
  if (n >= 0) return n > 31 ? 0 : m << n;
  return Math.floor(m / 2 ** -n + (rounding ? 0.5 : 0));
}

describe(`lanes (TEST_SEED=${SEED})`, () => {
  const rng = new Random(SEED);
  const words = (): Words => [rng.registerValue(), rng.registerValue()];

  it('has an expectation for every operation', () => expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(LANEWISE).sort()));

  it.each(Object.keys(LANEWISE).flatMap((name) => [0, 1, 2].map((s) => [name, s] as const)))('%s of size %i', (name, s) => {
    const width = 8 << s;
    for (let round = 0; round < ROUNDS; round++) {
      const signed = round % 2 === 0;
      const [d, n, m] = [words(), words(), words()];
      const [ds, ns, ms] = [d, n, m].map((x) => lanesOf(x, width, signed)) as [number[], number[], number[]];
      const expected = wordsOf(
        ds.map((x, i) => EXPECTED[name]!(ns[i]!, ms[i]!, x)),
        width,
      );
      expect(run((cx) => lanewise(LANEWISE[name]!, signed, 3)(cx, { ...fields, s }), d, n, m).d).toEqual(expected);
    }
  });

  it.each([0, 1, 2])('comparisons with zero and unary operations of size %i', (s) => {
    const width = 8 << s;
    const expectations: Readonly<Record<string, (x: number) => number>> = {
      vcgt: (x) => ones(x > 0),
      vcge: (x) => ones(x >= 0),
      vceq: (x) => ones(x === 0),
      vcle: (x) => ones(x <= 0),
      vclt: (x) => ones(x < 0),
      vabs: Math.abs,
      vneg: (x) => -x,
      vclz: (x) => (Math.clz32(x) === 0 ? 0 : Math.clz32(x) - (32 - width)),
      vmvn: (x) => ~x,
    };
    for (const [name, f] of Object.entries(expectations)) {
      for (let round = 0; round < ROUNDS; round++) {
        const m = words();
        const operation = (COMPARE_ZERO[name] ?? UNARY[name])!;
        const lanes = lanesOf(m, width, true);
        expect(run((cx) => unaryLanes(operation, 2)(cx, { ...fields, s }), [0, 0], [0, 0], m).d).toEqual(wordsOf(lanes.map(f), width));
      }
    }
  });

  it.each([0, 1, 2])('shifts by a constant of size %i', (s) => {
    const width = 8 << s;
    const expectations: Readonly<Record<string, (x: number, n: number, d: number) => number>> = {
      vshr: (x, n) => Math.floor(x / 2 ** n),
      vsra: (x, n, d) => d + Math.floor(x / 2 ** n),
      vrshr: (x, n) => Math.floor((x + 2 ** (n - 1)) / 2 ** n),
      vrsra: (x, n, d) => d + Math.floor((x + 2 ** (n - 1)) / 2 ** n),
    };
    for (const [name, f] of Object.entries(expectations)) {
      for (let n = 1; n <= width; n++) {
        for (const signed of [false, true]) {
          const [d, m] = [words(), words()];
          const [ds, ms] = [lanesOf(d, width, signed), lanesOf(m, width, signed)];
          const lift = (cx: LiftContext): void | false =>
            twoVectors(cx, fields, (ir, x, old) => SHIFTS[name]!(ir, width, signed, n, x, old));
          expect(run(lift, d, [0, 0], m).d).toEqual(
            wordsOf(
              ms.map((x, i) => f(x, n, ds[i]!)),
              width,
            ),
          );
        }
      }
    }
  });

  it('pairs lanes of the first operand before those of the second', () => {
    const lift = (cx: LiftContext): void | false => pairwise('add', false)(cx, { ...fields, s: 0 });
    expect(run(lift, [0, 0], [0x04030201, 0x08070605], [0x40302010, 0xff01ff02 | 0]).d).toEqual([0x0f0b0703, 0x00017030]);
  });

  it('permutes', () => {
    const [d, m]: Words[] = [
      [0x03020100, 0x07060504],
      [0x13121110, 0x17161514],
    ];
    const with0 = (lift: (cx: LiftContext, f: typeof fields & { s: number }) => void | false, s: number): { d: Words; m: Words } =>
      run((cx) => lift(cx, { ...fields, s }), d!, [0, 0], m!);
    expect(with0(zip, 0)).toEqual({ d: [0x11011000, 0x13031202], m: [0x15051404, 0x17071606] });
    expect(with0(unzip, 0)).toEqual({ d: [0x06040200, 0x16141210], m: [0x07050301, 0x17151311] });
    expect(with0(transpose, 1)).toEqual({ d: [0x11100100, 0x15140504], m: [0x13120302, 0x17160706] });
    expect(with0(reverse(64), 0).d).toEqual([0x14151617, 0x10111213]);
    expect(with0(reverse(32), 1).d).toEqual([0x11101312, 0x15141716]);
  });
});
