/** Integer load and store encodings (PEM chapter 8). */
import type { PpcRow } from '../instruction';
import type { LiftContext } from '../lift-context';
import * as access from '../lift/load-store';

/** OP rD, d(rA) */
function dForm(name: string, opcode: string, lift: (cx: LiftContext, f: access.Access) => void | false): PpcRow {
  return { name, feature: undefined, pattern: `${opcode}dddddaaaaaiiiiiiiiiiiiiiii`, syntax: `${name.toLowerCase()} {d},{-i}({0a})`, lift };
}

export const LOAD_STORE_ROWS: readonly PpcRow[] = [
  dForm('LWZ', '100000', access.load(access.loadWord)),
  dForm('STW', '100100', access.store(access.storeWord)),
];
