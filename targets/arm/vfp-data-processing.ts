/** Encodings of VFP data processing (Arm ARM DDI 0406C, section A7.5; DDI 0487 F4.1.20 for the ARMv8 additions). */
import { inst, type ArmRow } from './instruction';
import {
  fusedMultiplyAccumulate,
  maxMinNumber,
  multiplyAccumulate,
  simpleArithmetic,
  vabs,
  vcmp,
  vcmpZero,
  vmovRegister,
  vneg,
  vnmul,
  vsel,
  vsqrt,
} from './lift/vfp-arithmetic';
import {
  doubleToSingle,
  fixedPoint,
  fractionBits,
  fromHalf,
  fromInteger32,
  roundIntegral,
  singleToDouble,
  toHalf,
  toInteger32,
  type Rounding,
} from './lift/vfp-convert';
import { vmovImmediate } from './lift/vfp-transfer';
import { floatType, threeRegisterSyntax, twoRegisterSyntax, vfpName } from './vfp-syntax';

const ARITHMETIC: readonly ArmRow[] = [
  inst('VMLA', 'vfp2', 'cccc11100D00nnnndddd101zN0M0mmmm', threeRegisterSyntax('vmla'), multiplyAccumulate(false, false)),
  inst('VMLS', 'vfp2', 'cccc11100D00nnnndddd101zN1M0mmmm', threeRegisterSyntax('vmls'), multiplyAccumulate(false, true)),
  inst('VNMLS', 'vfp2', 'cccc11100D01nnnndddd101zN0M0mmmm', threeRegisterSyntax('vnmls'), multiplyAccumulate(true, false)),
  inst('VNMLA', 'vfp2', 'cccc11100D01nnnndddd101zN1M0mmmm', threeRegisterSyntax('vnmla'), multiplyAccumulate(true, true)),
  inst('VMUL', 'vfp2', 'cccc11100D10nnnndddd101zN0M0mmmm', threeRegisterSyntax('vmul'), simpleArithmetic('mul')),
  inst('VNMUL', 'vfp2', 'cccc11100D10nnnndddd101zN1M0mmmm', threeRegisterSyntax('vnmul'), vnmul),
  inst('VADD', 'vfp2', 'cccc11100D11nnnndddd101zN0M0mmmm', threeRegisterSyntax('vadd'), simpleArithmetic('add')),
  inst('VSUB', 'vfp2', 'cccc11100D11nnnndddd101zN1M0mmmm', threeRegisterSyntax('vsub'), simpleArithmetic('sub')),
  inst('VDIV', 'vfp2', 'cccc11101D00nnnndddd101zN0M0mmmm', threeRegisterSyntax('vdiv'), simpleArithmetic('div')),
  inst('VFNMS', 'vfp4', 'cccc11101D01nnnndddd101zN0M0mmmm', threeRegisterSyntax('vfnms'), fusedMultiplyAccumulate(true, false)),
  inst('VFNMA', 'vfp4', 'cccc11101D01nnnndddd101zN1M0mmmm', threeRegisterSyntax('vfnma'), fusedMultiplyAccumulate(true, true)),
  inst('VFMA', 'vfp4', 'cccc11101D10nnnndddd101zN0M0mmmm', threeRegisterSyntax('vfma'), fusedMultiplyAccumulate(false, false)),
  inst('VFMS', 'vfp4', 'cccc11101D10nnnndddd101zN1M0mmmm', threeRegisterSyntax('vfms'), fusedMultiplyAccumulate(false, true)),
  inst('VMOV_reg', 'vfp2', 'cccc11101D110000dddd101z01M0mmmm', twoRegisterSyntax('vmov'), vmovRegister),
  inst('VABS', 'vfp2', 'cccc11101D110000dddd101z11M0mmmm', twoRegisterSyntax('vabs'), vabs),
  inst('VNEG', 'vfp2', 'cccc11101D110001dddd101z01M0mmmm', twoRegisterSyntax('vneg'), vneg),
  inst('VSQRT', 'vfp2', 'cccc11101D110001dddd101z11M0mmmm', twoRegisterSyntax('vsqrt'), vsqrt),
  inst('VCMP', 'vfp2', 'cccc11101D110100dddd101z01M0mmmm', twoRegisterSyntax('vcmp'), vcmp(false)),
  inst('VCMPE', 'vfp2', 'cccc11101D110100dddd101z11M0mmmm', twoRegisterSyntax('vcmpe'), vcmp(true)),
  inst(
    'VCMP_zero',
    'vfp2',
    'cccc11101D110101dddd101z01000000',
    (f) => zeroSyntax('vcmp', f),
    (cx, f) => vcmpZero(false)(cx, { ...f, m: 0, M: 0 }),
  ),
  inst(
    'VCMPE_zero',
    'vfp2',
    'cccc11101D110101dddd101z11000000',
    (f) => zeroSyntax('vcmpe', f),
    (cx, f) => vcmpZero(true)(cx, { ...f, m: 0, M: 0 }),
  ),
  inst(
    'VMOV_imm',
    'vfp3',
    'cccc11101D11iiiidddd101z-0-0iiii',
    (f) => `vmov{c}.${floatType(f.z)} ${vfpName(f.z, f.d, f.D)}, #${f.i}`,
    vmovImmediate,
  ),
];

