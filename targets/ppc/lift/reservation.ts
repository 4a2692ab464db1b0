/** Load and reserve, store conditional (PEM chapter 4.2.6, Power ISA book II). */
import { MemFlag, type I32 } from '../../../translate/ir/types';
import type { LiftContext } from '../lift-context';
import { RESERVE_NONE } from '../state';
import { indexed, type IndexedAccess } from './load-store';

const FLAGS = MemFlag.BigEndian | MemFlag.Aligned;

/** Bytes of the access. */
export type ReservationSize = 1 | 2 | 4;

// lwarx, lharx, lbarx rD, rA, rB
export function loadReserve(size: ReservationSize) {
  return (cx: LiftContext, { d, a, b }: IndexedAccess): void => {
    const { ir } = cx;
    const at = indexed(cx, a, b);
    const value = size === 4 ? ir.load32(at, 0, FLAGS) : size === 2 ? ir.load16_u(at, 0, FLAGS) : ir.load8_u(at);
    cx.setWord('reserve_value', value);
    cx.setWord('reserve_address', at);
    cx.setReg(d, value);
  };
}

function swap({ ir }: LiftContext, size: ReservationSize, at: I32, expected: I32, value: I32): I32 {
  if (size === 4) return ir.cas32(at, expected, value, FLAGS);
  return size === 2 ? ir.cas16(at, expected, value, FLAGS) : ir.cas8(at, expected, value);
}

/**
 * stwcx., sthcx., stbcx. rS, rA, rB: a compare-and-swap with what was loaded, as in qemu-user. It differs from hardware only
 * where another thread wrote the same value meanwhile (ABA).
 */
export function storeConditional(size: ReservationSize) {
  return (cx: LiftContext, { d, a, b }: IndexedAccess): void => {
    const { ir } = cx;
    const at = indexed(cx, a, b);
    const reserved = ir.eq32(at, cx.word('reserve_address'));
    const expected = cx.word('reserve_value');
    const value = cx.reg(d);
    // Without a reservation nothing is accessed; with one, the address is good
    cx.setWord('reserve_address', ir.const32(RESERVE_NONE));
    cx.setCrEqual(0, ir.const32(1));
    ir.beginIf(reserved);
    const old = swap(cx, size, at, expected, value);
    cx.setCrEqual(0, ir.zext1_32(ir.ne32(old, expected)));
    ir.endIf();
  };
}
