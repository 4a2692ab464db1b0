/** Every op computes the same in both interpreters, in emitted JavaScript and in WebAssembly, and as its table row folds. */
import { Builder } from './ir/builder';
import { location } from './ir/block';
import { CpuState } from './ir/cpu-state';
import { Op } from './ir/opcodes';
import { OP_NAMES, OPS, type OpName, type OpRow } from './ir/ops';
import { StateLayout, TYPE_SIZE } from './ir/state';
import type { IrType } from './ir/types';
import { VECTOR_OPERATIONS } from './ir/vector-ops';
import * as emitJs from './emit-js';
import * as emitWasm from './emit-wasm';
import { GuestAccess } from './guest-access';
import { Interpreter } from './interpret';
import { analyseState, blocksThatStore, structure, type Region } from './region';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 2 ** 31);

function random(): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  };
}

const TYPES: readonly IrType[] = ['i1', 'i32', 'i64', 'f32', 'f64', 'v128'];
const layout = new StateLayout(TYPES.flatMap((t) => ['a', 'b', 'c', 'r'].map((n) => [`${n}_${t}`, t] as const)));
const field = (name: string, t: IrType): number => layout.index(`${name}_${t}`);
const suffix = (t: IrType): string => ({ i1: '1', i32: '32', i64: '64', f32: 'f32', f64: 'f64', v128: '128' })[t];
const opcode = (name: string): Op => Op[name as OpName];

/** A block that applies an op to the fields a, b, c of its types and writes field r. */
function program(name: OpName, imms: readonly number[] = []): Region {
  const ir = new Builder(layout, false);
  const row = OPS[name];
  ir.insn(0x1000);
  const args = row.args.map((t, i) => ir.append(opcode(`get${suffix(t)}`), field('abc'[i]!, t)));
  const [x, y, z, w] = [...args, ...imms];
  const v = ir.append(Op[name], x, y, z, w);
  const result = row.result as IrType;
  ir.append(opcode(`set${suffix(result)}`), v, field('r', result));
  const block = ir.finish(location(0x1000), 0x1004, 1, { kind: 'jump', target: location(0x1004) });
  return { blocks: [block], edges: [[{ block: -1, location: location(0x1004) }]] };
}

const memory = {
  memory: new WebAssembly.Memory({ initial: 65536, maximum: 65536, shared: true }),
  pages: new Uint8Array(1 << 20),
};
const views = {
  u8: new Uint8Array(memory.memory.buffer),
  i32: new Int32Array(memory.memory.buffer),
  view: new DataView(memory.memory.buffer),
  pages: memory.pages,
};

interface Tier {
  readonly name: string;
  readonly state: CpuState;
  run(region: Region): () => void;
}

function tiers(): Tier[] {
  const interpreted = new CpuState(layout);
  const interpreter = new Interpreter(interpreted, new GuestAccess(views), []);
  const looped = new CpuState(layout);
  const loop = new Interpreter(looped, new GuestAccess(views), [], memory.memory, 0);
  const js = new CpuState(layout);
  const wasm = new CpuState(layout);
  emitWasm.clearJumpCache(wasm.i32);
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 });
  return [
    {
      name: 'interpreter',
      state: interpreted,
      run: (region) => {
        const packed = interpreter.prepare(region.blocks[0]!);
        return () => interpreter.execute(packed);
      },
    },
    {
      name: 'interpreter in WebAssembly',
      state: looped,
      run: (region) => {
        const packed = loop.prepare(region.blocks[0]!);
        return () => void loop.run(packed);
      },
    },
    {
      name: 'JavaScript',
      state: js,
      run: (region) => {
        const source = emitJs.emitRegion(region, structure(region), analyseState(region, layout), layout, { precise: false });
        return emitJs.instantiate(source, { state: js, memory: new GuestAccess(views), helpers: [] });
      },
    },
    {
      name: 'WebAssembly',
      state: wasm,
      run: (region) => {
        const flow = analyseState(region, layout, { storesAtEnd: blocksThatStore(region) });
        const fn = emitWasm.emitRegion(region, structure(region), flow, layout, { precise: false });
        const code = emitWasm.instantiate(emitWasm.buildModule([fn]), { state: wasm, memory: memory.memory, helpers: [], table })[0]!;
        return () => void code(0);
      },
    },
  ];
}

const EDGES = [0, 1, 2, -1, -2, 0x7fffffff, -0x80000000, 31, 32, 63, 0xff, 0xffff, 0x10000, 0x00ff00ff];
const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -2.5,
  1e10,
  -1e10,
  1e40,
  1e-40,
  4294967295,
  4294967296,
  2147483648,
  -2147483649,
  Infinity,
  -Infinity,
  3.14159,
];

function fill(state: CpuState, t: IrType, name: string, next: () => number): void {
  const at = layout.fields[field(name, t)]!.offset;
  const pick = next();
  const word = (): number => ((next() & 3) === 0 ? next() : EDGES[(next() >>> 1) % EDGES.length]!);
  if (t === 'i1') state.i32[at >> 2] = pick & 1;
  else if (t === 'f32') state.f32[at >> 2] = FLOATS[(pick >>> 1) % FLOATS.length]!;
  else if (t === 'f64') state.f64[at >> 3] = (pick & 1) === 0 ? FLOATS[(pick >>> 1) % FLOATS.length]! : next() * 1.000001;
  else {
    state.i32[at >> 2] = word();
    for (let w = 1; w < TYPE_SIZE[t] / 4; w++) state.i32[(at >> 2) + w] = word();
  }
}

/** Quiet bit of a single NaN. */
const QUIET = 1 << 22;

