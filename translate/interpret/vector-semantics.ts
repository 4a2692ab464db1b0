/**
 * What the operations on lanes compute, for the tiers that are JavaScript. An operation's function reads the operand
 * registers `x`, `y`, `z` and writes `r`; its name (translate/ir/vector-ops.ts) says all there is to know, so the
 * functions are made from the parts of the name.
 */
import { fma32 } from '../ir/fma';
import { popcount } from '../ir/ops';
import { VECTOR_OPERATIONS } from '../ir/vector-ops';
import { nearest, truncToS32, truncToU32 } from './float';

/** Sixteen bytes under every lane type. */
export class VectorRegister {
  private readonly bytes = new ArrayBuffer(16);
  readonly i8 = new Int8Array(this.bytes);
  readonly u8 = new Uint8Array(this.bytes);
  readonly i16 = new Int16Array(this.bytes);
  readonly u16 = new Uint16Array(this.bytes);
  readonly i32 = new Int32Array(this.bytes);
  readonly u32 = new Uint32Array(this.bytes);
  readonly f32 = new Float32Array(this.bytes);
  readonly f64 = new Float64Array(this.bytes);
  readonly i64 = new BigInt64Array(this.bytes);
  readonly u64 = new BigUint64Array(this.bytes);
}

export const x = new VectorRegister();
export const y = new VectorRegister();
export const z = new VectorRegister();
export const r = new VectorRegister();

/** Views whose lanes are numbers. */
type NumberView = Exclude<keyof VectorRegister, 'i64' | 'u64'>;
type Binary = (a: number, b: number, width: number) => number;

const ones = (c: boolean): number => (c ? -1 : 0);
const clampSigned = (v: number, width: number): number => Math.max(-(2 ** (width - 1)), Math.min(2 ** (width - 1) - 1, v));
const clampUnsigned = (v: number, width: number): number => Math.max(0, Math.min(2 ** width - 1, v));

/** On lanes of up to 32 bits, extended as the name's suffix says, and on floating-point lanes. */
const BINARY: Readonly<Record<string, Binary>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  avgr: (a, b) => (a + b + 1) >>> 1,
  eq: (a, b) => ones(a === b),
  ne: (a, b) => ones(a !== b),
  lt: (a, b) => ones(a < b),
  gt: (a, b) => ones(a > b),
  le: (a, b) => ones(a <= b),
  ge: (a, b) => ones(a >= b),
  q15mulr_sat: (a, b, width) => clampSigned((a * b + 0x4000) >> 15, width),
};

const SATURATING: Readonly<Record<string, Binary>> = { add_sat: (a, b) => a + b, sub_sat: (a, b) => a - b };

const FLOAT_BINARY: Readonly<Record<string, Binary>> = {
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pmin: (a, b) => (b < a ? b : a),
  pmax: (a, b) => (a < b ? b : a),
};

const WIDE_BINARY: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  eq: (a, b) => (a === b ? -1n : 0n),
  ne: (a, b) => (a !== b ? -1n : 0n),
  lt: (a, b) => (a < b ? -1n : 0n),
  gt: (a, b) => (a > b ? -1n : 0n),
  le: (a, b) => (a <= b ? -1n : 0n),
  ge: (a, b) => (a >= b ? -1n : 0n),
};

const UNARY: Readonly<Record<string, (a: number) => number>> = {
  abs: Math.abs,
  neg: (a) => -a,
  popcnt: popcount,
  sqrt: Math.sqrt,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
};

const BITWISE: Readonly<Record<string, (i: number) => number>> = {
  not: (i) => ~x.i32[i]!,
  and: (i) => x.i32[i]! & y.i32[i]!,
  andnot: (i) => x.i32[i]! & ~y.i32[i]!,
  or: (i) => x.i32[i]! | y.i32[i]!,
  xor: (i) => x.i32[i]! ^ y.i32[i]!,
  bitselect: (i) => (x.i32[i]! & z.i32[i]!) | (y.i32[i]! & ~z.i32[i]!),
};

/** Parts of a name: lanes of the result, operation, which half of the source it reads, lanes of the source, signedness. */
const NAME = /^(v|[if])(\d+)(?:x\d+)?\.(\w+?)(?:_(low|high|pairwise))?(?:_([if])(\d+)x\d+)?(?:_([su]))?(?:_zero)?$/;

