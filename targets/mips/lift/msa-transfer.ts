/** MSA loads and stores, branches and control registers (MD00866). */
import * as lanes from '../../../translate/ir/lane-arithmetic';
import type { I1, V128 } from '../../../translate/ir/types';
import { laneOp, vop } from '../../../translate/ir/vector-ops';
import type { LiftContext } from '../lift-context';
import { Mode, MSACSR as BITS } from '../state';
import { branchTarget } from './branch';
import { available } from './msa-registers';

interface Access {
  readonly f: number;
  readonly d: number;
  readonly s: number;
  readonly i: number;
}

/** Byte offset of an access: the constant counts lanes. */
export const offsetOf = (f: number, s10: number): number => ((s10 << 22) >> 22) * (1 << f);

/** Swaps the bytes of each lane: lane 0 is at the lowest address in either byte order. */
function inMemoryOrder(cx: LiftContext, f: number, x: V128): V128 {
  if (f === 0 || !cx.bigEndian) return x;
  const last = (1 << f) - 1;
  return lanes.shuffleBytes(
    cx.ir,
    x,
    x,
    Array.from({ length: 16 }, (_, i) => i ^ last),
  );
}

// LD.df wd, s10(rs)
export function load(cx: LiftContext, { f, d, s, i }: Access): void | false {
  if (!available(cx)) return false;
  cx.setVector(d, inMemoryOrder(cx, f, cx.ir.load128(cx.reg(s), offsetOf(f, i))));
}

// ST.df wd, s10(rs)
export function store(cx: LiftContext, { f, d, s, i }: Access): void | false {
  if (!available(cx)) return false;
  cx.ir.store128(cx.reg(s), inMemoryOrder(cx, f, cx.vector(d)), offsetOf(f, i));
}

/** BZ.df, BNZ.df wt, offset: if some lane is 0, or none. `f` is undefined for .V: all bits are 0, or not. */
export function branch(whenZero: boolean) {
  return (cx: LiftContext, { f, t, i }: { f?: number; t: number; i: number }): void | false => {
    if (!available(cx)) return false;
    const { ir } = cx;
    const nonZero: I1 = ir.vector_test(cx.vector(t), f === undefined ? vop('v128.any_true') : laneOp(8 << f, 'all_true'));
    cx.branch(whenZero ? ir.not1(nonZero) : nonZero, branchTarget(cx.pc, i));
  };
}

/** Control registers of User mode. */
const MSAIR = 0;
const MSACSR = 1;
/** MSAIR of qemu's P5600. */
const IMPLEMENTATION = 0x00000300;
// CFCMSA rd, cs
export function readControl(cx: LiftContext, { d, s }: { d: number; s: number }): void | false {
  if (!available(cx)) return false;
  if (s === MSAIR) cx.setReg(d, cx.const(IMPLEMENTATION));
  else if (s === MSACSR) {
    cx.setReg(d, cx.ir.and32(cx.word('msacsr'), cx.const(BITS.writable)));
    track(cx);
  } else return false;
}

// CTCMSA cd, rs
export function writeControl(cx: LiftContext, { d, s }: { d: number; s: number }): void | false {
  if (!available(cx)) return false;
  if (d === MSAIR) return;
  if (d !== MSACSR) return false;
  const { ir } = cx;
  const status = ir.or32(ir.and32(cx.reg(s), ir.const32(BITS.writable)), ir.const32(BITS.tracked));
  cx.setWord('msacsr', status);
  const enables = ir.or32(ir.shr_u32(status, ir.const32(BITS.enablesBit)), ir.const32(UNIMPLEMENTED));
  const raised = ir.and32(ir.shr_u32(status, ir.const32(BITS.causesBit)), ir.and32(enables, ir.const32(UNIMPLEMENTED | BITS.all)));
  cx.trapIf(ir.ne32(raised, ir.const32(0)), 'float');
  track(cx);
}

/** The cause that is always enabled. */
const UNIMPLEMENTED = 0x20;

/** From here on MSA floating point looks at MSACSR. */
function track(cx: LiftContext): void {
  if (cx.exactVectors) return;
  cx.setWord('msacsr', cx.ir.or32(cx.word('msacsr'), cx.const(BITS.tracked)));
  cx.modeChanged(Mode.FcsrAccessed);
}
