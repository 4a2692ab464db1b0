/**
 * The ops of one block as JavaScript statements.
 *
 * A pure value with one use is written where it is used; everything else gets a `const`. An
 * expression that mentions a state variable is pinned down before that variable changes, and
 * everything is pinned at the edges of an `if`.
 */
import { locationPc, terminatorValue, type Block } from '../ir/block';
import type { FieldSet } from '../ir/field-set';
import { Op } from '../ir/opcodes';
import { ARG_COUNT, OP_NAMES, OP_ROWS } from '../ir/ops';
import type { StateLayout } from '../ir/state';
import { f32OfBits, f64OfBits } from '../interpret/float';
import type { StateFlow } from '../region';
import { HALVES, TEMPLATES } from './expressions';
import { vectorCall, vectorExpression, VectorSlots } from './vectors';

/** How a value is written: its text, the state variables the text mentions, and the high half of an i64. */
interface Text {
  readonly text: string;
  readonly high?: string;
  readonly mentions: readonly number[];
  /** True for names and literals, which may stand any number of times. */
  readonly atom: boolean;
}

const PC = 3;

const literal = (x: number): string => (Object.is(x, -0) ? '-0' : x < 0 ? `(${x})` : String(x));

interface BlockOptions {
  /** Store changed state before every access that may fault. */
  readonly precise: boolean;
  readonly annotate?: ((pc: number, end: number) => readonly string[]) | undefined;
}

export class BlockWriter {
  private values: (Text | undefined)[] = [];
  private uses = new Int32Array(0);
  /** Uses not written yet. */
  private left = new Int32Array(0);
  /** Values whose text is not yet a name, oldest first. */
  private pending: number[] = [];
  private prefix = '';
  private block!: Block;
  private dirty!: FieldSet;
  private pc = 0;
  private readonly slots = new VectorSlots();

  constructor(
    private readonly flow: StateFlow,
    private readonly layout: StateLayout,
    private readonly options: BlockOptions,
    private readonly line: (text: string) => void,
  ) {}

  // State variables

  private name(field: number): string {
    return this.layout.fields[field]!.name;
  }

  /** The current value of a 32-bit field. */
  field(field: number): string {
    return this.flow.promoted.has(field) ? this.name(field) : `S[${this.layout.fields[field]!.offset >> 2}]`;
  }

  /** Declares the variable of a promoted field. */
  declare(field: number, load: boolean): string {
    const type = this.flow.promoted.get(field)!;
    const n = this.name(field);
    const word = this.layout.fields[field]!.offset >> 2;
    switch (type) {
      case 'i1':
        return `let ${n} = ${load ? `S[${word}] !== 0` : 'false'};`;
      case 'i32':
        return `let ${n} = ${load ? `S[${word}]` : '0'};`;
      case 'i64':
        return `let ${n}l = ${load ? `S[${word}]` : '0'}, ${n}h = ${load ? `S[${word + 1}]` : '0'};`;
      case 'f32':
        return `let ${n} = ${load ? `SF32[${word}]` : '0.5'};`;
      case 'f64':
        return `let ${n} = ${load ? `SF64[${word >> 1}]` : '0.5'};`;
      case 'v128':
        throw new Error('vectors have no variables');
    }
  }

  /** Statements that store the given promoted fields. */
  store(fields: FieldSet): string {
    let s = '';
    for (const f of fields) {
      const type = this.flow.promoted.get(f)!;
      const n = this.name(f);
      const word = this.layout.fields[f]!.offset >> 2;
      if (type === 'i1') s += `S[${word}] = ${n} ? 1 : 0; `;
      else if (type === 'i32') s += `S[${word}] = ${n}; `;
      else if (type === 'i64') s += `S[${word}] = ${n}l; S[${word + 1}] = ${n}h; `;
      else if (type === 'f32') s += `SF32[${word}] = ${n}; `;
      else s += `SF64[${word >> 1}] = ${n}; `;
    }
    return s;
  }

  // Blocks