interface Parts {
  readonly kind: string;
  readonly width: number;
  readonly operation: string;
  readonly half: string | undefined;
  readonly fromKind: string | undefined;
  readonly fromWidth: number;
  readonly sign: string | undefined;
}

function partsOf(name: string): Parts {
  const [, kind, width, operation, half, fromKind, fromWidth, sign] = NAME.exec(name)!;
  return { kind: kind!, width: Number(width), operation: operation!, half, fromKind, fromWidth: Number(fromWidth), sign };
}

/** The view of lanes of a kind; integers are signed unless `sign` is `u`. */
const viewOf = (kind: string, width: number, sign = 's'): NumberView =>
  `${kind === 'f' ? 'f' : sign === 'u' ? 'u' : 'i'}${width}` as NumberView;

type Run = () => void;

function perLane(count: number, f: (i: number) => void): Run {
  return () => {
    for (let i = 0; i < count; i++) f(i);
  };
}

function binary({ kind, width, operation, sign }: Parts): Run {
  const count = 128 / width;
  const view = viewOf(kind, width, sign);
  const isComparison = kind === 'f' && /^(eq|ne|lt|gt|le|ge)$/.test(operation);
  const to = isComparison ? viewOf('i', width) : view;
  const saturating = SATURATING[operation];
  const clamp = sign === 'u' ? clampUnsigned : clampSigned;
  const f: Binary =
    saturating !== undefined
      ? (a, b) => clamp(saturating(a, b, width), width)
      : ((kind === 'f' ? FLOAT_BINARY[operation] : undefined) ?? BINARY[operation])!;
  if (isComparison && width === 64) return perLane(2, (i) => void (r.i64[i] = BigInt(f(x.f64[i]!, y.f64[i]!, 64))));
  return perLane(count, (i) => void (r[to][i] = f(x[view][i]!, y[view][i]!, width)));
}

/** Lanes twice as wide as those of the source: `extend`, `extmul`, `extadd_pairwise`, `dot`. */
function widening({ width, operation, half, fromWidth, sign }: Parts): Run {
  const count = 128 / width;
  const first = half === 'high' ? count : 0;
  if (width === 64) {
    const from = viewOf('i', 32, sign);
    const wide = (v: number): bigint => BigInt(v);
    return operation === 'extend'
      ? perLane(2, (i) => void (r.i64[i] = wide(x[from][first + i]!)))
      : perLane(2, (i) => void (r.i64[i] = wide(x[from][first + i]!) * wide(y[from][first + i]!)));
  }
  const from = viewOf('i', fromWidth, sign);
  const to = viewOf('i', width, sign);
  const value: Readonly<Record<string, (i: number) => number>> = {
    extend: (i) => x[from][first + i]!,
    extmul: (i) => Math.imul(x[from][first + i]!, y[from][first + i]!),
    extadd: (i) => x[from][2 * i]! + x[from][2 * i + 1]!,
    dot: (i) => x[from][2 * i]! * y[from][2 * i]! + x[from][2 * i + 1]! * y[from][2 * i + 1]!,
  };
  const f = value[operation]!;
  return perLane(count, (i) => void (r[to][i] = f(i)));
}

function narrowing({ width, fromWidth, sign }: Parts): Run {
  const from = viewOf('i', fromWidth);
  const to = viewOf('i', width, sign);
  const clamp = sign === 'u' ? clampUnsigned : clampSigned;
  const half = 64 / width;
  return perLane(2 * half, (i) => void (r[to][i] = clamp((i < half ? x : y)[from][i % half]!, width)));
}

function conversion({ width, operation, fromKind, fromWidth, sign }: Parts): Run {
  const from = viewOf(fromKind!, fromWidth, sign);
  switch (operation) {
    case 'trunc_sat': {
      const f = sign === 'u' ? truncToU32 : truncToS32;
      const count = 128 / fromWidth;
      return perLane(4, (i) => void (r.i32[i] = i < count ? f(x[from][i]!) : 0));
    }
    case 'demote':
      return perLane(4, (i) => void (r.f32[i] = i < 2 ? x.f64[i]! : 0));
    default: {
      const to = viewOf('f', width);
      return perLane(128 / width, (i) => void (r[to][i] = x[from][i]!));
    }
  }
}

