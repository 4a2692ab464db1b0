/** Load/store multiple instructions (Arm ARM DDI 0406C, section A4.7). All accesses are word-aligned. */
import type { I32 } from '../../../translate/ir/types';
import { PC, type LiftContext } from '../lift-context';

/** Base register n, register list l and the P, U and W bits: IA (P=0 U=1), IB (1, 1), DA (0, 0), DB (1, 0). */
export interface MultipleOperands {
  readonly n: number;
  readonly l: number;
  readonly p: number;
  readonly u: number;
  readonly w: number;
}

// LDM{IA|IB|DA|DB}<c> <Rn>{!}, <registers>; POP<c> <registers>
export function loadMultiple(cx: LiftContext, o: MultipleOperands): void | false {
  const { ir } = cx;
  if (o.l === 0 || o.n === PC) return false;
  // Write-back of a loaded base is UNPREDICTABLE from ARMv7 on (qemu-arm: SIGILL); before, the loaded value stays.
  if (o.w === 1 && (o.l >> o.n) & 1 && cx.features.has('v7')) return false;
  const base = cx.reg(o.n);
  const values: I32[] = [];
  const registers = registersOf(o.l);
  registers.forEach((_, i) => values.push(ir.load32(base, firstOffset(o) + 4 * i, cx.memFlags(i === 0))));
  if (o.w === 1) cx.setReg(o.n, writeBackValue(cx, o, base));
  registers.forEach((r, i) => {
    if (r === PC) cx.loadWritePC(values[i]!, 'return');
    else cx.setReg(r, values[i]!);
  });
}

// STM{IA|IB|DA|DB}<c> <Rn>{!}, <registers>; PUSH<c> <registers>
export function storeMultiple(cx: LiftContext, o: MultipleOperands): void | false {
  if (o.l === 0 || o.n === PC) return false;
  const base = cx.reg(o.n);
  // A base in the list is stored as it was, whatever its place.
  registersOf(o.l).forEach((r, i) => cx.ir.store32(base, cx.reg(r), firstOffset(o) + 4 * i, cx.memFlags(i === 0)));
  if (o.w === 1) cx.setReg(o.n, writeBackValue(cx, o, base));
}

function registersOf(list: number): number[] {
  const out: number[] = [];
  for (let r = 0; r < 16; r++) if ((list >> r) & 1) out.push(r);
  return out;
}

/** Distance of the lowest address from the base. */
function firstOffset(o: MultipleOperands): number {
  const bytes = 4 * registersOf(o.l).length;
  if (o.u === 1) return o.p === 1 ? 4 : 0;
  return o.p === 1 ? -bytes : 4 - bytes;
}

function writeBackValue(cx: LiftContext, o: MultipleOperands, base: I32): I32 {
  const bytes = 4 * registersOf(o.l).length;
  return cx.ir.add32(base, cx.ir.const32(o.u === 1 ? bytes : -bytes));
}
