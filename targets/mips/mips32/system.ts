/** System, trap and privileged encodings (MD00087, volume II-A). */
import { inst, privileged, type MipsFeature, type MipsRow } from '../instruction';
import { equal, notEqual, type Condition } from '../lift/branch';
import {
  breakpoint,
  noOperation,
  readHardwareRegister,
  synchronise,
  synchroniseCode,
  systemCall,
  trapImmediate,
  trapRegisters,
} from '../lift/system';

const atLeast: Condition = ({ ir }, x, y) => ir.le_s32(y, x);
const atLeastUnsigned: Condition = ({ ir }, x, y) => ir.le_u32(y, x);
const less: Condition = ({ ir }, x, y) => ir.lt_s32(x, y);
const lessUnsigned: Condition = ({ ir }, x, y) => ir.lt_u32(x, y);

/** Conditional traps by the low bits of their function (registers) or REGIMM (immediate) field. */
const TRAPS: readonly (readonly [name: string, bits: string, Condition])[] = [
  ['TGE', '000', atLeast],
  ['TGEU', '001', atLeastUnsigned],
  ['TLT', '010', less],
  ['TLTU', '011', lessUnsigned],
  ['TEQ', '100', equal],
  ['TNE', '110', notEqual],
];

/** TGEI, TGEIU, ...: the U stays last. */
const immediateName = (name: string): string => (name.endsWith('U') ? `${name.slice(0, -1)}IU` : `${name}I`);

function trapRows([name, bits, condition]: (typeof TRAPS)[number]): MipsRow[] {
  const mnemonic = name.toLowerCase();
  const withImmediate = immediateName(name);
  const feature: MipsFeature = 'pre6';
  return [
    inst(
      name,
      undefined,
      `000000ssssstttttcccccccccc110${bits}` as `000000ssssstttttcccccccccc110000`,
      `${mnemonic} {s}, {t}`,
      trapRegisters(condition),
    ),
    {
      name: withImmediate,
      feature,
      pattern: `000001sssss01${bits}iiiiiiiiiiiiiiii`,
      syntax: `${withImmediate.toLowerCase()} {s}, {-i}`,
      lift: trapImmediate(condition),
    },
  ];
}

export const SYSTEM_ROWS: readonly MipsRow[] = [
  inst('SYSCALL', undefined, '000000--------------------001100', 'syscall', systemCall),
  inst('BREAK', undefined, '000000cccccccccccccccccccc001101', ({ c }) => (c === 0 ? 'break' : `break 0x${c.toString(16)}`), breakpoint),
  inst('SDBBP', 'pre6', '011100--------------------111111', 'sdbbp', privileged),
  inst('SYNC', undefined, '000000000000000000000ccccc001111', 'sync', synchronise),
  inst('SYNCI', 'r2', '000001sssss11111iiiiiiiiiiiiiiii', 'synci {-i}({s})', synchroniseCode),
  inst('RDHWR', 'r2', '01111100000tttttddddd00---111011', 'rdhwr {t}, ${#d}', readHardwareRegister),
  ...TRAPS.flatMap(trapRows),
  inst('CACHE', 'pre6', '101111sssssoooooiiiiiiiiiiiiiiii', 'cache {0xo}, {-i}({s})', privileged),
  inst('COP0', undefined, '010000--------------------------', 'c0', privileged),
  // CP1 is in tables of its own; COP2 has no registers
  inst('COP2', undefined, '010010--------------------------', 'c2', privileged),
  inst('PREFX', 'fpu-pre6', '010011ssssstttttpppppooooo001111', 'prefx {#p}, {t}({s})', noOperation),
];
