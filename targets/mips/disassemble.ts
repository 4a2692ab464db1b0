/**
 * Renders the `syntax` of a decode-table row, in objdump's spelling.
 *
 * Placeholders; X stands for any field letter of the row's pattern:
 * - `{X}`    general register by its o32 name
 * - `{fX}`   floating-point register: `$f4`; `{wX}` vector register: `$w4`
 * - `{ccX}`  condition code: `$fcc1`
 * - `{#X}`   immediate, unsigned decimal; `{0xX}` the same in hexadecimal
 * - `{-X}`   16-bit immediate, signed decimal
 *
 * A syntax function gets the fields and the address of the instruction and returns a string that may hold
 * placeholders too.
 */
import type { MipsRow } from './instruction';
import { REGISTER_NAMES } from './state';

type FieldValues = Readonly<Record<string, number>>;

/** A number as `0x8000`, unsigned. */
export function hex(x: number): string {
  return `0x${(x >>> 0).toString(16)}`;
}

/** Assembler text of an instruction at an address. */
export function formatInstruction(row: MipsRow, fields: FieldValues, pc: number): string {
  const syntax = typeof row.syntax === 'string' ? row.syntax : row.syntax(fields, pc);
  return syntax.replace(/\{(#|0x|-|f|w|cc|)([a-zA-Z])\}/g, (_, kind: string, field: string) => operand(kind, fields[field]!));
}

function operand(kind: string, value: number): string {
  switch (kind) {
    case '#':
      return String(value);
    case '0x':
      return hex(value);
    case '-':
      return String((value << 16) >> 16);
    case 'f':
    case 'w':
      return `$${kind}${value}`;
    case 'cc':
      return `$fcc${value}`;
    default:
      return REGISTER_NAMES[value]!;
  }
}
