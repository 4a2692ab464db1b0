/** Encodings of VFP on halves and the conversions of Armv8.2 to 8.6 (Arm ARM DDI 0487, section F4.1): those of singles with another size. */
import { FpKind } from '../../translate/ir/exact-float';
import { inst, type ArmRow } from './instruction';
import { javascriptConversion } from './lift/javascript-conversion';
import {
  absoluteHalf,
  arithmeticHalf,
  compareHalf,
  extractHalf,
  fixedPointHalf,
  fusedHalf,
  halfFromInteger,
  halfToInteger,
  insertHalf,
  moveCoreHalf,
  moveImmediateHalf,
  multiplyAccumulateHalf,
  negatedProductHalf,
  negateHalf,
  roundHalf,
  selectHalf,
  squareRootHalf,
  toBrainFloat,
  transferHalf,
} from './lift/vfp-half';
import { fractionBits } from './lift/vfp-convert';
import type { LiftContext } from './lift-context';
import { computed } from './neon-row';
import { DIRECTED, SELECT_CONDITIONS } from './vfp-data-processing';
import { vfpName } from './vfp-syntax';

interface Two {
  readonly d: number;
  readonly D: number;
  readonly m: number;
  readonly M: number;
}
type Three = Two & { readonly n: number; readonly N: number };

const single = (field: number, extra: number): string => vfpName(0, field, extra);
const pair = (f: Two): string => `${single(f.d, f.D)}, ${single(f.m, f.M)}`;

const threeSyntax =
  (mnemonic: string) =>
  (f: Three): string =>
    `${mnemonic}{c}.f16 ${single(f.d, f.D)}, ${single(f.n, f.N)}, ${single(f.m, f.M)}`;
const twoSyntax =
  (mnemonic: string, types = 'f16') =>
  (f: Two): string =>
    `${mnemonic}{c}.${types} ${pair(f)}`;

/** Bits 23, 21, 20 and 6 of the three-operand instructions. */
const THREE_ROWS: readonly ArmRow[] = (
  [
    ['vmla', '0D00', '0', multiplyAccumulateHalf(false, false)],
    ['vmls', '0D00', '1', multiplyAccumulateHalf(false, true)],
    ['vnmls', '0D01', '0', multiplyAccumulateHalf(true, false)],
    ['vnmla', '0D01', '1', multiplyAccumulateHalf(true, true)],
    ['vmul', '0D10', '0', arithmeticHalf(FpKind.Multiply)],
    ['vnmul', '0D10', '1', negatedProductHalf],
    ['vadd', '0D11', '0', arithmeticHalf(FpKind.Add)],
    ['vsub', '0D11', '1', arithmeticHalf(FpKind.Subtract)],
    ['vdiv', '1D00', '0', arithmeticHalf(FpKind.Divide)],
    ['vfnms', '1D01', '0', fusedHalf(true, false)],
    ['vfnma', '1D01', '1', fusedHalf(true, true)],
    ['vfma', '1D10', '0', fusedHalf(false, false)],
    ['vfms', '1D10', '1', fusedHalf(false, true)],
  ] as const
).map(([mnemonic, opcode, bit6, lift]) =>
  computedRow(mnemonic, `cccc1110${opcode}nnnndddd1001N${bit6}M0mmmm`, threeSyntax(mnemonic), lift),
);

function computedRow<F>(
  mnemonic: string,
  pattern: string,
  syntax: (f: F) => string,
  lift: (cx: LiftContext, f: F) => void | false,
): ArmRow {
  return { ...computed<F>(`${mnemonic.toUpperCase()}_f16`, pattern, syntax, lift), feature: 'fp16' };
}

const fixedType = (f: { readonly u: number; readonly x: number }): string => `${f.u === 1 ? 'u' : 's'}${f.x === 1 ? 32 : 16}`;
const integerType = (s: number): string => (s === 1 ? 's32' : 'u32');

