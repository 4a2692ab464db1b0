/** Operands of Advanced SIMD instructions for the disassembler, in objdump's spelling. */
import type { ThreeVectors, TwoVectors } from './lift/neon-registers';
import {
  allLanesAccess,
  allLanesAlignment,
  laneAccess,
  laneAlignment,
  multipleAlignment,
  registersOf,
  structureOf,
  type AllLanes,
  type MultipleStructures,
  type OneLane,
} from './lift/neon-load-store';
import { bytesOfBits, immediateElement, immediateOperation, scalarOf, type ModifiedImmediate, type TableLookUp } from './lift/neon-permute';
import { vfpRegister } from './lift/vfp-registers';

/** `d3` or, with q = 1, `q1`. */
export function vectorName(q: number, field: number, extra: number): string {
  const n = vfpRegister(1, field, extra);
  return q === 1 ? `q${n >> 1}` : `d${n}`;
}

export function pairOfVectors(f: TwoVectors): string {
  return `${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.m, f.M)}`;
}

export function tripleOfVectors(f: ThreeVectors): string {
  return `${vectorName(f.q, f.d, f.D)}, ${vectorName(f.q, f.n, f.N)}, ${vectorName(f.q, f.m, f.M)}`;
}

export function immediateSyntax(f: ModifiedImmediate & Pick<TwoVectors, 'q' | 'd' | 'D'>): string {
  const what = immediateOperation(f);
  if (what === undefined) return '<undefined>';
  const hex = (x: number): string => (x >>> 0).toString(16).padStart(8, '0');
  const value =
    what.type === 'i64'
      ? `0x${hex(bytesOfBits(f.i >> 4))}${hex(bytesOfBits(f.i & 15))}`
      : what.type === 'f32'
        ? floatText(immediateElement(f))
        : String(immediateElement(f));
  return `${what.operation}{c}.${what.type} ${vectorName(f.q, f.d, f.D)}, #${value}`;
}

/** VFP immediates are short: at most 7 significant digits. */
function floatText(bits: number): string {
  return String(new Float32Array(Int32Array.of(bits).buffer)[0]!);
}

export function duplicateScalarSyntax(f: TwoVectors & { readonly i: number }): string {
  const scalar = scalarOf(f.i);
  if (scalar === undefined) return '<undefined>';
  return `vdup{c}.${scalar.width} ${vectorName(f.q, f.d, f.D)}, d${vfpRegister(1, f.m, f.M)}[${scalar.index}]`;
}

/** `{d0-d3}`, `{d0,d2}`; a suffix marks all lanes: `{d0[]-d1[]}`. */
function listText(registers: readonly number[], suffix = ''): string {
  const names = registers.map((r) => `d${r}${suffix}`);
  const adjacent = registers.length > 1 && registers.every((r, i) => r === registers[0]! + i);
  return adjacent ? `{${names[0]}-${names.at(-1)}}` : `{${names.join(',')}}`;
}

/** `[r0 :64]!`, `[r0], r1`. */
function address(m: number, align: number): string {
  const base = align === 0 ? '[{n}]' : `[{n} :${align}]`;
  return m === 15 ? base : m === 13 ? `${base}!` : `${base}, {m}`;
}

export function multipleSyntax(f: MultipleStructures): string {
  const s = structureOf(f);
  if (s === undefined) return '<undefined>';
  const registers = registersOf(f, s).sort((x, y) => x - y);
  return `${f.l === 1 ? 'vld' : 'vst'}${s.elements}{c}.${8 << f.s} ${listText(registers)}, ${address(f.m, multipleAlignment(f))}`;
}

export function oneLaneSyntax(f: OneLane): string {
  const access = laneAccess(f);
  if (access === undefined) return '<undefined>';
  const registers = registersOf(f, { elements: f.x + 1, stride: access.stride, repeat: 1 });
  const list = registers.map((r) => `d${r}[${access.index}]`).join(',');
  return `${f.l === 1 ? 'vld' : 'vst'}${f.x + 1}{c}.${8 << f.s} {${list}}, ${address(f.m, laneAlignment(f))}`;
}

export function allLanesSyntax(f: AllLanes): string {
  const access = allLanesAccess(f);
  if (access === undefined) return '<undefined>';
  return `vld${f.x + 1}{c}.${access.width} ${listText(access.registers, '[]')}, ${address(f.m, allLanesAlignment(f))}`;
}

/** `vtbl.8 d0, {d1-d3}, d4` */
export function tableSyntax(f: TableLookUp): string {
  const first = vfpRegister(1, f.n, f.N);
  const list = listText(Array.from({ length: f.l + 1 }, (_, i) => first + i));
  return `${f.o === 1 ? 'vtbx' : 'vtbl'}{c}.8 ${vectorName(0, f.d, f.D)}, ${list}, ${vectorName(0, f.m, f.M)}`;
}