  /** Writes the ops; returns the text of the terminator's operand ('' if it has none). */
  write(block: Block, dirtyAtStart: FieldSet): string {
    this.block = block;
    this.values = [];
    this.pending = [];
    this.prefix = `v${(block.start >>> 0).toString(16)}_`;
    this.dirty = dirtyAtStart.copy();
    this.slots.clear();
    this.countUses();
    if (block.op[0] !== Op.insn) this.annotate(locationPc(block.start), 0);
    for (let i = 0; i < block.count; i++) {
      this.op(i);
      this.consume(i);
    }
    const v = terminatorValue(block.terminator);
    if (v < 0) return '';
    // Stores of state at the exit must not change what the operand mentions: they only copy variables.
    return this.use(v).text;
  }

  private countUses(): void {
    const { block } = this;
    this.uses = new Int32Array(block.count);
    for (let i = 0; i < block.count; i++) {
      const n = ARG_COUNT[block.op[i]!]!;
      if (n > 0) this.uses[block.a[i]!]!++;
      if (n > 1) this.uses[block.b[i]!]!++;
      if (n > 2) this.uses[block.c[i]!]!++;
    }
    const v = terminatorValue(block.terminator);
    if (v >= 0) this.uses[v]!++;
    this.left = this.uses.slice();
  }

  /** Forgets operands of op i that nothing else uses. */
  private consume(i: number): void {
    const { block } = this;
    const n = ARG_COUNT[block.op[i]!]!;
    if (n === 0 || (this.uses[i] === 0 && OP_ROWS[block.op[i]!]!.effect === undefined)) return;
    let dropped = false;
    for (let k = 0; k < n; k++) {
      const v = k === 0 ? block.a[i]! : k === 1 ? block.b[i]! : block.c[i]!;
      if (--this.left[v]! !== 0) continue;
      dropped = true;
      if (this.isVector(v)) this.slots.release(Number(this.values[v]!.text));
    }
    if (dropped) this.pending = this.pending.filter((p) => this.left[p] !== 0);
  }

  private isVector(v: number): boolean {
    return OP_ROWS[this.block.op[v]!]!.result === 'v128';
  }

  private op(i: number): void {
    const { block } = this;
    const op = block.op[i]! as Op;
    const row = OP_ROWS[op]!;
    switch (row.effect) {
      case 'get':
        this.get(i);
        return;
      case 'set':
        this.set(i);
        return;
      case 'load':
      case 'store':
        this.memory(i, op);
        return;
      case 'marker':
        this.pc = block.a[i]!;
        this.annotate(this.pc, i + 1);
        return;
      case 'control':
        this.control(i, op);
        return;
      default:
        if (this.uses[i] === 0) return;
        if (row.result === 'v128' || row.args[0] === 'v128') this.vector(i, op);
        else this.pure(i, op);
    }
  }

  /** The guest instructions from `pc` up to the next marker, from op i on, as comments. */
  private annotate(pc: number, i: number): void {
    const { block } = this;
    if (this.options.annotate === undefined) return;
    while (i < block.count && block.op[i] !== Op.insn) i++;
    const end = i < block.count ? (block.a[i]! & ~1) >>> 0 : block.end;
    for (const line of this.options.annotate(pc, end)) this.line(`// ${line}`);
  }

  private define(i: number, text: Text): void {
    this.values[i] = text;
    if (text.atom && text.mentions.length === 0) return;
    this.pending.push(i);
    if (this.uses[i]! > 1 && !text.atom) this.pin(i);
  }

  /** Gives a value a name of its own. */
  private pin(i: number): void {
    const t = this.values[i]!;
    if (t.atom && t.mentions.length === 0) return;
    const n = this.prefix + i;
    this.pending = this.pending.filter((p) => p !== i);
    if (t.high === undefined) {
      this.line(`const ${n} = ${t.text};`);
      this.values[i] = { text: n, mentions: [], atom: true };
    } else {
      this.line(`const ${n}l = ${t.text}, ${n}h = ${t.high};`);
      this.values[i] = { text: `${n}l`, high: `${n}h`, mentions: [], atom: true };
    }
  }

  private pinAll(): void {
    for (const i of [...this.pending]) this.pin(i);
  }

  private use(v: number): Text {
    return this.values[v]!;
  }

