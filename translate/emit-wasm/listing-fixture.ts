/** Lists a function body as text for golden tests: one instruction a line, nested by indentation, with the names of the specification. */
import type { WasmFunction } from './emit-region';
import { VALUE_TYPE, W } from './opcodes';

const PREFIX = 0xfc;

/** Numeric instructions 0x45 to 0xc4 in order (spec, section 5.4.9). */
const NUMERIC = [
  ...['eqz', 'eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'].map((n) => `i32.${n}`),
  ...['eqz', 'eq', 'ne', 'lt_s', 'lt_u', 'gt_s', 'gt_u', 'le_s', 'le_u', 'ge_s', 'ge_u'].map((n) => `i64.${n}`),
  ...['f32', 'f64'].flatMap((t) => ['eq', 'ne', 'lt', 'gt', 'le', 'ge'].map((n) => `${t}.${n}`)),
  ...['i32', 'i64'].flatMap((t) =>
    [
      'clz',
      'ctz',
      'popcnt',
      'add',
      'sub',
      'mul',
      'div_s',
      'div_u',
      'rem_s',
      'rem_u',
      'and',
      'or',
      'xor',
      'shl',
      'shr_s',
      'shr_u',
      'rotl',
      'rotr',
    ].map((n) => `${t}.${n}`),
  ),
  ...['f32', 'f64'].flatMap((t) =>
    ['abs', 'neg', 'ceil', 'floor', 'trunc', 'nearest', 'sqrt', 'add', 'sub', 'mul', 'div', 'min', 'max', 'copysign'].map(
      (n) => `${t}.${n}`,
    ),
  ),
  ...['i32.wrap_i64', 'i32.trunc_f32_s', 'i32.trunc_f32_u', 'i32.trunc_f64_s', 'i32.trunc_f64_u', 'i64.extend_i32_s', 'i64.extend_i32_u'],
  ...['i64.trunc_f32_s', 'i64.trunc_f32_u', 'i64.trunc_f64_s', 'i64.trunc_f64_u'],
  ...['f32.convert_i32_s', 'f32.convert_i32_u', 'f32.convert_i64_s', 'f32.convert_i64_u', 'f32.demote_f64'],
  ...['f64.convert_i32_s', 'f64.convert_i32_u', 'f64.convert_i64_s', 'f64.convert_i64_u', 'f64.promote_f32'],
  ...['i32.reinterpret_f32', 'i64.reinterpret_f64', 'f32.reinterpret_i32', 'f64.reinterpret_i64'],
  ...['i32.extend8_s', 'i32.extend16_s', 'i64.extend8_s', 'i64.extend16_s', 'i64.extend32_s'],
] as const;
const FIRST_NUMERIC = 0x45;

const NAMES = new Map<number, string>([
  ...Object.entries(W).map(([name, code]): [number, string] => [code, name.replace(/^(local|[if]\d\d)_/, '$1.')]),
  ...NUMERIC.map((name, i): [number, string] => [FIRST_NUMERIC + i, name]),
]);
const TYPES = new Map<number, string>([
  ...['i32', 'i64', 'f32', 'f64'].map((t): [number, string] => [VALUE_TYPE[t as 'i32'], t]),
  [0x40, ''],
]);

/** Alignment bit that says a memory index follows. */
const HAS_MEMORY_INDEX = 0x40;

export function listing({ body, positions }: WasmFunction): string {
  return new Listing(body, new Map(positions.map((p) => [p.offset, p.pc]))).text();
}

class Listing {
  private at = 0;
  private readonly view: DataView;

  constructor(
    private readonly body: Uint8Array,
    private readonly pcs: ReadonlyMap<number, number>,
  ) {
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  text(): string {
    const lines: string[] = [];
    for (let runs = this.u32(); runs > 0; runs--) lines.push(`local ${this.u32()} ${TYPES.get(this.byte())}`);
    let depth = 0;
    while (this.at < this.body.length) {
      const pc = this.pcs.get(this.at);
      if (pc !== undefined) lines.push(`;; 0x${(pc >>> 0).toString(16)}`);
      const code = this.byte();
      if (code === W.end || code === W.else) depth--;
      lines.push('  '.repeat(Math.max(depth, 0)) + this.instruction(code));
      if (code === W.block || code === W.loop || code === W.if || code === W.else) depth++;
    }
    return `${lines.join('\n')}\n`;
  }

  private byte(): number {
    return this.body[this.at++]!;
  }

  /** LEB128, sign-extended if `signed`. */
  private leb(signed: boolean): bigint {
    let x = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const b = this.byte();
      x |= BigInt(b & 0x7f) << shift;
      if ((b & 0x80) === 0) return signed && (b & 0x40) !== 0 ? x - (1n << (shift + 7n)) : x;
    }
  }

  private u32(): number {
    return Number(this.leb(false));
  }

  private instruction(code: number): string {
    const name = NAMES.get(code) ?? `0x${code.toString(16)}`;
    switch (code) {
      case W.block:
      case W.loop:
      case W.if:
        return `${name} ${TYPES.get(this.byte())}`.trim();
      case W.br_table:
        return `${name} ${Array.from({ length: this.u32() + 1 }, () => this.u32()).join(' ')}`;
      case W.br:
      case W.br_if:
      case W.call:
      case W.return_call:
      case W.local_get:
      case W.local_set:
      case W.local_tee:
        return `${name} ${this.u32()}`;
      case W.call_indirect:
      case W.return_call_indirect:
        return `${name} type ${this.u32()} table ${this.u32()}`;
      case W.i32_const:
      case W.i64_const:
        return `${name} ${this.leb(true)}`;
      case W.f32_const:
        return `${name} ${this.view.getFloat32((this.at += 4) - 4, true)}`;
      case W.f64_const:
        return `${name} ${this.view.getFloat64((this.at += 8) - 8, true)}`;
      case PREFIX:
        return `saturating ${this.u32()}`;
      case W.simd:
        return `simd 0x${this.u32().toString(16)}`;
      case W.atomic: {
        const op = this.u32();
        return op === 3 ? `atomic.fence ${this.byte()}` : `atomic 0x${op.toString(16)}${this.memoryArgument()}`;
      }
      default:
        return code >= W.i32_load && code <= W.i32_store16 ? name + this.memoryArgument() : name;
    }
  }

  private memoryArgument(): string {
    const flags = this.u32();
    const memory = (flags & HAS_MEMORY_INDEX) !== 0 ? ` state` : '';
    if (memory !== '' && this.u32() !== 1) throw new Error('there are two memories');
    const offset = this.u32();
    return `${memory}${offset === 0 ? '' : ` +${offset}`}`;
  }
}
