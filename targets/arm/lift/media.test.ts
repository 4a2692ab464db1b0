/** Media, multiply and bit field semantics against a model written from the manual's pseudocode with BigInt. */
import { Random } from '../../../tests/instructions/random';
import type { LiftContext } from '../lift-context';
import { crc32, crc32c } from './crc32';
import { sdiv, udiv } from './divide';
import * as multiply from './multiply';
import * as packing from './packing';
import { parallel, sel, usad8, usada8, type ParallelOp, type ParallelPrefix } from './parallel';
import * as saturating from './saturating';
import { runSemantics, WAYS } from './semantics-fixture';

const SEED = Number(process.env['TEST_SEED'] ?? 20261121);
const ROUNDS = 300;

/** Operands before the instruction: d = r0, n = r1, m = r2, a = r3; l = r0 and h = r3 of a long result. */
interface Operands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
  readonly a: number;
  readonly ge: number;
}

/** Fields after it; those that are absent keep their values. */
interface Result {
  readonly r0?: bigint | number;
  readonly r3?: bigint | number;
  readonly ge?: number;
  /** Q becomes set. */
  readonly q?: boolean;
  readonly n?: boolean;
  readonly z?: boolean;
}

type Model = (o: Operands) => Result;

const REGISTERS = { d: 0, n: 1, m: 2, a: 3 } as const;
const LONG = { l: 0, h: 3, n: 1, m: 2 } as const;

const word = (x: bigint | number): number => Number(BigInt.asIntN(32, BigInt(x)));
const signed = (x: number, bits: number, at = 0): bigint => BigInt.asIntN(bits, BigInt(x >>> 0) >> BigInt(at));
const unsigned = (x: number, bits: number, at = 0): bigint => BigInt.asUintN(bits, BigInt(x >>> 0) >> BigInt(at));

/** SignedSatQ() and UnsignedSatQ(). */
function saturate(x: bigint, low: bigint, high: bigint): { value: bigint; q: boolean } {
  const value = x < low ? low : x > high ? high : x;
  return { value, q: value !== x };
}

