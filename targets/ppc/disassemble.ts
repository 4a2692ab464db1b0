/**
 * Renders the `syntax` of a decode-table row, in objdump's spelling.
 *
 * Placeholders; X stands for any field letter of the row's pattern:
 * - `{X}`     general register: `r3`; `{fX}` floating-point register, `{vX}` vector register
 * - `{0X}`    general register, where number 0 means 0
 * - `{crX}`   condition field: `cr7`
 * - `{#X}`    immediate, unsigned decimal; `{-X}` the 16-bit immediate, signed decimal; `{5X}` 5 bits, signed decimal
 * - `{X?text}` the text, if the field is not 0
 *
 * A syntax function gets the fields and the address of the instruction and returns a string that may hold
 * placeholders too.
 */
import type { PpcRow } from './instruction';

type FieldValues = Readonly<Record<string, number>>;

/** A number as `0x8000`, unsigned. */
export function hex(x: number): string {
  return `0x${(x >>> 0).toString(16)}`;
}

/** Assembler text of an instruction at an address. */
export function formatInstruction(row: PpcRow, fields: FieldValues, pc: number): string {
  const syntax = typeof row.syntax === 'string' ? row.syntax : row.syntax(fields, pc);
  return syntax
    .replace(/\{([a-zA-Z])\?([^}]*)\}/g, (_, field: string, text: string) => (fields[field] === 0 ? '' : text))
    .replace(/\{(#|-|0|5|f|v|cr|)([a-zA-Z])\}/g, (_, kind: string, field: string) => operand(kind, fields[field]!));
}

function operand(kind: string, value: number): string {
  switch (kind) {
    case '#':
      return String(value);
    case '-':
      return String((value << 16) >> 16);
    case '5':
      return String((value << 27) >> 27);
    case 'f':
    case 'v':
    case 'cr':
      return `${kind}${value}`;
    case '0':
      return value === 0 ? '0' : `r${value}`;
    default:
      return `r${value}`;
  }
}
