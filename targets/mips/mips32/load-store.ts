/** Integer load and store encodings (MD00087, volume II-A). */
import { inst, type MipsRow } from '../instruction';
import { signed16 } from '../lift/integer';
import { load, loadLeft, loadLinked, loadRight, store, storeConditional, storePartial, type Access } from '../lift/load-store';
import type { LiftContext } from '../lift-context';
import type { MipsFeature } from '../instruction';
import { noOperation } from '../lift/system';

function access(name: string, feature: MipsFeature | undefined, opcode: string, lift: (cx: LiftContext, f: Access) => void): MipsRow {
  return { name, feature, pattern: `${opcode}ssssstttttiiiiiiiiiiiiiiii`, syntax: `${name.toLowerCase()} {t}, {-i}({s})`, lift };
}

export const LOAD_STORE_ROWS: readonly MipsRow[] = [
  access('LB', undefined, '100000', load('byte')),
  access('LH', undefined, '100001', load('half')),
  { ...access('LWL', 'pre6', '100010', loadLeft), partner: true },
  access('LW', undefined, '100011', load('word')),
  access('LBU', undefined, '100100', load('unsignedByte')),
  access('LHU', undefined, '100101', load('unsignedHalf')),
  { ...access('LWR', 'pre6', '100110', loadRight), partner: true },
  access('SB', undefined, '101000', store('byte')),
  access('SH', undefined, '101001', store('half')),
  { ...access('SWL', 'pre6', '101010', storePartial(true)), partner: true },
  access('SW', undefined, '101011', store('word')),
  { ...access('SWR', 'pre6', '101110', storePartial(false)), partner: true },
  access('LL', 'pre6', '110000', (cx, { t, s, i }) => loadLinked(cx, t, s, signed16(i))),
  access('SC', 'pre6', '111000', (cx, { t, s, i }) => storeConditional(cx, t, s, signed16(i))),
  inst('PREF', 'pre6', '110011ssssstttttiiiiiiiiiiiiiiii', 'pref {#t}, {-i}({s})', noOperation),
];