function zeroSyntax(mnemonic: string, f: { readonly z: number; readonly d: number; readonly D: number }): string {
  return `${mnemonic}{c}.${floatType(f.z)} ${vfpName(f.z, f.d, f.D)}, #0.0`;
}

interface Registers {
  readonly d: number;
  readonly D: number;
  readonly m: number;
  readonly M: number;
}

/** Syntax of a conversion between registers of sizes zd and zm. */
function convertSyntax(mnemonic: string, types: string, zd: number, zm: number, f: Registers): string {
  return `${mnemonic}{c}.${types} ${vfpName(zd, f.d, f.D)}, ${vfpName(zm, f.m, f.M)}`;
}

function integerSyntax(mnemonic: string, f: Registers & { readonly z: number; readonly s: number }): string {
  return convertSyntax(mnemonic, `${f.s === 1 ? 's' : 'u'}32.${floatType(f.z)}`, 0, f.z, f);
}

function fixedSyntax(f: {
  readonly z: number;
  readonly o: number;
  readonly u: number;
  readonly x: number;
  readonly d: number;
  readonly D: number;
  readonly i: number;
}): string {
  const fixed = `${f.u === 1 ? 'u' : 's'}${f.x === 1 ? 32 : 16}`;
  const float = floatType(f.z);
  const name = vfpName(f.z, f.d, f.D);
  return `vcvt{c}.${f.o === 1 ? `${fixed}.${float}` : `${float}.${fixed}`} ${name}, ${name}, #${fractionBits(f)}`;
}