  private pure(i: number, op: Op): void {
    const { block } = this;
    switch (op) {
      case Op.const1:
        this.define(i, { text: block.a[i] !== 0 ? 'true' : 'false', mentions: [], atom: true });
        return;
      case Op.const32:
        this.define(i, { text: literal(block.a[i]!), mentions: [], atom: true });
        return;
      case Op.const64:
        this.define(i, { text: literal(block.a[i]!), high: literal(block.b[i]!), mentions: [], atom: true });
        return;
      case Op.constf32:
        this.define(i, { text: literal(f32OfBits(block.a[i]!)), mentions: [], atom: true });
        return;
      case Op.constf64:
        this.define(i, { text: literal(f64OfBits(block.a[i]!, block.b[i]!)), mentions: [], atom: true });
        return;
      default:
        this.template(i, op);
    }
  }

  /** Words of the state for the vector that op i gives. */
  private defineVector(i: number): number {
    const slot = this.slots.take();
    this.values[i] = { text: String(slot), mentions: [], atom: true };
    return slot;
  }

  private vector(i: number, op: Op): void {
    const { block } = this;
    const operands = [block.a[i]!, block.b[i]!, block.c[i]!].slice(0, ARG_COUNT[op]).map((v) => this.use(v));
    if (this.isVector(i)) {
      this.line(`${vectorCall(block, i, this.defineVector(i), operands)};`);
      return;
    }
    // The words of the operand may be given away behind its last use, so the result is read here and now.
    this.values[i] = { ...vectorExpression(block, i, operands)!, mentions: [], atom: false };
    this.pin(i);
  }

  private template(i: number, op: Op): void {
    const { block } = this;
    const args = [block.a[i]!, block.b[i]!, block.c[i]!].slice(0, ARG_COUNT[op]);
    const halves = HALVES[op];
    const templates = halves ?? [TEMPLATES[op] ?? this.call(i, op)];
    // An operand that stands more than once in the result must be a name.
    const whole = templates.join(' ');
    args.forEach((v, k) => {
      const t = this.use(v);
      const stands = whole.split(`$${k}`).length - 1;
      if (!t.atom && stands > (t.high === undefined ? 1 : 0)) this.pin(v);
    });
    const texts = args.map((v) => this.use(v));
    const fill = (s: string): string =>
      s.replace(/\$(\d)([lh]?)/g, (_, k: string, half: string) => {
        const t = texts[Number(k)]!;
        return half === 'h' ? t.high! : t.text;
      });
    const mentions = [...new Set(texts.flatMap((t) => t.mentions))];
    if (halves) this.define(i, { text: fill(halves[0]), high: fill(halves[1]), mentions, atom: false });
    else this.define(i, { text: fill(templates[0]!), mentions, atom: false });
  }

  private call(i: number, op: Op): string {
    const { block } = this;
    switch (op) {
      case Op.call1:
        return `helper[${block.b[i]}]($0, 0, 0)`;
      case Op.call2:
        return `helper[${block.c[i]}]($0, $1, 0)`;
      case Op.call3:
        return `helper[${block.d[i]}]($0, $1, $2)`;
      default:
        throw new Error(`no JavaScript for ${OP_NAMES[op]}`);
    }
  }

  private get(i: number): void {
    if (this.uses[i] === 0) return;
    const { block } = this;
    const field = block.a[i]!;
    const type = OP_ROWS[block.op[i]!]!.result;
    if (this.flow.promoted.has(field)) {
      const n = this.name(field);
      if (type === 'i64') this.define(i, { text: `${n}l`, high: `${n}h`, mentions: [field], atom: true });
      else this.define(i, { text: n, mentions: [field], atom: true });
      return;
    }
    // A field in memory may change through another name, so its value is read here and now.
    const word = this.layout.fields[field]!.offset >> 2;
    if (type === 'v128') {
      this.line(`V.${block.op[i] === Op.getdup64 ? 'duplicate' : 'copy'}(${this.defineVector(i)}, ${word});`);
      return;
    }
    if (type === 'i64') this.values[i] = { text: `S[${word}]`, high: `S[${word + 1}]`, mentions: [], atom: false };
    else {
      const text =
        type === 'i1' ? `S[${word}] !== 0` : type === 'i32' ? `S[${word}]` : type === 'f32' ? `SF32[${word}]` : `SF64[${word >> 1}]`;
      this.values[i] = { text, mentions: [], atom: false };
    }
    this.pin(i);
  }

