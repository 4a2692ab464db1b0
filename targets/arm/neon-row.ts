/** Rows of Advanced SIMD tables whose patterns are put together from parts. */
import type { ArmRow } from './instruction';
import type { LiftContext } from './lift-context';

/** A row whose pattern is computed, so that the compiler cannot check the fields the lifter asks for against it. */
export function computed<F>(
  name: string,
  pattern: string,
  syntax: (fields: F) => string,
  lift: (cx: LiftContext, fields: F) => void | false,
): ArmRow {
  return { name, feature: 'neon', pattern, syntax: syntax as unknown as ArmRow['syntax'], lift: lift as ArmRow['lift'] };
}

/** U bits of an instruction: both where the code is `s`, 0 for signed. */
export const unsignedBits = (code: string): readonly string[] => (code === 's' ? ['0', '1'] : [code]);

/** Letter of the data type: that of the U bit where there are both. */
export const typeLetter = (code: string, bit: string, otherwise: string): string => (code !== 's' ? otherwise : bit === '0' ? 's' : 'u');
