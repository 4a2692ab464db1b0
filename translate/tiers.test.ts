/** Every op computes the same in the interpreter, in emitted JavaScript and in WebAssembly, and as its table row folds. */
import { Builder } from './ir/builder';
import { location } from './ir/block';
import { CpuState } from './ir/cpu-state';
import { Op } from './ir/opcodes';
import { OP_NAMES, OPS, type OpName } from './ir/ops';
import { StateLayout, TYPE_SIZE } from './ir/state';
import type { IrType } from './ir/types';
import * as emitJs from './emit-js';
import * as emitWasm from './emit-wasm';
import { GuestAccess } from './guest-access';
import { Interpreter } from './interpret';
import { analyseState, structure, type Region } from './region';

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

const TYPES: readonly IrType[] = ['i1', 'i32', 'i64', 'f32', 'f64'];
const layout = new StateLayout(TYPES.flatMap((t) => ['a', 'b', 'c', 'r'].map((n) => [`${n}_${t}`, t] as const)));
const field = (name: string, t: IrType): number => layout.index(`${name}_${t}`);
const suffix = (t: IrType): string => ({ i1: '1', i32: '32', i64: '64', f32: 'f32', f64: 'f64' })[t];
const opcode = (name: string): Op => Op[name as OpName];

/** A block that applies an op to the fields a, b, c of its types and writes field r. */
function program(name: OpName): Region {
  const ir = new Builder(layout, false);
  const row = OPS[name];
  ir.insn(0x1000);
  const args = row.args.map((t, i) => ir.append(opcode(`get${suffix(t)}`), field('abc'[i]!, t)));
  const v = ir.append(Op[name], args[0], args[1], args[2]);
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
        const fn = emitWasm.emitRegion(region, structure(region), analyseState(region, layout), layout, { precise: false });
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
    if (t === 'i64') state.i32[(at >> 2) + 1] = word();
  }
}

/** Quiet bit of a single NaN. */
const QUIET = 1 << 22;

const pure = OP_NAMES.filter((n) => !('effect' in OPS[n]) && !n.startsWith('const') && !n.startsWith('call'));

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
