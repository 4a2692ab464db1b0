/** Jump and branch encodings (MD00087, volume II-A). */
import { hex } from '../disassemble';
import { inst, type MipsFeature, type MipsRow } from '../instruction';
import {
  atLeastZero,
  atMostZero,
  branchTarget,
  conditionalBranch,
  equal,
  greaterThanZero,
  jump,
  jumpAndLink,
  jumpAndLinkExchange,
  jumpAndLinkRegister,
  jumpRegister,
  jumpTarget,
  lessThanZero,
  notEqual,
  type Condition,
} from '../lift/branch';

/** A branch on rs, or on rs and rt. `opcode`: the bits that are not a field. */
function branchRow(
  name: string,
  feature: MipsFeature | undefined,
  pattern: string,
  condition: Condition,
  kind: { likely?: boolean; link?: boolean } = {},
): MipsRow {
  const operands = pattern.includes('t') ? '{s}, {t}, ' : '{s}, ';
  const syntax = ({ i }: Readonly<Record<string, number>>, pc: number): string =>
    `${name.toLowerCase()} ${operands}${hex(branchTarget(pc, i!))}`;
  return { name, feature, pattern, syntax, lift: conditionalBranch(condition, kind) };
}

const likely = { likely: true };
const link = { link: true };

const CONDITIONAL: readonly MipsRow[] = [
  branchRow('BEQ', undefined, '000100ssssstttttiiiiiiiiiiiiiiii', equal),
  branchRow('BNE', undefined, '000101ssssstttttiiiiiiiiiiiiiiii', notEqual),
  branchRow('BLEZ', undefined, '000110sssss00000iiiiiiiiiiiiiiii', atMostZero),
  branchRow('BGTZ', undefined, '000111sssss00000iiiiiiiiiiiiiiii', greaterThanZero),
  branchRow('BEQL', 'pre6', '010100ssssstttttiiiiiiiiiiiiiiii', equal, likely),
  branchRow('BNEL', 'pre6', '010101ssssstttttiiiiiiiiiiiiiiii', notEqual, likely),
  branchRow('BLEZL', 'pre6', '010110sssss00000iiiiiiiiiiiiiiii', atMostZero, likely),
  branchRow('BGTZL', 'pre6', '010111sssss00000iiiiiiiiiiiiiiii', greaterThanZero, likely),
  branchRow('BLTZ', undefined, '000001sssss00000iiiiiiiiiiiiiiii', lessThanZero),
  branchRow('BGEZ', undefined, '000001sssss00001iiiiiiiiiiiiiiii', atLeastZero),
  branchRow('BLTZL', 'pre6', '000001sssss00010iiiiiiiiiiiiiiii', lessThanZero, likely),
  branchRow('BGEZL', 'pre6', '000001sssss00011iiiiiiiiiiiiiiii', atLeastZero, likely),
  branchRow('BLTZAL', 'pre6', '000001sssss10000iiiiiiiiiiiiiiii', lessThanZero, link),
  branchRow('BGEZAL', 'pre6', '000001sssss10001iiiiiiiiiiiiiiii', atLeastZero, link),
  branchRow('BLTZALL', 'pre6', '000001sssss10010iiiiiiiiiiiiiiii', lessThanZero, { likely: true, link: true }),
  branchRow('BGEZALL', 'pre6', '000001sssss10011iiiiiiiiiiiiiiii', atLeastZero, { likely: true, link: true }),
];

const JUMPS: readonly MipsRow[] = [
  inst('J', undefined, '000010iiiiiiiiiiiiiiiiiiiiiiiiii', ({ i }, pc) => `j ${hex(jumpTarget(pc, i))}`, jump),
  inst('JAL', undefined, '000011iiiiiiiiiiiiiiiiiiiiiiiiii', ({ i }, pc) => `jal ${hex(jumpTarget(pc, i))}`, jumpAndLink),
  inst('JALX', 'pre6', '011101iiiiiiiiiiiiiiiiiiiiiiiiii', ({ i }, pc) => `jalx ${hex(jumpTarget(pc, i))}`, jumpAndLinkExchange),
  // The hint field (bit 10: hazard barrier) says nothing here
  inst('JR', 'pre6', '000000sssss0000000000-----001000', 'jr {s}', jumpRegister),
  inst('JALR', undefined, '000000sssss00000ddddd-----001001', ({ d }) => (d === 31 ? 'jalr {s}' : 'jalr {d}, {s}'), jumpAndLinkRegister),
];

export const BRANCH_ROWS: readonly MipsRow[] = [...CONDITIONAL, ...JUMPS].map((row) => ({ ...row, branches: true }));