  private set(i: number): void {
    const { block } = this;
    const field = block.b[i]!;
    const type = OP_ROWS[block.op[i]!]!.args[0]!;
    const source = block.a[i]!;
    for (const p of [...this.pending]) if (p !== source && this.values[p]!.mentions.includes(field)) this.pin(p);
    const t = this.use(source);
    if (this.flow.promoted.has(field)) {
      const n = this.name(field);
      // A later use of the source, or the high half, would see the new value if its text mentions this variable.
      if (t.mentions.includes(field) && (this.uses[source]! > 1 || (t.high !== undefined && !t.atom))) this.pin(source);
      const v = this.use(source);
      if (type === 'i64') {
        if (v.high !== undefined && v.text !== `${n}l`) this.line(`${n}l = ${v.text}; ${n}h = ${v.high};`);
      } else this.line(`${n} = ${v.text};`);
      this.dirty.add(field);
    } else {
      const word = this.layout.fields[field]!.offset >> 2;
      if (block.op[i] === Op.setlow64) this.line(`S[${word}] = S[${t.text}]; S[${word + 1}] = S[${Number(t.text) + 1}];`);
      else if (type === 'v128') this.line(`V.copy(${word}, ${t.text});`);
      else if (type === 'i64') this.line(`S[${word}] = ${t.text}; S[${word + 1}] = ${t.high};`);
      else if (type === 'i1') this.line(`S[${word}] = ${t.text} ? 1 : 0;`);
      else if (type === 'i32') this.line(`S[${word}] = ${t.text};`);
      else if (type === 'f32') this.line(`SF32[${word}] = ${t.text};`);
      else this.line(`SF64[${word >> 1}] = ${t.text};`);
    }
  }

  private control(i: number, op: Op): void {
    const { block } = this;
    this.pinAll();
    if (op === Op.if) this.line(`if (${this.use(block.a[i]!).text}) {`);
    else if (op === Op.endif) this.line('}');
    else this.line(`${this.store(this.dirty)}raiseTrap(${block.a[i]}, ${block.b[i]});`);
  }

  /** What precedes an access that may fault: the pc and, in precise mode, the registers. */
  private slow(): string {
    return `S[${PC}] = ${this.pc}; ${this.options.precise ? this.store(this.dirty) : ''}`;
  }

  private memory(i: number, op: Op): void {
    const { block } = this;
    const n = this.prefix + i;
    const a = block.a[i]!;
    if (op === Op.fence) {
      this.line('Atomics.load(S, 0);');
      return;
    }
    if (op === Op.call0) {
      this.values[i] = { text: `helper[${a}](0, 0, 0)`, mentions: [], atom: false };
      this.pin(i);
      return;
    }
    const shape = ACCESS[op]!;
    const offset = shape.cas ? 0 : shape.store ? block.c[i]! : block.b[i]!;
    const flags = shape.cas || shape.store ? block.d[i]! : block.c[i]!;
    const base = this.use(a).text;
    this.line(`const a${n} = ${offset === 0 ? `${base} >>> 0` : `${base} + ${literal(offset)} >>> 0`};`);
    if (op === Op.load128) this.line(`${this.slow()}V.loadMemory(${this.defineVector(i)}, a${n}, ${flags});`);
    else if (op === Op.store128) this.line(`${this.slow()}V.storeMemory(a${n}, ${this.use(block.b[i]!).text}, ${flags});`);
    else if (shape.cas) this.compareAndSwap(i, op, n, flags);
    else if (shape.store) this.storeAccess(i, shape, `a${n}`, flags);
    else this.loadAccess(i, shape, n, flags);
  }

  private test(shape: Access, address: string, flags: number, bit: number): string {
    const inline = shape.array !== undefined && (shape.size === 1 || (flags & 1) === 0);
    if (!inline) return 'false';
    const aligned = shape.size === 1 ? '' : `(${address} & ${shape.size - 1}) === 0 && `;
    return `${aligned}(P[${address} >>> 12] & ${bit}) !== 0`;
  }

