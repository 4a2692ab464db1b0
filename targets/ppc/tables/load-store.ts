/** Integer load and store encodings (PEM chapter 8). */
import { inst, type PpcRow } from '../instruction';
import * as access from '../lift/load-store';
import { loadReserve, storeConditional } from '../lift/reservation';
import * as string from '../lift/string';

type Lift = PpcRow['lift'];

/** OP rD, d(rA) */
function dForm(name: string, opcode: number, lift: unknown): PpcRow {
  const pattern = `${opcode.toString(2).padStart(6, '0')}dddddaaaaaiiiiiiiiiiiiiiii`;
  return { name, feature: undefined, pattern, syntax: `${name.toLowerCase()} {d},{-i}({0a})`, lift: lift as Lift };
}

/** OP rD, rA, rB */
function xForm(name: string, opcode: number, lift: unknown): PpcRow {
  const pattern = `011111dddddaaaaabbbbb${opcode.toString(2).padStart(10, '0')}-`;
  return { name, feature: undefined, pattern, syntax: `${name.toLowerCase()} {d},{0a},{b}`, lift: lift as Lift };
}

/** The four forms of a load: opcodes of the D-form and the X-form; those with update follow. */
function loads(name: string, opcode: number, extended: number, how: access.Load): PpcRow[] {
  return [
    dForm(name, opcode, access.load(how)),
    dForm(`${name}U`, opcode + 1, access.loadUpdate(how)),
    xForm(`${name}X`, extended, access.loadIndexed(how)),
    xForm(`${name}UX`, extended + 32, access.loadUpdateIndexed(how)),
  ];
}

function stores(name: string, opcode: number, extended: number, how: access.Store): PpcRow[] {
  return [
    dForm(name, opcode, access.store(how)),
    dForm(`${name}U`, opcode + 1, access.storeUpdate(how)),
    xForm(`${name}X`, extended, access.storeIndexed(how)),
    xForm(`${name}UX`, extended + 32, access.storeUpdateIndexed(how)),
  ];
}

export const LOAD_STORE_ROWS: readonly PpcRow[] = [
  ...loads('LWZ', 32, 23, access.loadWord),
  ...loads('LBZ', 34, 87, access.loadByte),
  ...stores('STW', 36, 151, access.storeWord),
  ...stores('STB', 38, 215, access.storeByte),
  ...loads('LHZ', 40, 279, access.loadHalf),
  ...loads('LHA', 42, 343, access.loadHalfSigned),
  ...stores('STH', 44, 407, access.storeHalf),
  dForm('LMW', 46, access.loadMultiple),
  dForm('STMW', 47, access.storeMultiple),
  xForm('LWBRX', 534, access.loadIndexed(access.loadWordReversed)),
  xForm('LHBRX', 790, access.loadIndexed(access.loadHalfReversed)),
  xForm('STWBRX', 662, access.storeIndexed(access.storeWordReversed)),
  xForm('STHBRX', 918, access.storeIndexed(access.storeHalfReversed)),
  xForm('LSWX', 533, string.loadStringIndexed),
  xForm('STSWX', 661, string.storeStringIndexed),
  inst('LSWI', undefined, '011111dddddaaaaannnnn1001010101-', 'lswi {d},{0a},{#n}', string.loadString),
  inst('STSWI', undefined, '011111dddddaaaaannnnn1011010101-', 'stswi {d},{0a},{#n}', string.storeString),
  xForm('LWARX', 20, loadReserve(4)),
  inst('STWCX.', undefined, '011111dddddaaaaabbbbb00100101101', 'stwcx. {d},{0a},{b}', storeConditional(4)),
  inst('LBARX', 'isa206', '011111dddddaaaaabbbbb0000110100-', 'lbarx {d},{0a},{b}', loadReserve(1)),
  inst('LHARX', 'isa206', '011111dddddaaaaabbbbb0001110100-', 'lharx {d},{0a},{b}', loadReserve(2)),
  inst('STBCX.', 'isa206', '011111dddddaaaaabbbbb10101101101', 'stbcx. {d},{0a},{b}', storeConditional(1)),
  inst('STHCX.', 'isa206', '011111dddddaaaaabbbbb10110101101', 'sthcx. {d},{0a},{b}', storeConditional(2)),
];
