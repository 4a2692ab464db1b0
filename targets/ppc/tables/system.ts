/** System, trap, cache and special register encodings (PEM chapter 8). */
import { inst, privileged, type PpcRow } from '../instruction';
import * as system from '../lift/system';

/** X-form without a result on an address: OP rA, rB */
function cache(name: string, opcode: number, lift: unknown): PpcRow {
  const pattern = `011111-----aaaaabbbbb${opcode.toString(2).padStart(10, '0')}-`;
  return { name, feature: undefined, pattern, syntax: `${name.toLowerCase()} {0a},{b}`, lift: lift as PpcRow['lift'] };
}

const nothing = system.noOperation;

export const SYSTEM_ROWS: readonly PpcRow[] = [
  inst('SC', undefined, '010001--------------------------', 'sc', system.systemCall),
  inst('TWI', undefined, '000011oooooaaaaaiiiiiiiiiiiiiiii', 'twi {#o},{a},{-i}', system.trapImmediate),
  inst('TW', undefined, '011111oooooaaaaabbbbb0000000100-', 'tw {#o},{a},{b}', system.trapRegisters),
  inst('MFSPR', undefined, '011111dddddnnnnnnnnnn0101010011-', ({ n }) => `mfspr {d},${system.swapHalves(n)}`, system.moveFromSpecial),
  inst('MTSPR', undefined, '011111sssssnnnnnnnnnn0111010011-', ({ n }) => `mtspr ${system.swapHalves(n)},{s}`, system.moveToSpecial),
  inst('MFTB', undefined, '011111dddddnnnnnnnnnn0101110011-', ({ n }) => `mftb {d},${system.swapHalves(n)}`, system.moveFromTimeBase),
  inst('MFMSR', undefined, '011111ddddd----------0001010011-', 'mfmsr {d}', privileged),
  inst('RFI', undefined, '010011---------------0000110010-', 'rfi', privileged),
  inst('ISYNC', undefined, '010011---------------0010010110-', 'isync', nothing),
  inst('SYNC', undefined, '011111---ll----------1001010110-', ({ l }) => (l === 1 ? 'lwsync' : 'sync'), system.synchronise),
  inst('EIEIO', undefined, '011111---------------1101010110-', 'eieio', system.synchronise),
  cache('DCBZ', 1014, system.clearCacheLine),
  // Linux emulates dcba as nothing where the processor lacks it
  cache('DCBA', 758, nothing),
  cache('DCBF', 86, nothing),
  cache('DCBI', 470, privileged),
  cache('DCBST', 54, nothing),
  cache('DCBT', 278, nothing),
  cache('DCBTST', 246, nothing),
  cache('ICBI', 982, system.invalidateCode),
];