const signedSaturate = (x: bigint, bits: number): { value: bigint; q: boolean } =>
  saturate(x, -(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n);
const unsignedSaturate = (x: bigint, bits: number): { value: bigint; q: boolean } => saturate(x, 0n, (1n << BigInt(bits)) - 1n);

function check(name: string, lift: (cx: LiftContext) => void | false, model: Model): void {
  it.each(WAYS)(`${name} (%s)`, (way) => {
    const rng = new Random(SEED);
    for (let i = 0; i < ROUNDS; i++) {
      const operand = (): number => rng.registerValue();
      const o: Operands = { d: operand(), n: operand(), m: operand(), a: operand(), ge: rng.below(16) };
      const before = {
        r0: o.d,
        r1: o.n,
        r2: o.m,
        r3: o.a,
        ge: o.ge,
        n: rng.below(2),
        z: rng.below(2),
        c: rng.below(2),
        v: rng.below(2),
        q: rng.below(2),
      };
      const { state } = runSemantics(lift, before, way);
      const r = model(o);
      const expected = {
        ...before,
        r0: word(r.r0 ?? o.d),
        r3: word(r.r3 ?? o.a),
        ge: r.ge ?? o.ge,
        q: r.q ? 1 : before.q,
        n: r.n === undefined ? before.n : Number(r.n),
        z: r.z === undefined ? before.z : Number(r.z),
      };
      const after = Object.fromEntries(Object.keys(before).map((field) => [field, state.get(field)]));
      expect({ seed: SEED, round: i, before, after }).toEqual({ seed: SEED, round: i, before, after: expected });
    }
  });
}

describe('parallel addition and subtraction', () => {
  const PREFIXES: readonly ParallelPrefix[] = ['S', 'Q', 'SH', 'U', 'UQ', 'UH'];
  /** For each lane its width, position, the position of the second operand's lane, and the operation. */
  const LANES: Readonly<Record<ParallelOp, readonly (readonly [bits: number, at: number, other: number, op: '+' | '-'])[]>> = {
    ADD16: [
      [16, 0, 0, '+'],
      [16, 16, 16, '+'],
    ],
    SUB16: [
      [16, 0, 0, '-'],
      [16, 16, 16, '-'],
    ],
    ASX: [
      [16, 0, 16, '-'],
      [16, 16, 0, '+'],
    ],
    SAX: [
      [16, 0, 16, '+'],
      [16, 16, 0, '-'],
    ],
    ADD8: [0, 8, 16, 24].map((at) => [8, at, at, '+'] as const),
    SUB8: [0, 8, 16, 24].map((at) => [8, at, at, '-'] as const),
  };

  function model(prefix: ParallelPrefix, op: ParallelOp): Model {
    return ({ n, m }) => {
      const extract = prefix.startsWith('U') ? unsigned : signed;
      let r = 0n;
      let ge = 0;
      for (const [bits, at, other, kind] of LANES[op]) {
        const x = extract(n, bits, at);
        const y = extract(m, bits, other);
        const exact = kind === '+' ? x + y : x - y;
        r |= BigInt.asUintN(bits, finish(prefix, exact, bits)) << BigInt(at);
        const bound = prefix === 'U' && kind === '+' ? 1n << BigInt(bits) : 0n;
        if (exact >= bound) ge |= ((1 << (bits / 8)) - 1) << (at / 8);
      }
      return prefix === 'S' || prefix === 'U' ? { r0: r, ge } : { r0: r };
    };
  }

  function finish(prefix: ParallelPrefix, exact: bigint, bits: number): bigint {
    if (prefix === 'Q') return signedSaturate(exact, bits).value;
    if (prefix === 'UQ') return unsignedSaturate(exact, bits).value;
    return prefix.endsWith('H') ? exact >> 1n : exact;
  }

  for (const op of Object.keys(LANES) as ParallelOp[])
    for (const prefix of PREFIXES) check(`${prefix}${op}`, (cx) => parallel(cx, prefix, op, REGISTERS), model(prefix, op));

  check(
    'SEL',
    (cx) => sel(cx, REGISTERS),
    ({ n, m, ge }) => ({
      r0: [0, 8, 16, 24].reduce((r, at) => r | (unsigned((ge >> (at / 8)) & 1 ? n : m, 8, at) << BigInt(at)), 0n),
    }),
  );

  const differences = (n: number, m: number): bigint =>
    [0, 8, 16, 24].reduce((sum, at) => {
      const d = unsigned(n, 8, at) - unsigned(m, 8, at);
      return sum + (d < 0n ? -d : d);
    }, 0n);
  check(
    'USAD8',
    (cx) => usad8(cx, REGISTERS),
    ({ n, m }) => ({ r0: differences(n, m) }),
  );
  check(
    'USADA8',
    (cx) => usada8(cx, REGISTERS),
    ({ n, m, a }) => ({ r0: differences(n, m) + BigInt(a) }),
  );
});

describe('saturation', () => {
  const of = ({ value, q }: { value: bigint; q: boolean }, earlier = false): Result => ({ r0: value, q: q || earlier });

  check(
    'QADD',
    (cx) => saturating.qadd(cx, REGISTERS),
    ({ n, m }) => of(signedSaturate(BigInt(m) + BigInt(n), 32)),
  );
  check(
    'QSUB',
    (cx) => saturating.qsub(cx, REGISTERS),
    ({ n, m }) => of(signedSaturate(BigInt(m) - BigInt(n), 32)),
  );
  check(
    'QDADD',
    (cx) => saturating.qdadd(cx, REGISTERS),
    ({ n, m }) => {
      const doubled = signedSaturate(2n * BigInt(n), 32);
      return of(signedSaturate(BigInt(m) + doubled.value, 32), doubled.q);
    },
  );
  check(
    'QDSUB',
    (cx) => saturating.qdsub(cx, REGISTERS),
    ({ n, m }) => {
      const doubled = signedSaturate(2n * BigInt(n), 32);
      return of(signedSaturate(BigInt(m) - doubled.value, 32), doubled.q);
    },
  );

  for (const i of [0, 1, 7, 15, 30, 31]) {
    for (const [h, v, shift] of [
      [0, 0, (x: number) => x],
      [0, 5, (x: number) => x << 5],
      [1, 3, (x: number) => x >> 3],
      [1, 0, (x: number) => x >> 31],
    ] as const) {
      check(
        `SSAT #${i + 1}, shift ${h}:${v}`,
        (cx) => saturating.ssat(cx, { d: 0, n: 1, i, h, v }),
        ({ n }) => of(signedSaturate(BigInt(shift(n)), i + 1)),
      );
      check(
        `USAT #${i}, shift ${h}:${v}`,
        (cx) => saturating.usat(cx, { d: 0, n: 1, i, h, v }),
        ({ n }) => of(unsignedSaturate(BigInt(shift(n)), i)),
      );
    }
  }

  const halves =
    (limit: (x: bigint) => { value: bigint; q: boolean }): Model =>
    ({ n }) => {
      const [low, high] = [limit(signed(n, 16, 0)), limit(signed(n, 16, 16))];
      return { r0: BigInt.asUintN(16, low.value) | (BigInt.asUintN(16, high.value) << 16n), q: low.q || high.q };
    };
  for (const i of [0, 3, 15]) {
    check(
      `SSAT16 #${i + 1}`,
      (cx) => saturating.ssat16(cx, { d: 0, n: 1, i }),
      halves((x) => signedSaturate(x, i + 1)),
    );
    check(
      `USAT16 #${i}`,
      (cx) => saturating.usat16(cx, { d: 0, n: 1, i }),
      halves((x) => unsignedSaturate(x, i)),
    );
  }
});

describe('multiplication', () => {
  const flags = (r: bigint, bits: number): Result => ({ n: BigInt.asIntN(bits, r) < 0n, z: BigInt.asUintN(bits, r) === 0n });
  const wide = (r: bigint): Result => ({ r0: r, r3: r >> 32n });
  const accumulator = ({ d, a }: Operands): bigint => BigInt.asUintN(32, BigInt(d)) | (BigInt(a) << 32n);
  /** The exact sum, with Q if it is not what fits. */
  const withQ = (exact: bigint): Result => ({ r0: exact, q: BigInt.asIntN(32, exact) !== exact });
  const half = (x: number, top: number): bigint => signed(x, 16, 16 * top);
  const u = (x: number): bigint => unsigned(x, 32);
  const s = BigInt;

  check(
    'MULS',
    (cx) => multiply.mul(cx, { ...REGISTERS, s: 1 }),
    ({ n, m }) => ({ r0: s(n) * s(m), ...flags(s(n) * s(m), 32) }),
  );
  check(
    'MLAS',
    (cx) => multiply.mla(cx, { ...REGISTERS, s: 1 }),
    ({ n, m, a }) => ({ r0: s(n) * s(m) + s(a), ...flags(s(n) * s(m) + s(a), 32) }),
  );
  check(
    'MLS',
    (cx) => multiply.mls(cx, REGISTERS),
    ({ n, m, a }) => ({ r0: s(a) - s(n) * s(m) }),
  );
  check(
    'UMULLS',
    (cx) => multiply.umull(cx, { ...LONG, s: 1 }),
    ({ n, m }) => ({ ...wide(u(n) * u(m)), ...flags(u(n) * u(m), 64) }),
  );
  check(
    'SMULL',
    (cx) => multiply.smull(cx, LONG),
    ({ n, m }) => wide(s(n) * s(m)),
  );
  check(
    'UMLAL',
    (cx) => multiply.umlal(cx, LONG),
    (o) => wide(accumulator(o) + u(o.n) * u(o.m)),
  );
  check(
    'SMLALS',
    (cx) => multiply.smlal(cx, { ...LONG, s: 1 }),
    (o) => {
      const r = accumulator(o) + s(o.n) * s(o.m);
      return { ...wide(r), ...flags(r, 64) };
    },
  );
  check(
    'UMAAL',
    (cx) => multiply.umaal(cx, LONG),
    ({ d, n, m, a }) => wide(u(n) * u(m) + u(d) + u(a)),
  );

  for (const y of [0, 1]) {
    for (const x of [0, 1]) {
      const selection = { x, y };
      check(
        `SMUL ${x}${y}`,
        (cx) => multiply.smulxy(cx, { ...REGISTERS, ...selection }),
        ({ n, m }) => ({ r0: half(n, x) * half(m, y) }),
      );
      check(
        `SMLA ${x}${y}`,
        (cx) => multiply.smlaxy(cx, { ...REGISTERS, ...selection }),
        ({ n, m, a }) => withQ(half(n, x) * half(m, y) + s(a)),
      );
      check(
        `SMLAL ${x}${y}`,
        (cx) => multiply.smlalxy(cx, { ...LONG, ...selection }),
        (o) => wide(accumulator(o) + half(o.n, x) * half(o.m, y)),
      );
    }
    check(
      `SMULW ${y}`,
      (cx) => multiply.smulw(cx, { ...REGISTERS, y }),
      ({ n, m }) => ({ r0: (s(n) * half(m, y)) >> 16n }),
    );
    check(
      `SMLAW ${y}`,
      (cx) => multiply.smlaw(cx, { ...REGISTERS, y }),
      ({ n, m, a }) => withQ(((s(n) * half(m, y)) >> 16n) + s(a)),
    );
  }

  for (const x of [0, 1]) {
    const products = ({ n, m }: Operands): readonly [bigint, bigint] => [half(n, 0) * half(m, x), half(n, 1) * half(m, x ^ 1)];
    const sum = (o: Operands): bigint => products(o)[0] + products(o)[1];
    const difference = (o: Operands): bigint => products(o)[0] - products(o)[1];
    check(
      `SMUAD ${x}`,
      (cx) => multiply.smuad(cx, { ...REGISTERS, x }),
      (o) => withQ(sum(o)),
    );
    check(
      `SMUSD ${x}`,
      (cx) => multiply.smusd(cx, { ...REGISTERS, x }),
      (o) => ({ r0: difference(o) }),
    );
    check(
      `SMLAD ${x}`,
      (cx) => multiply.smlad(cx, { ...REGISTERS, x }),
      (o) => withQ(sum(o) + s(o.a)),
    );
    check(
      `SMLSD ${x}`,
      (cx) => multiply.smlsd(cx, { ...REGISTERS, x }),
      (o) => withQ(difference(o) + s(o.a)),
    );
    check(
      `SMLALD ${x}`,
      (cx) => multiply.smlald(cx, { ...LONG, x }),
      (o) => wide(accumulator(o) + sum(o)),
    );
    check(
      `SMLSLD ${x}`,
      (cx) => multiply.smlsld(cx, { ...LONG, x }),
      (o) => wide(accumulator(o) + difference(o)),
    );
  }

  for (const r of [0, 1]) {
    const rounding = BigInt(r) << 31n;
    check(
      `SMMUL ${r}`,
      (cx) => multiply.smmul(cx, { ...REGISTERS, r }),
      ({ n, m }) => ({ r0: (s(n) * s(m) + rounding) >> 32n }),
    );
    check(
      `SMMLA ${r}`,
      (cx) => multiply.smmla(cx, { ...REGISTERS, r }),
      ({ n, m, a }) => ({ r0: ((s(a) << 32n) + s(n) * s(m) + rounding) >> 32n }),
    );
    check(
      `SMMLS ${r}`,
      (cx) => multiply.smmls(cx, { ...REGISTERS, r }),
      ({ n, m, a }) => ({ r0: ((s(a) << 32n) - s(n) * s(m) + rounding) >> 32n }),
    );
  }

  const quotient = (x: bigint, y: bigint): Result => ({ r0: y === 0n ? 0n : x / y });
  check(
    'SDIV',
    (cx) => sdiv(cx, REGISTERS),
    ({ n, m }) => quotient(s(n), s(m)),
  );
  check(
    'UDIV',
    (cx) => udiv(cx, REGISTERS),
    ({ n, m }) => quotient(u(n), u(m)),
  );
});

describe('packing, extension and bit fields', () => {
  const rotated = (x: number, r: number): number => word((unsigned(x, 32) >> BigInt(8 * r)) | (unsigned(x, 32) << BigInt(32 - 8 * r)));
  /** Rotated Rm, and its extended bytes or halfwords as [lane position, value]. */
  const extensions: Readonly<Record<packing.ExtendKind, (x: number) => readonly (readonly [number, bigint])[]>> = {
    SXTB: (x) => [[0, signed(x, 8)]],
    SXTH: (x) => [[0, signed(x, 16)]],
    UXTB: (x) => [[0, unsigned(x, 8)]],
    UXTH: (x) => [[0, unsigned(x, 16)]],
    SXTB16: (x) => [
      [0, signed(x, 8)],
      [16, signed(x, 8, 16)],
    ],
    UXTB16: (x) => [
      [0, unsigned(x, 8)],
      [16, unsigned(x, 8, 16)],
    ],
  };
  for (const kind of Object.keys(extensions) as packing.ExtendKind[]) {
    const join = (lanes: readonly (readonly [number, bigint])[], n: number): bigint => {
      if (lanes.length === 1) return lanes[0]![1] + BigInt(n);
      return lanes.reduce((r, [at, x]) => r | (BigInt.asUintN(16, x + unsigned(n, 16, at)) << BigInt(at)), 0n);
    };
    for (const r of [0, 1, 2, 3]) {
      check(
        `${kind} ror #${8 * r}`,
        (cx) => packing.extend(cx, kind, { d: 0, m: 2, r }),
        ({ m }) => ({ r0: join(extensions[kind](rotated(m, r)), 0) }),
      );
      check(
        `${kind} and add, ror #${8 * r}`,
        (cx) => packing.extendAdd(cx, kind, { d: 0, n: 1, m: 2, r }),
        ({ n, m }) => ({
          r0: join(extensions[kind](rotated(m, r)), n),
        }),
      );
    }
  }

  for (const v of [0, 1, 16, 31]) {
    check(
      `PKHBT lsl #${v}`,
      (cx) => packing.pkhbt(cx, { d: 0, n: 1, m: 2, v }),
      ({ n, m }) => ({ r0: (n & 0xffff) | ((m << v) & ~0xffff) }),
    );
    check(
      `PKHTB asr #${v || 32}`,
      (cx) => packing.pkhtb(cx, { d: 0, n: 1, m: 2, v }),
      ({ n, m }) => ({ r0: (n & ~0xffff) | ((m >> (v || 31)) & 0xffff) }),
    );
  }

  const bits = (x: number): string => (x >>> 0).toString(2).padStart(32, '0');
  const fromBits = (text: string): number => parseInt(text, 2);
  const bytes = (x: number, order: readonly number[]): number => fromBits(order.map((i) => bits(x).slice(24 - 8 * i, 32 - 8 * i)).join(''));
  check(
    'REV',
    (cx) => packing.rev(cx, { d: 0, m: 2 }),
    ({ m }) => ({ r0: bytes(m, [0, 1, 2, 3]) }),
  );
  check(
    'REV16',
    (cx) => packing.rev16(cx, { d: 0, m: 2 }),
    ({ m }) => ({ r0: bytes(m, [2, 3, 0, 1]) }),
  );
  check(
    'REVSH',
    (cx) => packing.revsh(cx, { d: 0, m: 2 }),
    ({ m }) => ({ r0: signed(bytes(m, [0, 1]), 16) }),
  );
  check(
    'RBIT',
    (cx) => packing.rbit(cx, { d: 0, m: 2 }),
    ({ m }) => ({ r0: fromBits([...bits(m)].reverse().join('')) }),
  );
  check(
    'CLZ',
    (cx) => packing.clz(cx, { d: 0, m: 2 }),
    ({ m }) => ({ r0: `${bits(m)}1`.indexOf('1') }),
  );

  for (const [l, h] of [
    [0, 0],
    [0, 31],
    [5, 20],
    [31, 31],
    [16, 31],
    [0, 7],
  ] as const) {
    const width = h - l + 1;
    const mask = ((1n << BigInt(width)) - 1n) << BigInt(l);
    check(
      `BFC ${l}..${h}`,
      (cx) => packing.bfc(cx, { d: 0, l, h }),
      ({ d }) => ({ r0: BigInt(d) & ~mask }),
    );
    check(
      `BFI ${l}..${h}`,
      (cx) => packing.bfi(cx, { d: 0, n: 1, l, h }),
      ({ d, n }) => ({ r0: (BigInt(d) & ~mask) | ((BigInt(n) << BigInt(l)) & mask) }),
    );
    check(
      `UBFX ${l}..${h}`,
      (cx) => packing.ubfx(cx, { d: 0, n: 1, l, w: width - 1 }),
      ({ n }) => ({ r0: unsigned(n, width, l) }),
    );
    check(
      `SBFX ${l}..${h}`,
      (cx) => packing.sbfx(cx, { d: 0, n: 1, l, w: width - 1 }),
      ({ n }) => ({ r0: signed(n, width, l) }),
    );
  }

  it('rejects fields that end before they begin or after the register', () => {
    expect(runSemantics((cx) => packing.bfi(cx, { d: 0, n: 1, l: 5, h: 4 }), {}).lifted).toBe(false);
    expect(runSemantics((cx) => packing.bfc(cx, { d: 0, l: 5, h: 4 }), {}).lifted).toBe(false);
    expect(runSemantics((cx) => packing.ubfx(cx, { d: 0, n: 1, l: 5, w: 27 }), {}).lifted).toBe(false);
    expect(runSemantics((cx) => packing.sbfx(cx, { d: 0, n: 1, l: 31, w: 1 }), {}).lifted).toBe(false);
  });
});

describe('CRC32', () => {
  /** The check value of a CRC: that of the digits 1 to 9, with the customary inversions. */
  function digits(lift: typeof crc32): number {
    let crc = -1;
    const step = (value: number, z: number): void => {
      crc = runSemantics((cx) => lift(cx, { d: 0, n: 1, m: 2, z }), { r1: crc, r2: value }).state.get('r0');
    };
    step(0x34333231, 2);
    step(0x3635, 1);
    step(0x12340000 | 0x3837, 1);
    step(0xffffff39 | 0, 0);
    return ~crc >>> 0;
  }

  it('gives the published check values', () => {
    expect(digits(crc32)).toBe(0xcbf43926);
    expect(digits(crc32c)).toBe(0xe3069283);
  });

  it('has no doubleword form', () => {
    expect(runSemantics((cx) => crc32(cx, { d: 0, n: 1, m: 2, z: 3 }), {}).lifted).toBe(false);
  });
});
