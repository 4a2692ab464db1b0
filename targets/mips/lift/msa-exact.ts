/**
 * MSA floating point from where a program has accessed MSACSR on (docs/floating-point.md): lane by lane, with the rounding and
 * flushing that it asks for, its causes and flags, and where exceptions are enabled, traps or, with NX, results that tell them.
 */
import type { Builder } from '../../../translate/ir/builder';
import { FIXED_ROUNDING, roundingOf, type FixedRounding } from '../../../translate/ir/exact-operation';
import { FpMode } from '../../../translate/ir/rounding';
import type { I1, I32, I64, V128 } from '../../../translate/ir/types';
import { vop } from '../../../translate/ir/vector-ops';
import { helperIndex } from '../helpers';
import type { LiftContext } from '../lift-context';
import { MSACSR } from '../state';
import { ExactOperations } from './exact';
import { DOUBLE, SINGLE } from './fp-format';

/** The operations of one lane. */
export class LaneOperations extends ExactOperations {
  constructor(
    private readonly lift: LiftContext,
    /** Bits of the operands. */
    readonly width: number,
  ) {
    super(lift);
  }

  get ir(): Builder {
    return this.lift.ir;
  }

  get isDouble(): boolean {
    return this.width === 64;
  }

  /** Whether denormals count as zeros. */
  flushes(): I1 {
    const { ir } = this;
    return ir.ne32(ir.and32(this.lift.word('msacsr'), ir.const32(MSACSR.flush)), ir.const32(0));
  }

  raiseIf(cond: I1, flag: number): void {
    const { ir } = this;
    const raised = ir.select32(cond, ir.const32(flag), ir.const32(0));
    this.flags = this.flags === undefined ? raised : ir.or32(this.flags, raised);
  }

  /** Replaces all exceptions so far. */
  replaceFlags(flags: I32): void {
    this.flags = flags;
  }

  protected override mode(rounding: FixedRounding | undefined): I32 {
    const { ir } = this;
    const status = this.lift.word('msacsr');
    const flush = ir.and32(ir.shr_u32(status, ir.const32(MSACSR.flushBit - FLUSH_BIT)), ir.const32(FpMode.Flush));
    const rounded = rounding === undefined ? roundingOf(ir, status) : ir.const32(FIXED_ROUNDING[rounding]);
    return ir.or32(ir.or32(flush, rounded), ir.const32(FpMode.TinyAfterRounding | FpMode.AddendNan));
  }
}

const FLUSH_BIT = Math.log2(FpMode.Flush);

/** An instruction in one lane. */
export interface LaneResult {
  readonly value: I64;
  /** Adjust; none unless given. */
  readonly adjust?: I32;
  /** A result that is a denormal comes with Underflow. */
  readonly tellsDenormals?: boolean;
}

/** What signals in a lane where an exception is enabled; its low six bits tell which. */
const SIGNALLING: Readonly<Record<number, readonly [low: number, high: number]>> = {
  16: [0x7c00, 0],
  32: [0x7f800000, 0],
  64: [0, 0x7ff00000],
};

/** A lane as a doubleword. */
export function laneOf(ir: Builder, width: number, v: V128, i: number): I64 {
  if (width === 64) return ir.extract64(v, vop('i64x2.extract_lane'), i);
  if (width === 32) return ir.extend_u32(ir.extract32(v, vop('i32x4.extract_lane'), i));
  return ir.extend_u32(ir.extract32(v, vop('i16x8.extract_lane_u'), i));
}

function withLane(ir: Builder, width: number, v: V128, i: number, x: I64): V128 {
  if (width === 64) return ir.insert64(v, x, vop('i64x2.replace_lane'), i);
  return ir.insert32(v, ir.low64(x), vop(width === 32 ? 'i32x4.replace_lane' : 'i16x8.replace_lane'), i);
}

function isDenormal(ir: Builder, width: number, x: I64): I1 {
  if (width === 64) return DOUBLE.isDenormal(ir, x);
  const word = ir.low64(x);
  if (width === 32) return SINGLE.isDenormal(ir, word);
  return ir.lt_u32(ir.sub32(ir.and32(word, ir.const32(0x7fff)), ir.const32(1)), ir.const32(0x3ff));
}

/**
 * Computes the lanes of wd and writes them unless an exception is enabled that would trap.
 * @param from bits of the operands
 * @param to bits of the results
 */
export function setExactly(
  cx: LiftContext,
  d: number,
  from: number,
  to: number,
  lane: (op: LaneOperations, i: number) => LaneResult,
): void {
  const { ir } = cx;
  const status = cx.word('msacsr');
  const enables = ir.and32(ir.shr_u32(status, ir.const32(MSACSR.enablesBit)), ir.const32(MSACSR.all));
  const traps = ir.eq32(ir.and32(status, ir.const32(MSACSR.nonTrapping)), ir.const32(0));
  let causes = ir.const32(0);
  let result = ir.const128(0, 0, 0, 0);
  for (let i = 0; i < 128 / to; i++) {
    const op = new LaneOperations(cx, from);
    const { value, adjust = ir.const32(0), tellsDenormals = false } = lane(op, i);
    const raised = exceptions(cx, op, tellsDenormals ? isDenormal(ir, to, value) : undefined, adjust);
    const enabled = ir.ne32(ir.and32(raised, enables), ir.const32(0));
    const [low, high] = SIGNALLING[to]!;
    const telling = ir.pair64(ir.or32(raised, ir.const32(low)), ir.const32(high));
    result = withLane(ir, to, result, i, ir.select64(enabled, telling, value));
    causes = ir.or32(causes, ir.select32(ir.or1(traps, ir.not1(enabled)), raised, ir.const32(0)));
  }
  const told = ir.or32(ir.and32(status, ir.const32(~MSACSR.causes)), ir.shl32(causes, ir.const32(MSACSR.causesBit)));
  cx.setWord('msacsr', told);
  cx.trapIf(ir.ne32(ir.and32(causes, enables), ir.const32(0)), 'float');
  cx.setWord('msacsr', ir.or32(told, ir.shl32(causes, ir.const32(MSACSR.flagsBit))));
  cx.setVector(d, result);
}

/** A lane's exceptions, Inexact in bit 0 to Invalid in bit 4. */
function exceptions(cx: LiftContext, op: LaneOperations, denormal: I1 | undefined, adjust: I32): I32 {
  const { ir } = cx;
  let flags = op.flags ?? ir.const32(0);
  if (denormal !== undefined) flags = ir.or32(flags, ir.shl32(ir.zext1_32(denormal), ir.const32(3)));
  return ir.call3(flags, cx.word('msacsr'), adjust, helperIndex('msa_exceptions'));
}