const pure = OP_NAMES.filter((n) => !('effect' in OPS[n]) && !n.startsWith('const') && !('imms' in OPS[n]) && n !== 'shuffle');

describe(`pure ops, TSEMU_SEED=${seed}`, () => {
  it.each(pure)('%s', (name) => {
    const row = OPS[name];
    const region = program(name);
    const all = tiers().map((t) => ({ ...t, go: t.run(region) }));
    const reference = all[0]!.state;
    const next = random();
    const result = row.result as IrType;
    const at = layout.fields[field('r', result)]!.offset >> 2;
    // JavaScript has no signalling singles: reading one as a number makes it quiet.
    const word = (state: CpuState, w: number): number => {
      const bits = state.i32[at + w]!;
      return result === 'f32' && (bits & 0x7fffffff) > 0x7f800000 ? bits | QUIET : bits;
    };
    for (let n = 0; n < 300; n++) {
      row.args.forEach((t, i) => fill(reference, t, 'abc'[i]!, next));
      for (const t of all.slice(1)) t.state.i32.set(reference.i32.subarray(0, layout.size / 4));
      for (const t of all) t.go();
      for (const t of all.slice(1)) {
        for (let w = 0; w < TYPE_SIZE[result] / 4; w++) expect([t.name, n, word(t.state, w)]).toEqual([t.name, n, word(reference, w)]);
      }
      if ('fold' in row) {
        const [x = 0, y = 0, z = 0] = row.args.map((t, i) => reference.i32[layout.fields[field('abc'[i]!, t)]!.offset >> 2]!);
        const fold = row.fold as (x: number, y: number, z: number) => number;
        expect(reference.i32[at]).toBe(fold(x, y, z) | 0);
      }
    }
  });
});

/** NaN lanes made the same: their patterns are the host's affair. */
function withoutNans(words: readonly number[], name: string): readonly number[] {
  const lanes = /^f(32|64).*\.(?!eq|ne|lt|gt|le|ge)/.exec(name)?.[1];
  if (lanes === '32') return words.map((w) => ((w & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : w));
  if (lanes !== '64') return words;
  const isNan = (i: number): boolean => Number.isNaN(new Float64Array(Int32Array.of(words[i]!, words[i + 1]!).buffer)[0]);
  return [0, 2].flatMap((i) => (isNan(i) ? [0, 0x7ff80000] : [words[i]!, words[i + 1]!]));
}

const operations = VECTOR_OPERATIONS.flatMap((o, n) => (o === undefined ? [] : [[o.name, n, o] as const]));

/** Puts values that matter into the lanes of a vector, as integers or floating-point numbers. */
function fillVector(state: CpuState, name: string, operation: string, next: () => number): void {
  fill(state, 'v128', name, next);
  const at = layout.fields[field(name, 'v128')]!.offset;
  if (/f32x4/.test(operation)) for (let i = 0; i < 4; i++) state.f32[at / 4 + i] = FLOATS[(next() >>> 1) % FLOATS.length]!;
  if (/f64x2/.test(operation)) for (let i = 0; i < 2; i++) state.f64[at / 8 + i] = FLOATS[(next() >>> 1) % FLOATS.length]!;
}

function expectSameEverywhere(region: Region, prepare: (state: CpuState) => void, result: IrType, name: string): void {
  const all = tiers().map((t) => ({ ...t, go: t.run(region) }));
  const reference = all[0]!.state;
  const at = layout.fields[field('r', result)]!.offset >> 2;
  const words = (state: CpuState): readonly number[] => withoutNans([...state.i32.subarray(at, at + TYPE_SIZE[result] / 4)], name);
  for (let n = 0; n < 100; n++) {
    prepare(reference);
    for (const t of all.slice(1)) t.state.i32.set(reference.i32.subarray(0, layout.size / 4));
    for (const t of all) t.go();
    for (const t of all.slice(1)) expect([t.name, n, ...words(t.state)]).toEqual([t.name, n, ...words(reference)]);
  }
}

describe(`vector operations, TSEMU_SEED=${seed}`, () => {
  const next = random();

  it.each(operations)('%s', (name, number, operation) => {
    const row: OpRow = OPS[operation.op];
    const lane = row.imms![1] === 'lane' ? [(next() >>> 1) % operation.lanes] : [];
    const prepare = (state: CpuState): void =>
      row.args.forEach((t, i) => (t === 'v128' ? fillVector(state, 'abc'[i]!, name, next) : fill(state, t, 'abc'[i]!, next)));
    expectSameEverywhere(program(operation.op, [number, ...lane]), prepare, row.result as IrType, name);
  });

  it('shuffle, getdup64 and setlow64', () => {
    for (let k = 0; k < 20; k++) {
      const ir = new Builder(layout, false);
      const word = (): number => next() & 0x1f1f1f1f;
      const pattern = ir.const128(word(), word(), word(), word());
      const x = ir.get128(field('a', 'v128'));
      ir.set128(field('r', 'v128'), ir.shuffle(x, ir.getdup64(field('b', 'i64')), pattern));
      ir.setlow64(field('r', 'f64'), x);
      const block = ir.finish(location(0x1000), 0x1004, 1, { kind: 'jump', target: location(0x1004) });
      const region: Region = { blocks: [block], edges: [[{ block: -1, location: location(0x1004) }]] };
      const prepare = (state: CpuState): void => {
        fill(state, 'v128', 'a', next);
        fill(state, 'i64', 'b', next);
      };
      expectSameEverywhere(region, prepare, 'v128', 'i8x16.shuffle');
      expectSameEverywhere(region, prepare, 'f64', 'i64x2.setlow');
    }
  });
});
