/**
 * Values that go from one kind of register to the other through memory, as PowerPC has no moves between them: an integer is
 * converted by storing two words and loading a doubleword, a result of fctiwz is fetched by loading half of a doubleword. The
 * load takes what the block has stored there, so that the host need not wait for the stores (measured on spectral: 2.3 s of CPU
 * time against 1.2 s).
 */
import type { Builder } from '../../../translate/ir/builder';
import { Op } from '../../../translate/ir/opcodes';
import { MemFlag, type I32, type I64 } from '../../../translate/ir/types';

/** How many ops are looked at. */
const REACH = 48;

const SIZES: Readonly<Partial<Record<Op, number>>> = { [Op.store8]: 1, [Op.store16]: 2, [Op.store32]: 4, [Op.store64]: 8 };

/** The latest store that covers a word at an offset from a base; undefined if there is none or it is not known. */
function storeOf(ir: Builder, base: I32, offset: number): number | undefined {
  const { op, a, c, d } = ir;
  let inIf = false;
  for (let i = ir.count - 1; i >= 0 && i > ir.count - REACH; i--) {
    const o = op[i]! as Op;
    if (o === Op.endif) inIf = true;
    else if (o === Op.if) inIf = false;
    const size = SIZES[o];
    if (size === undefined) {
      if (o === Op.store128 || o === Op.fence || (o >= Op.cas8 && o <= Op.cas64)) return undefined;
      continue;
    }
    if (a[i] !== base) return undefined;
    const at = c[i]!;
    if (at + size <= offset || at >= offset + 4) continue;
    const whole = (size === 4 && at === offset) || (size === 8 && (at === offset || at + 4 === offset));
    return whole && !inIf && (d[i]! & MemFlag.BigEndian) !== 0 ? i : undefined;
  }
  return undefined;
}

/** The word that the block has stored there. */
export function storedWord(ir: Builder, base: I32, offset: number): I32 | undefined {
  const i = storeOf(ir, base, offset);
  if (i === undefined) return undefined;
  const value = ir.b[i]!;
  if (ir.op[i] === Op.store32) return value as I32;
  return ir.c[i] === offset ? ir.high64(value as I64) : ir.low64(value as I64);
}

/** The doubleword that the block has stored there by words. */
export function storedDoubleword(ir: Builder, base: I32, offset: number): I64 | undefined {
  const [high, low] = [storeOf(ir, base, offset), storeOf(ir, base, offset + 4)];
  if (high === undefined || low === undefined || ir.op[high] !== Op.store32 || ir.op[low] !== Op.store32) return undefined;
  return ir.pair64(ir.b[low]! as I32, ir.b[high]! as I32);
}
