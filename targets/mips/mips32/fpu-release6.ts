/** Floating-point encodings of Release 6 (MD00087, volume II-A, Revision 6). */
import { FpKind } from '../../../translate/ir/exact-float';
import { hex } from '../disassemble';
import { inst, type MipsRow } from '../instruction';
import { branchTarget } from '../lift/branch';
import { DOUBLE, SINGLE, type Format } from '../lift/fp-format';
import * as fp6 from '../lift/fp-release6';

const CONDITIONS =
  'af un eq ueq lt ult le ule saf sun seq sueq slt sult sle sule at or une ne uge oge ugt ogt sat sor sune sne suge soge sugt sogt'.split(
    ' ',
  );

function formatRows<F, B>(suffix: string, fmt: string, mask: string, fp: Format<F, B>): MipsRow[] {
  const row = (name: string, registers: string, func: string, lift: MipsRow['lift']): MipsRow => ({
    name: `${name}_${suffix}`,
    feature: 'r6',
    pattern: `010001${fmt}${registers}sssssddddd${func}`,
    syntax: `${name.toLowerCase()}.${suffix} {fd}, {fs}${registers === 'ttttt' ? ', {ft}' : ''}`,
    lift,
  });
  const three = (name: string, func: string, lift: MipsRow['lift']): MipsRow => row(name, 'ttttt', func, lift);
  const two = (name: string, func: string, lift: MipsRow['lift']): MipsRow => row(name, '00000', func, lift);
  return [
    three('SEL', '010000', fp6.select(fp)),
    three('SELEQZ', '010100', fp6.selectOrZero(fp, true)),
    three('SELNEZ', '010111', fp6.selectOrZero(fp, false)),
    three('MADDF', '011000', fp6.fusedMultiplyAdd(fp, false)),
    three('MSUBF', '011001', fp6.fusedMultiplyAdd(fp, true)),
    two('RINT', '011010', fp6.roundToIntegral(fp)),
    two('CLASS', '011011', fp6.classify(fp)),
    three('MIN', '011100', fp6.choose(fp, FpKind.MinimumNumber)),
    three('MINA', '011101', fp6.chooseByMagnitude(fp, false)),
    three('MAX', '011110', fp6.choose(fp, FpKind.MaximumNumber)),
    three('MAXA', '011111', fp6.chooseByMagnitude(fp, true)),
    {
      name: `CMP_${suffix}`,
      feature: 'r6',
      pattern: `010001${mask}tttttsssssddddd0ppppp`,
      syntax: ({ p }) => `cmp.${CONDITIONS[p!]}.${suffix} {fd}, {fs}, {ft}`,
      lift: fp6.compareToMask(fp) as MipsRow['lift'],
    },
  ];
}

const BRANCHES: readonly MipsRow[] = [
  inst(
    'BC1EQZ',
    'r6',
    '01000101001tttttiiiiiiiiiiiiiiii',
    ({ i }, pc) => `bc1eqz {ft}, ${hex(branchTarget(pc, i))}`,
    fp6.branchOnRegister(true),
  ),
  inst(
    'BC1NEZ',
    'r6',
    '01000101101tttttiiiiiiiiiiiiiiii',
    ({ i }, pc) => `bc1nez {ft}, ${hex(branchTarget(pc, i))}`,
    fp6.branchOnRegister(false),
  ),
];

export const FPU_RELEASE6_ROWS: readonly MipsRow[] = [
  ...formatRows('s', '10000', '10100', SINGLE),
  ...formatRows('d', '10001', '10101', DOUBLE),
  ...BRANCHES.map((row): MipsRow => ({ ...row, branches: true })),
];
