/** Lists a function body as text: one instruction a line, nested by indentation, with the mnemonics of the specification. */
import type { CodePosition } from './emit-block';
import type { WasmFunction } from './emit-region';
import { NAMES, PREFIXED, type Prefixed } from './listing-names';
import { VALUE_TYPE, W } from './opcodes';

const TYPES = new Map<number, string>([
  ...(['i32', 'i64', 'f32', 'f64', 'v128'] as const).map((t): [number, string] => [VALUE_TYPE[t], t]),
  [0x40, ''],
]);

/** Alignment bit that says a memory index follows. */
const HAS_MEMORY_INDEX = 0x40;
const VECTOR_BYTES = 16;

export interface ListingOptions {
  /** Lines to put before the code that a position begins; the guest address if absent. */
  readonly annotate?: (position: CodePosition) => readonly string[];
  /** What a local holds. */
  readonly localName?: (index: number) => string | undefined;
  /** What is at a byte offset of the state memory. */
  readonly cellName?: (offset: number) => string | undefined;
}

export function listing(fn: WasmFunction, options: ListingOptions = {}): string {
  return new Listing(fn, options).text();
}

const address = ({ pc }: CodePosition): readonly string[] => [`0x${(pc >>> 0).toString(16)}`];

class Listing {
  private at = 0;
  private readonly body: Uint8Array;
  private readonly view: DataView;
  private readonly comments = new Map<number, readonly string[]>();

  constructor(
    fn: WasmFunction,
    private readonly options: ListingOptions,
  ) {
    const { body } = fn;
    this.body = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const annotate = options.annotate ?? address;
    for (const p of fn.positions) this.comments.set(p.offset, [...(this.comments.get(p.offset) ?? []), ...annotate(p)]);
  }

  text(): string {
    const lines: string[] = [];
    for (let runs = this.u32(); runs > 0; runs--) lines.push(`local ${this.u32()} ${TYPES.get(this.byte())}`);
    let depth = 0;
    while (this.at < this.body.length) {
      for (const comment of this.comments.get(this.at) ?? []) lines.push(`${'  '.repeat(Math.max(depth, 0))};; ${comment}`);
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
    const prefixed = PREFIXED.get(code);
    if (prefixed !== undefined) return this.prefixed(code, prefixed);
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
        return `${name} ${this.u32()}`;
      case W.local_get:
      case W.local_set:
      case W.local_tee:
        return `${name} ${this.local(this.u32())}`;
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
      default:
        return code >= W.i32_load && code <= W.i32_store16 ? name + this.memoryArgument() : name;
    }
  }

  private local(index: number): string {
    const name = this.options.localName?.(index);
    return name === undefined ? String(index) : `$${name}`;
  }

  private prefixed(prefix: number, table: readonly (Prefixed | undefined)[]): string {
    const code = this.u32();
    const row = table[code];
    if (row === undefined) return `0x${prefix.toString(16)} 0x${code.toString(16)}`;
    switch (row.immediate) {
      case 'none':
        return row.name;
      case 'memory':
        return row.name + this.memoryArgument();
      case 'lane':
        return `${row.name} ${this.byte()}`;
      case 'memory lane':
        return `${row.name}${this.memoryArgument()} ${this.byte()}`;
      case 'bytes':
        return `${row.name} ${Array.from({ length: VECTOR_BYTES }, () => this.byte()).join(' ')}`;
    }
  }

  private memoryArgument(): string {
    const inState = (this.u32() & HAS_MEMORY_INDEX) !== 0;
    if (inState && this.u32() !== 1) throw new Error('there are two memories');
    const offset = this.u32();
    if (!inState) return offset === 0 ? '' : ` +${offset}`;
    const name = this.options.cellName?.(offset);
    if (name !== undefined) return ` state.${name}`;
    return offset === 0 ? ' state' : ` state +${offset}`;
  }
}
