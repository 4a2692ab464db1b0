/** SHA-1 and SHA-256 instructions (Arm ARM DDI 0487, section F6.1; the cryptographic extension). Word 0 is the lowest lane. */
import type { Builder } from '../../../translate/ir/builder';
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I32, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { registers, twoVectors, type ThreeOperands, type ThreeVectors, type TwoVectors } from './neon-registers';

const EXTRACT = vop('i32x4.extract_lane');
const REPLACE = vop('i32x4.replace_lane');
const SPLAT = vop('i32x4.splat');

type Words = [I32, I32, I32, I32];

const wordsOf = (ir: Builder, x: V128): Words => [0, 1, 2, 3].map((k) => ir.extract32(x, EXTRACT, k)) as Words;

function vectorOf(ir: Builder, [a, b, c, d]: Words): V128 {
  return ir.insert32(ir.insert32(ir.insert32(ir.splat32(a, SPLAT), b, REPLACE, 1), c, REPLACE, 2), d, REPLACE, 3);
}

const sum = (ir: Builder, first: I32, ...rest: readonly I32[]): I32 => rest.reduce((x, y) => ir.add32(x, y), first);
const rotateRight = (ir: Builder, x: I32, n: number): I32 => ir.rotr32(x, ir.const32(n));

/** Three rotations of a word, added without carry. */
function mix(ir: Builder, x: I32, [a, b, c]: readonly [number, number, number]): I32 {
  return ir.xor32(ir.xor32(rotateRight(ir, x, a), rotateRight(ir, x, b)), rotateRight(ir, x, c));
}

type WordFunction = (ir: Builder, x: I32, y: I32, z: I32) => I32;

/** SHAchoose(), SHAparity() and SHAmajority(). */
const choose: WordFunction = (ir, x, y, z) => ir.xor32(ir.and32(ir.xor32(y, z), x), z);
const parity: WordFunction = (ir, x, y, z) => ir.xor32(ir.xor32(x, y), z);
/** As (x ^ y) & (y ^ z) ^ y, because the y and z of a round are the x and y of the one before. */
const majority: WordFunction = (ir, x, y, z) => ir.xor32(ir.and32(ir.xor32(x, y), ir.xor32(y, z)), y);

/** Four rounds of SHA-1: a to d in d, e in the lowest word of n, the schedule with the constant in m. */
function sha1Rounds(f: WordFunction): ThreeOperands {
  return (ir, n, m, old) => {
    let [a, b, c, d] = wordsOf(ir, old());
    let e = ir.extract32(n, EXTRACT, 0);
    for (const w of wordsOf(ir, m)) {
      const next = sum(ir, f(ir, b, c, d), rotateRight(ir, a, 27), e, w);
      [a, b, c, d, e] = [next, a, rotateRight(ir, b, 2), c, d];
    }
    return vectorOf(ir, [a, b, c, d]);
  };
}

const SIGMA0 = [2, 13, 22] as const;
const SIGMA1 = [6, 11, 25] as const;

/** What a round of SHA-256 adds to d for e, and with more for a. */
function sha256Sum(ir: Builder, [e, f, g, h]: Words, w: I32): I32 {
  return sum(ir, choose(ir, e, f, g), h, mix(ir, e, SIGMA1), w);
}

/** Four rounds of SHA-256 on a to d in d, with e to h in n. */
const sha256First: ThreeOperands = (ir, n, m, old) => {
  let [a, b, c, d] = wordsOf(ir, old());
  let second = wordsOf(ir, n);
  for (const w of wordsOf(ir, m)) {
    const t = sha256Sum(ir, second, w);
    second = [ir.add32(d, t), second[0], second[1], second[2]];
    [a, b, c, d] = [sum(ir, t, majority(ir, a, b, c), mix(ir, a, SIGMA0)), a, b, c];
  }
  return vectorOf(ir, [a, b, c, d]);
};