export const VFP_HALF_ROWS: readonly ArmRow[] = [
  ...THREE_ROWS,
  inst('VABS_f16', 'fp16', 'cccc11101D110000dddd100111M0mmmm', twoSyntax('vabs'), absoluteHalf),
  inst('VNEG_f16', 'fp16', 'cccc11101D110001dddd100101M0mmmm', twoSyntax('vneg'), negateHalf),
  inst('VSQRT_f16', 'fp16', 'cccc11101D110001dddd100111M0mmmm', twoSyntax('vsqrt'), squareRootHalf),
  inst('VCMP_f16', 'fp16', 'cccc11101D110100dddd100101M0mmmm', twoSyntax('vcmp'), compareHalf(false, false)),
  inst('VCMPE_f16', 'fp16', 'cccc11101D110100dddd100111M0mmmm', twoSyntax('vcmpe'), compareHalf(true, false)),
  inst(
    'VCMP_f16_zero',
    'fp16',
    'cccc11101D110101dddd100101000000',
    (f) => `vcmp{c}.f16 ${single(f.d, f.D)}, #0.0`,
    compareHalf(false, true),
  ),
  inst(
    'VCMPE_f16_zero',
    'fp16',
    'cccc11101D110101dddd100111000000',
    (f) => `vcmpe{c}.f16 ${single(f.d, f.D)}, #0.0`,
    compareHalf(true, true),
  ),
  inst('VMOV_f16_imm', 'fp16', 'cccc11101D11iiiidddd1001-0-0iiii', (f) => `vmov{c}.f16 ${single(f.d, f.D)}, #${f.i}`, moveImmediateHalf),
  inst(
    'VCVT_f16_from_int',
    'fp16',
    'cccc11101D111000dddd1001s1M0mmmm',
    (f) => twoSyntax('vcvt', `f16.${integerType(f.s)}`)(f),
    (cx, f) => halfFromInteger(cx, f, f.s === 1),
  ),
  inst(
    'VCVTR_f16_to_int',
    'fp16',
    'cccc11101D11110sdddd100101M0mmmm',
    (f) => twoSyntax('vcvtr', `${integerType(f.s)}.f16`)(f),
    (cx, f) => halfToInteger(cx, f, f.s === 1, 'fpscr'),
  ),
  inst(
    'VCVT_f16_to_int',
    'fp16',
    'cccc11101D11110sdddd100111M0mmmm',
    (f) => twoSyntax('vcvt', `${integerType(f.s)}.f16`)(f),
    (cx, f) => halfToInteger(cx, f, f.s === 1, 'zero'),
  ),
  inst(
    'VCVT_f16_fixed',
    'fp16',
    'cccc11101D111o1udddd1001x1i0iiii',
    (f) => {
      const name = single(f.d, f.D);
      const types = f.o === 1 ? `${fixedType(f)}.f16` : `f16.${fixedType(f)}`;
      return `vcvt{c}.${types} ${name}, ${name}, #${fractionBits(f)}`;
    },
    fixedPointHalf,
  ),
  inst('VRINTR_f16', 'fp16', 'cccc11101D110110dddd100101M0mmmm', twoSyntax('vrintr'), roundHalf('fpscr')),
  inst('VRINTZ_f16', 'fp16', 'cccc11101D110110dddd100111M0mmmm', twoSyntax('vrintz'), roundHalf('zero')),
  inst('VRINTX_f16', 'fp16', 'cccc11101D110111dddd100101M0mmmm', twoSyntax('vrintx'), roundHalf('fpscr', true)),
  inst('VMOV_core_to_half', 'fp16', 'cccc11100000nnnntttt1001N0010000', (f) => `vmov{c}.f16 ${single(f.n, f.N)}, {t}`, moveCoreHalf(false)),
  inst('VMOV_half_to_core', 'fp16', 'cccc11100001nnnntttt1001N0010000', (f) => `vmov{c}.f16 {t}, ${single(f.n, f.N)}`, moveCoreHalf(true)),
  inst('VSTR_f16', 'fp16', 'cccc1101uD00nnnndddd1001iiiiiiii', addressSyntax('vstr'), transferHalf('store')),
  inst('VLDR_f16', 'fp16', 'cccc1101uD01nnnndddd1001iiiiiiii', addressSyntax('vldr'), transferHalf('load')),
  inst(
    'VCVT_to_bf16',
    'bf16',
    'cccc11101D110011dddd1001t1M0mmmm',
    (f) => `vcvt${f.t === 1 ? 't' : 'b'}{c}.bf16.f32 ${pair(f)}`,
    toBrainFloat,
  ),
  inst(
    'VJCVT',
    'jscvt',
    'cccc11101D111001dddd101111M0mmmm',
    (f) => `vjcvt{c}.s32.f64 ${single(f.d, f.D)}, ${vfpName(1, f.m, f.M)}`,
    javascriptConversion,
  ),
];

function addressSyntax(mnemonic: string) {
  return (f: { readonly d: number; readonly D: number; readonly u: number; readonly i: number }): string => {
    const offset = f.i === 0 && f.u === 1 ? '' : `, #${f.u === 1 ? '' : '-'}${f.i * 2}`;
    return `${mnemonic}{c}.16 ${single(f.d, f.D)}, [{n}${offset}]`;
  };
}

/** In the unconditional space; T32 has the same words. */
export const VFP_HALF_UNCONDITIONAL_ROWS: readonly ArmRow[] = [
  inst(
    'VSEL_f16',
    'fp16',
    '111111100Dxxnnnndddd1001N0M0mmmm',
    (f) => threeSyntax(`vsel${SELECT_CONDITIONS[f.x]![0]}`)(f),
    (cx, f) => selectHalf(SELECT_CONDITIONS[f.x]![1])(cx, f),
  ),
  inst('VMAXNM_f16', 'fp16', '111111101D00nnnndddd1001N0M0mmmm', threeSyntax('vmaxnm'), arithmeticHalf(FpKind.MaximumNumber)),
  inst('VMINNM_f16', 'fp16', '111111101D00nnnndddd1001N1M0mmmm', threeSyntax('vminnm'), arithmeticHalf(FpKind.MinimumNumber)),
  inst(
    'VRINT_f16',
    'fp16',
    '111111101D1110xxdddd100101M0mmmm',
    (f) => twoSyntax(`vrint${DIRECTED[f.x]![0]}`)(f),
    (cx, f) => roundHalf(DIRECTED[f.x]![1])(cx, f),
  ),
  inst(
    'VCVT_f16_directed',
    'fp16',
    '111111101D1111xxdddd1001s1M0mmmm',
    (f) => twoSyntax(`vcvt${DIRECTED[f.x]![0]}`, `${integerType(f.s)}.f16`)(f),
    (cx, f) => halfToInteger(cx, f, f.s === 1, DIRECTED[f.x]![1]),
  ),
  inst('VINS', 'fp16', '111111101D110000dddd101011M0mmmm', (f) => `vins.f16 ${pair(f)}`, insertHalf),
  inst('VMOVX', 'fp16', '111111101D110000dddd101001M0mmmm', (f) => `vmovx.f16 ${pair(f)}`, extractHalf),
];
