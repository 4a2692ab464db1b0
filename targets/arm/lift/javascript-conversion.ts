/** VJCVT (FEAT_JSCVT): a double to a word as JavaScript's bit operations do it. */
import { helperIndex } from '../helpers';
import { UNCHANGED } from '../javascript-conversion';
import type { LiftContext } from '../lift-context';
import type { TwoRegisters } from './vfp-arithmetic';
import { haveDoubles, vfpRegister } from './vfp-registers';

// VJCVT<c>.S32.F64 <Sd>, <Dm>
export function javascriptConversion(cx: LiftContext, f: Omit<TwoRegisters, 'z'>): void | false {
  const { ir } = cx;
  const m = vfpRegister(1, f.m, f.M);
  if (!haveDoubles(cx, m)) return false;
  const bits = cx.dBits(m);
  const [low, high] = [ir.low64(bits), ir.high64(bits)];
  const how = ir.call3(low, high, cx.word('fpscr'), helperIndex('vjcvt_outcome'));
  cx.setSBits(vfpRegister(0, f.d, f.D), ir.call2(low, high, helperIndex('vjcvt')));
  cx.raise(ir.and32(how, ir.const32(~UNCHANGED)));
  for (const flag of ['fn', 'fc', 'fv'] as const) cx.setFlag(flag, ir.const1(false));
  cx.setFlag('fz', cx.bit(how, 30));
}