/** Four rounds of SHA-256 on e to h in d, with a to d as they were before in n. */
const sha256Second: ThreeOperands = (ir, n, m, old) => {
  let words = wordsOf(ir, old());
  const first = wordsOf(ir, n);
  wordsOf(ir, m).forEach((w, i) => {
    words = [ir.add32(first[3 - i]!, sha256Sum(ir, words, w)), words[0], words[1], words[2]];
  });
  return vectorOf(ir, words);
};

/** Words rotated right. */
function rotateLanes(ir: Builder, x: V128, n: number): V128 {
  return lanes.or(ir, lanes.shiftRight(ir, 32, false, x, n), lanes.shiftLeft(ir, 32, x, 32 - n));
}

/** The schedule's functions: two rotations and a shift. */
function scheduleMix(ir: Builder, x: V128, [a, b, shift]: readonly [number, number, number]): V128 {
  return lanes.xor(ir, lanes.xor(ir, rotateLanes(ir, x, a), rotateLanes(ir, x, b)), lanes.shiftRight(ir, 32, false, x, shift));
}

/** Words 1 to 3 of x, then word 0 of y. */
const following = (ir: Builder, x: V128, y: V128): V128 => lanes.shuffleLanes(ir, 32, x, y, [1, 2, 3, 4]);

const sha256Update1: ThreeOperands = (ir, n, m, d) => {
  const DELTA1 = [17, 19, 10] as const;
  const partial = lanes.add(ir, 32, d(), following(ir, n, m));
  const zero = lanes.zero(ir);
  const low = lanes.add(ir, 32, partial, lanes.shuffleLanes(ir, 64, scheduleMix(ir, m, DELTA1), zero, [1, 2]));
  // The upper words depend on the lower ones of the result.
  return lanes.add(ir, 32, low, lanes.shuffleLanes(ir, 64, scheduleMix(ir, low, DELTA1), zero, [2, 0]));
};

const sha1Update1 = (ir: Builder, m: V128, d: () => V128): V128 => {
  const t = lanes.xor(ir, d(), lanes.shuffleLanes(ir, 32, m, lanes.zero(ir), [1, 2, 3, 4]));
  const rotated = rotateLanes(ir, t, 31);
  const wrapped = lanes.shuffleLanes(ir, 32, lanes.zero(ir), rotateLanes(ir, t, 30), [0, 0, 0, 4]);
  return lanes.xor(ir, rotated, wrapped);
};

/** By mnemonic, operands as in `<Qd>, <Qn>, <Qm>`. */
export const SHA_THREE = {
  sha1c: sha1Rounds(choose),
  sha1p: sha1Rounds(parity),
  sha1m: sha1Rounds(majority),
  sha1su0: (ir, n, m, d) => lanes.xor(ir, lanes.xor(ir, lanes.shuffleLanes(ir, 64, d(), n, [1, 2]), d()), m),
  sha256h: sha256First,
  sha256h2: sha256Second,
  sha256su1: sha256Update1,
} as const satisfies Readonly<Record<string, ThreeOperands>>;

/** By mnemonic, operands as in `<Qd>, <Qm>`. */
export const SHA_TWO = {
  sha1h: (ir, m) => ir.insert32(lanes.zero(ir), rotateRight(ir, ir.extract32(m, EXTRACT, 0), 2), REPLACE, 0),
  sha1su1: sha1Update1,
  sha256su0: (ir, m, d) => lanes.add(ir, 32, d(), scheduleMix(ir, following(ir, d(), m), [7, 18, 3])),
} as const satisfies Readonly<Record<string, (ir: Builder, m: V128, d: () => V128) => V128>>;

export function shaThree(operation: ThreeOperands) {
  return (cx: LiftContext, f: Omit<ThreeVectors, 'q'>): void | false => registers(cx, [1, 1, 1], f, operation);
}

export function shaTwo(operation: (ir: Builder, m: V128, d: () => V128) => V128) {
  return (cx: LiftContext, f: Omit<TwoVectors, 'q'>): void | false => twoVectors(cx, { ...f, q: 1 }, operation);
}