const CONVERSIONS: readonly ArmRow[] = [
  inst('VCVT_F64_F32', 'vfp2', 'cccc11101D110111dddd101011M0mmmm', (f) => convertSyntax('vcvt', 'f64.f32', 1, 0, f), singleToDouble),
  inst('VCVT_F32_F64', 'vfp2', 'cccc11101D110111dddd101111M0mmmm', (f) => convertSyntax('vcvt', 'f32.f64', 0, 1, f), doubleToSingle),
  inst(
    'VCVT_from_int',
    'vfp2',
    'cccc11101D111000dddd101zs1M0mmmm',
    (f) => convertSyntax('vcvt', `${floatType(f.z)}.${f.s === 1 ? 's' : 'u'}32`, f.z, 0, f),
    (cx, f) => fromInteger32(cx, f, f.s === 1),
  ),
  inst(
    'VCVTR_to_int',
    'vfp2',
    'cccc11101D11110sdddd101z01M0mmmm',
    (f) => integerSyntax('vcvtr', f),
    (cx, f) => toInteger32(cx, f, f.s === 1, 'fpscr'),
  ),
  inst(
    'VCVT_to_int',
    'vfp2',
    'cccc11101D11110sdddd101z11M0mmmm',
    (f) => integerSyntax('vcvt', f),
    (cx, f) => toInteger32(cx, f, f.s === 1, 'zero'),
  ),
  inst('VCVT_fixed', 'vfp3', 'cccc11101D111o1udddd101zx1i0iiii', fixedSyntax, fixedPoint),
  inst(
    'VCVT_from_half',
    'vfp3',
    'cccc11101D110010dddd101zt1M0mmmm',
    (f) => convertSyntax(f.t === 1 ? 'vcvtt' : 'vcvtb', `${floatType(f.z)}.f16`, f.z, 0, f),
    fromHalf,
  ),
  inst(
    'VCVT_to_half',
    'vfp3',
    'cccc11101D110011dddd101zt1M0mmmm',
    (f) => convertSyntax(f.t === 1 ? 'vcvtt' : 'vcvtb', `f16.${floatType(f.z)}`, 0, f.z, f),
    toHalf,
  ),
  inst('VRINTR', 'v8', 'cccc11101D110110dddd101z01M0mmmm', twoRegisterSyntax('vrintr'), roundIntegral('fpscr')),
  inst('VRINTZ', 'v8', 'cccc11101D110110dddd101z11M0mmmm', twoRegisterSyntax('vrintz'), roundIntegral('zero')),
  inst('VRINTX', 'v8', 'cccc11101D110111dddd101z01M0mmmm', twoRegisterSyntax('vrintx'), roundIntegral('fpscr', true)),
];

export const VFP_DATA_PROCESSING_ROWS: readonly ArmRow[] = [...ARITHMETIC, ...CONVERSIONS];

/** Condition codes of VSEL by its two-bit field: EQ, VS, GE, GT. */
export const SELECT_CONDITIONS = [
  ['eq', 0],
  ['vs', 6],
  ['ge', 10],
  ['gt', 12],
] as const;

/** Directed roundings by the two-bit rm field. */
export const DIRECTED = [
  ['a', 'away'],
  ['n', 'nearest'],
  ['p', 'up'],
  ['m', 'down'],
] as const satisfies readonly (readonly [string, Rounding])[];

/** ARMv8 additions in the unconditional space; T32 has the same words. */
export const VFP_UNCONDITIONAL_ROWS: readonly ArmRow[] = [
  inst(
    'VSEL',
    'v8',
    '111111100Dxxnnnndddd101zN0M0mmmm',
    (f) => threeRegisterSyntax(`vsel${SELECT_CONDITIONS[f.x]![0]}`)(f),
    (cx, f) => vsel(SELECT_CONDITIONS[f.x]![1])(cx, f),
  ),
  inst('VMAXNM', 'v8', '111111101D00nnnndddd101zN0M0mmmm', threeRegisterSyntax('vmaxnm'), maxMinNumber(true)),
  inst('VMINNM', 'v8', '111111101D00nnnndddd101zN1M0mmmm', threeRegisterSyntax('vminnm'), maxMinNumber(false)),
  inst(
    'VRINT',
    'v8',
    '111111101D1110xxdddd101z01M0mmmm',
    (f) => twoRegisterSyntax(`vrint${DIRECTED[f.x]![0]}`)(f),
    (cx, f) => roundIntegral(DIRECTED[f.x]![1])(cx, f),
  ),
  inst(
    'VCVT_directed',
    'v8',
    '111111101D1111xxdddd101zs1M0mmmm',
    (f) => integerSyntax(`vcvt${DIRECTED[f.x]![0]}`, f),
    (cx, f) => toInteger32(cx, f, f.s === 1, DIRECTED[f.x]![1]),
  ),
];
