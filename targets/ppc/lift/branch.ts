/** Branches (PEM chapter 4.2.4; Power ISA book I, section 2.4). */
import type { I1, I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';

/** Bits of the BO field. */
const BO = { ignoreCondition: 16, conditionTrue: 8, keepCounter: 4, counterZero: 2 } as const;

/** Target of I-form branches: 24 bits of word offset or, with AA, address. */
export function branchTarget(pc: number, offset24: number, absolute: number): number {
  return ((absolute === 1 ? 0 : pc) + ((offset24 << 8) >> 6)) >>> 0;
}

/** Target of B-form branches: 14 bits. */
export function conditionalTarget(pc: number, offset14: number, absolute: number): number {
  return ((absolute === 1 ? 0 : pc) + ((offset14 << 18) >> 16)) >>> 0;
}

// b, ba, bl, bla target
export function branch(cx: LiftContext, { i, a, l }: { i: number; a: number; l: number }): void {
  const target = branchTarget(cx.pc, i, a);
  if (l === 1) linkAndGo(cx, target);
  else cx.jump(target);
}

/** A branch to the next instruction that sets LR is how position-independent code asks where it is: no call. */
function linkAndGo(cx: LiftContext, target: number): void {
  if (target === cx.next) {
    cx.link();
    cx.jump(target);
  } else cx.call(target);
}

/** Decrements CTR if BO says so. Undefined: the branch is always taken. */
function condition(cx: LiftContext, bo: number, bi: number): I1 | undefined {
  const { ir } = cx;
  let cond: I1 | undefined;
  if ((bo & BO.keepCounter) === 0) {
    const counter = ir.sub32(cx.word('ctr'), ir.const32(1));
    cx.setWord('ctr', counter);
    const zero = ir.const32(0);
    cond = (bo & BO.counterZero) !== 0 ? ir.eq32(counter, zero) : ir.ne32(counter, zero);
  }
  if ((bo & BO.ignoreCondition) !== 0) return cond;
  const bit = cx.crBit(bi);
  const wanted = (bo & BO.conditionTrue) !== 0 ? bit : ir.not1(bit);
  return cond === undefined ? wanted : ir.and1(cond, wanted);
}

interface ConditionFields {
  readonly o: number;
  readonly i: number;
  readonly l: number;
}

// bc, bca, bcl, bcla BO, BI, target
export function branchConditional(cx: LiftContext, { o, i, d, a, l }: ConditionFields & { d: number; a: number }): void {
  const target = conditionalTarget(cx.pc, d, a);
  const cond = cx.taken ? undefined : condition(cx, o, i);
  if (cond === undefined) return l === 1 ? linkAndGo(cx, target) : cx.jump(target);
  if (l === 1) cx.link();
  cx.branch(cond, l === 1 ? cx.takenHere : target);
}

/** bclr, bcctr: conditional ones go on in a block of their own where they are taken (Mode.Taken). */
function branchToRegister(cx: LiftContext, { o, i, l }: ConditionFields, target: () => I32, hint: 'jump' | 'return'): void {
  const cond = cx.taken ? undefined : condition(cx, o, i);
  if (cond === undefined) {
    if (l === 0) cx.jumpIndirect(target(), hint);
    else cx.callIndirect(cx.taken ? cx.word('branch_target') : target());
    return;
  }
  if (l === 1) {
    cx.setWord('branch_target', target());
    cx.link();
  }
  cx.branch(cond, cx.takenHere);
}

export function branchToLink(cx: LiftContext, f: ConditionFields): void {
  branchToRegister(cx, f, () => cx.word('lr'), 'return');
}

export function branchToCounter(cx: LiftContext, f: ConditionFields): void | false {
  // Decrementing the target is invalid before ISA 2.0's servers
  if ((f.o & BO.keepCounter) === 0) return false;
  branchToRegister(cx, f, () => cx.word('ctr'), 'jump');
}