  private loadAccess(i: number, shape: Access, n: string, flags: number): void {
    const address = `a${n}`;
    if (shape.array === undefined) {
      this.line(`${this.slow()}const ${n}l = memory.${shape.method}(${address}, ${flags}), ${n}h = memory.high;`);
      this.values[i] = { text: `${n}l`, high: `${n}h`, mentions: [], atom: true };
      return;
    }
    const index = shape.size === 1 ? address : `${address} >>> ${shape.size >> 1}`;
    const test = this.test(shape, address, flags, 1);
    const call = `memory.${shape.method}(${address}, ${flags})`;
    const value = shape.extend === undefined ? call : `${call} << ${shape.extend} >> ${shape.extend}`;
    this.line(`let ${n};`);
    if (test === 'false') this.line(`${this.slow()}${n} = ${value};`);
    else this.line(`if (${test}) ${n} = ${shape.array}[${index}]; else { ${this.slow()}${n} = ${value}; }`);
    this.values[i] = { text: n, mentions: [], atom: true };
  }

  private storeAccess(i: number, shape: Access, address: string, flags: number): void {
    const v = this.block.b[i]!;
    if (shape.array === undefined) {
      const t = this.use(v);
      this.line(`${this.slow()}memory.${shape.method}(${address}, ${t.text}, ${t.high}, ${flags});`);
    } else {
      if (!this.use(v).atom) this.pin(v);
      const value = this.use(v).text;
      const index = shape.size === 1 ? address : `${address} >>> ${shape.size >> 1}`;
      const test = this.test(shape, address, flags, 2);
      const slow = `${this.slow()}memory.${shape.method}(${address}, ${value}, ${flags});`;
      this.line(test === 'false' ? slow : `if (${test}) ${shape.array}[${index}] = ${value}; else { ${slow} }`);
    }
  }

  private compareAndSwap(i: number, op: Op, n: string, flags: number): void {
    const expected = this.use(this.block.b[i]!);
    const value = this.use(this.block.c[i]!);
    this.line(this.slow());
    if (op === Op.cas64) {
      const args = `a${n}, ${expected.text}, ${expected.high}, ${value.text}, ${value.high}, ${flags}`;
      this.line(`const ${n}l = memory.cas64(${args}), ${n}h = memory.high;`);
      this.values[i] = { text: `${n}l`, high: `${n}h`, mentions: [], atom: true };
    } else {
      this.line(`const ${n} = memory.${OP_NAMES[op]}(a${n}, ${expected.text}, ${value.text}, ${flags});`);
      this.values[i] = { text: n, mentions: [], atom: true };
    }
  }
}

interface Access {
  /** Bytes. */
  readonly size: number;
  /** Typed array for the inline access; absent for doublewords. */
  readonly array?: string;
  /** GuestAccess method of the slow path. */
  readonly method: string;
  /** Shift that sign-extends the slow path's result. */
  readonly extend?: number;
  readonly store?: true;
  readonly cas?: true;
}

const ACCESS: Readonly<Partial<Record<Op, Access>>> = {
  [Op.load8_u]: { size: 1, array: 'U8', method: 'load8' },
  [Op.load8_s]: { size: 1, array: 'I8', method: 'load8', extend: 24 },
  [Op.load16_u]: { size: 2, array: 'U16', method: 'load16' },
  [Op.load16_s]: { size: 2, array: 'I16', method: 'load16', extend: 16 },
  [Op.load32]: { size: 4, array: 'I32', method: 'load32' },
  [Op.load64]: { size: 8, method: 'load64' },
  [Op.load128]: { size: 16, method: 'load128' },
  [Op.store8]: { size: 1, array: 'U8', method: 'store8', store: true },
  [Op.store16]: { size: 2, array: 'U16', method: 'store16', store: true },
  [Op.store32]: { size: 4, array: 'I32', method: 'store32', store: true },
  [Op.store64]: { size: 8, method: 'store64', store: true },
  [Op.store128]: { size: 16, method: 'store128', store: true },
  [Op.cas8]: { size: 1, method: 'cas8', cas: true },
  [Op.cas16]: { size: 2, method: 'cas16', cas: true },
  [Op.cas32]: { size: 4, method: 'cas32', cas: true },
  [Op.cas64]: { size: 8, method: 'cas64', cas: true },
};
