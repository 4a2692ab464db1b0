/** System, trap, cache and special register encodings (PEM chapter 8). */
import { inst, type PpcRow } from '../instruction';
import * as system from '../lift/system';

export const SYSTEM_ROWS: readonly PpcRow[] = [
  inst('SC', undefined, '010001--------------------------', 'sc', system.systemCall),
  inst('TWI', undefined, '000011oooooaaaaaiiiiiiiiiiiiiiii', 'twi {#o},{a},{-i}', system.trapImmediate),
  inst('TW', undefined, '011111oooooaaaaabbbbb00000001000', 'tw {#o},{a},{b}', system.trapRegisters),
  inst('MFSPR', undefined, '011111dddddnnnnnnnnnn01010100110', ({ n }) => `mfspr {d},${system.swapHalves(n)}`, system.moveFromSpecial),
  inst('MTSPR', undefined, '011111sssssnnnnnnnnnn01110100110', ({ n }) => `mtspr ${system.swapHalves(n)},{s}`, system.moveToSpecial),
];
