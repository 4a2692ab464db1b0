/**
 * Renders the `syntax` of a decode-table row (UAL, in objdump's spelling).
 *
 * Placeholders; X stands for any field letter of the row's pattern:
 * - `{c}`       condition: of field c, or in T32 of the enclosing IT block; nothing for AL
 * - `{s}`       `s` if field s is 1
 * - `{S}`       `s` outside an IT block (16-bit T32 data processing)
 * - `{X}`       core register of a field; any letter but c, s and y
 * - `{X+1}`     the register after it (LDRD)
 * - `{#X}`      immediate, unsigned decimal: `#12`; also `{#X*4}` and `{#X+1}`
 * - `{imm}`     ARMExpandImm() of field i (12 bits); `#4, 30` if not in its usual encoding
 * - `{timm}`    ThumbExpandImm() of field i (12 bits)
 * - `{y}`       shift type `lsl lsr asr ror` of field y
 * - `{shift}`   `, lsl #3` or `, rrx` of fields y (type) and v (amount); nothing for LSL #0
 * - `{list}`    register list of field l: `{r0, r4, lr}` with its braces
 * - `{addr}`    `[rn, #-4]!` of fields n, i, p, u, w; p and u default to 1 and w to 0; also `{addr*4}`
 * - `{addrm}`   `[rn, -rm, lsl #2]!` of fields n, m, y, v, p, u, w with the same defaults
 * - `{w}`       `!` if field w is 1
 * - `{q}`       `.w`: the wide form of an instruction that also has a 16-bit one
 *
 * A syntax function gets the fields and the address of the instruction (without the Thumb bit) and
 * returns a string that may hold placeholders too. Branch targets print as `0x8000`: `hex(address)`.
 */
import { decodeImmShift } from './lift-context';
import type { ArmRow } from './instruction';
import { armExpandImm, thumbExpandImm } from './lift/data-processing';

const CONDITIONS = ['eq', 'ne', 'cs', 'cc', 'mi', 'pl', 'vs', 'vc', 'hi', 'ls', 'ge', 'lt', 'gt', 'le', '', ''] as const;
const SHIFTS = ['lsl', 'lsr', 'asr', 'ror'] as const;
const REGISTERS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8', 'r9', 'r10', 'r11', 'r12', 'sp', 'lr', 'pc'] as const;

type FieldValues = Readonly<Record<string, number>>;

/** Where an instruction stands, as far as its text depends on it. */
export interface DisassemblyContext {
  readonly address: number;
  readonly thumb: boolean;
  /** ITSTATE before it. */
  readonly itState: number;
}

/** A number as `0x8000`, unsigned. */
export function hex(x: number): string {
  return `0x${(x >>> 0).toString(16)}`;
}

/** Suffix of a condition code: `eq`; nothing for AL. */
export function conditionName(cond: number): string {
  return CONDITIONS[cond]!;
}

/** Name of a core register: `r0`, `sp`. */
export function registerName(n: number): string {
  return REGISTERS[n]!;
}

/** `{r0, r4-r6, lr}` written out as objdump does, without ranges. */
export function registerList(list: number): string {
  return `{${REGISTERS.filter((_, i) => (list >> i) & 1).join(', ')}}`;
}

/** Assembler text of an instruction. */
export function formatInstruction(row: ArmRow, fields: FieldValues, at: DisassemblyContext): string {
  const syntax = typeof row.syntax === 'string' ? row.syntax : row.syntax(fields, at.address);
  return syntax.replace(/\{(\w+|#\w(?:[*+]\d+)?|addr\*4|\w\+1)\}/g, (text, name: string) => placeholder(name, fields, at) ?? text);
}

function placeholder(name: string, f: FieldValues, at: DisassemblyContext): string | undefined {
  switch (name) {
    case 'c':
      return at.thumb ? (at.itState === 0 ? '' : CONDITIONS[at.itState >> 4]!) : CONDITIONS[f['c'] ?? 14]!;
    case 's':
      return f['s'] === 1 ? 's' : '';
    case 'S':
      return at.itState === 0 ? 's' : '';
    case 'y':
      return SHIFTS[f['y']!];
    case 'w':
      return f['w'] === 1 ? '!' : '';
    case 'q':
      return '.w';
    case 'imm':
      return modifiedImmediate(f['i']!);
    case 'timm':
      return `#${thumbExpandImm(f['i']!)}`;
    case 'shift':
      return shiftSuffix(f['y']!, f['v']!);
    case 'list':
      return registerList(f['l']!);
    case 'addr':
      return address(f, f['i'] === 0 && f['u'] !== 0 ? undefined : `#${sign(f)}${f['i']}`);
    case 'addr*4':
      return address(f, f['i'] === 0 && f['u'] !== 0 ? undefined : `#${sign(f)}${f['i']! * 4}`);
    case 'addrm':
      return address(f, `${sign(f)}${registerName(f['m']!)}${shiftSuffix(f['y'] ?? 0, f['v'] ?? 0)}`);
    default:
      return name.startsWith('#') ? `#${scaled(name, f)}` : name.endsWith('+1') ? REGISTERS[f[name[0]!]! + 1] : REGISTERS[f[name]!];
  }
}

/** The field of `#X`, `#X*4` or `#X+1`. */
function scaled(name: string, f: FieldValues): number {
  const value = f[name[1]!]!;
  if (name.length === 2) return value;
  const k = Number(name.slice(3));
  return name[2] === '*' ? value * k : value + k;
}

/** ARMExpandImm(), or byte and rotation if another encoding of the value is the usual one: that with the least rotation. */
function modifiedImmediate(imm12: number): string {
  const value = armExpandImm(imm12);
  for (let rotation = 0; rotation < imm12 >> 8; rotation++) {
    if (((value << (2 * rotation)) | (value >>> ((32 - 2 * rotation) % 32))) >>> 0 <= 0xff) return `#${imm12 & 0xff}, ${(imm12 >> 8) * 2}`;
  }
  return `#${value}`;
}

function sign(f: FieldValues): string {
  return f['u'] === 0 ? '-' : '';
}

function shiftSuffix(type: number, amount: number): string {
  const s = decodeImmShift(type, amount);
  if (s.type === 'RRX') return ', rrx';
  return s.amount === 0 ? '' : `, ${s.type.toLowerCase()} #${s.amount}`;
}

/** Offset, pre-indexed or post-indexed address; a zero offset is left out unless it writes back afterwards. */
function address(f: FieldValues, offset: string | undefined): string {
  const n = registerName(f['n']!);
  if (f['p'] === 0) return `[${n}], ${offset ?? '#0'}`;
  const mark = f['w'] === 1 ? '!' : '';
  if (offset === undefined && mark === '') return `[${n}]`;
  return `[${n}, ${offset ?? '#0'}]${mark}`;
}