function wideShift(operation: string): Run {
  const amount = (): bigint => BigInt(y.i32[0]! & 63);
  if (operation === 'shl') return perLane(2, (i) => void (r.i64[i] = x.i64[i]! << amount()));
  return operation === 'shr_u'
    ? perLane(2, (i) => void (r.u64[i] = x.u64[i]! >> amount()))
    : perLane(2, (i) => void (r.i64[i] = x.i64[i]! >> amount()));
}

/** The amount is word 0 of `y`. */
function shift({ width, operation, sign }: Parts): Run {
  const name = sign === undefined ? operation : `${operation}_${sign}`;
  if (width === 64) return wideShift(name);
  const view = viewOf('i', width, sign);
  const amount = (): number => y.i32[0]! & (width - 1);
  if (operation === 'shl') return perLane(128 / width, (i) => void (r[view][i] = x[view][i]! << amount()));
  return sign === 'u'
    ? perLane(128 / width, (i) => void (r[view][i] = x[view][i]! >>> amount()))
    : perLane(128 / width, (i) => void (r[view][i] = x[view][i]! >> amount()));
}

function swizzle(): void {
  for (let i = 0; i < 16; i++) r.u8[i] = y.u8[i]! < 16 ? x.u8[y.u8[i]!]! : 0;
}

function pure(parts: Parts): Run {
  const { kind, width, operation, fromKind } = parts;
  if (kind === 'v') return perLane(4, (i) => void (r.i32[i] = BITWISE[operation]!(i)));
  if (operation === 'swizzle') return swizzle;
  if (operation === 'relaxed_madd') return perLane(4, (i) => void (r.f32[i] = fma32(x.f32[i]!, y.f32[i]!, z.f32[i]!)));
  if (operation === 'narrow') return narrowing(parts);
  if (fromKind !== undefined) return /^(extend|extmul|extadd|dot)$/.test(operation) ? widening(parts) : conversion(parts);
  if (kind === 'i' && width === 64) {
    if (operation === 'neg') return perLane(2, (i) => void (r.i64[i] = -x.i64[i]!));
    if (operation === 'abs') return perLane(2, (i) => void (r.i64[i] = x.i64[i]! < 0n ? -x.i64[i]! : x.i64[i]!));
    const f = WIDE_BINARY[operation]!;
    return perLane(2, (i) => void (r.i64[i] = f(x.i64[i]!, y.i64[i]!)));
  }
  const f = UNARY[operation];
  if (f === undefined) return binary(parts);
  const view = viewOf(kind, width, operation === 'popcnt' ? 'u' : 's');
  return perLane(128 / width, (i) => void (r[view][i] = f(x[view][i]!)));
}

const functions: Run[] = [];

/** What a `vector1`, `vector2`, `vector3` or `vector_shift` does, by its operation's number. Made when first asked for: making all takes 1 ms. */
export function vectorFunction(number: number): Run {
  return (functions[number] ??= makeFunction(number));
}

function makeFunction(number: number): Run {
  const { name, op } = VECTOR_OPERATIONS[number]!;
  const parts = partsOf(name);
  return op === 'vector_shift' ? shift(parts) : pure(parts);
}

const tests: (() => boolean)[] = [];

/** The same for `vector_test`, over `x`. */
export function vectorTest(number: number): () => boolean {
  return (tests[number] ??= makeTest(partsOf(VECTOR_OPERATIONS[number]!.name)));
}

function makeTest({ kind, width }: Parts): () => boolean {
  if (kind === 'v') return () => x.i32.some((w) => w !== 0);
  return width === 64 ? () => x.i64.every((v) => v !== 0n) : () => x[viewOf('i', width)].every((v) => v !== 0);
}

/** Sign bits of the lanes of `x`, lane 0 lowest. */
export function signMask(width: number): number {
  let mask = 0;
  for (let bit = width - 1, i = 0; bit < 128; bit += width, i++) mask |= ((x.i32[bit >> 5]! >>> (bit & 31)) & 1) << i;
  return mask;
}
