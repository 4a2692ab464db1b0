/**
 * The interpreter as a WebAssembly module: the loop that goes from op to op and from block to block.
 *
 * JavaScript's own version of the loop (interpreter.ts) costs 25 to 30 ns per op in runs of a second: V8 throws its
 * code away each time an op or a kind of value is met for the first time (19 times in `python3 -S -c pass`). This one
 * has no such states.
 */
import { Encoder } from '../emit-wasm/encoder';
import { EMPTY_BLOCK, W } from '../emit-wasm/opcodes';
import { ENGINE_WORD } from '../ir/state';
import { RECORD, STORE, type CodeStore } from './code-store';
import { PACKED_OPCODES } from './packed-op';
import { CaseWriter, LOCAL, LOCALS, MEMORY, Stop } from './wasm-cases';

/** Runs blocks from the record at a byte address on. */
export type Loop = (record: number) => Stop;

const I32 = 0x7f;
const FUNCTION_TYPE = 0x60;
const SHARED_WITH_MAXIMUM = 3;
const GUEST_PAGES = 65536;

function section(out: Encoder, id: number, fill: (e: Encoder) => void): void {
  const body = new Encoder();
  fill(body);
  out.byte(id);
  out.sized(body);
}

/** Imports the guest, state and code memories and exports the loop. */
function buildLoop(): Uint8Array<ArrayBuffer> {
  const out = new Encoder();
  out.raw([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(out, 1, (e) => e.raw([1, FUNCTION_TYPE, 1, I32, 1, I32]));
  section(out, 2, (e) => {
    const memory = (name: string, flags: number, limits: readonly number[]): void => {
      e.name('e');
      e.name(name);
      e.raw([2, flags]);
      for (const n of limits) e.u32(n);
    };
    e.u32(3);
    memory('guest', SHARED_WITH_MAXIMUM, [0, GUEST_PAGES]);
    memory('state', SHARED_WITH_MAXIMUM, [1, 1]);
    memory('code', 0, [1]);
  });
  section(out, 3, (e) => e.raw([1, 0]));
  section(out, 7, (e) => {
    e.u32(1);
    e.name('loop');
    e.raw([0, 0]);
  });
  section(out, 10, (e) => {
    e.u32(1);
    e.sized(loopBody());
  });
  return out.result() as Uint8Array<ArrayBuffer>;
}

/**
 * Nesting, outermost first: `unfinished`, which cases that JavaScript has to run break to; `next`, the loop over
 * blocks; `op`, the loop over ops; and a block for each case, whose end its code follows.
 */
function loopBody(): Encoder {
  const out = new Encoder();
  out.u32(LOCALS.length);
  for (const type of LOCALS) out.raw([1, type]);
  const writer = new CaseWriter(out);
  const cases = writer.cases();
  out.raw([W.block, EMPTY_BLOCK]);
  out.raw([W.loop, EMPTY_BLOCK]);
  enterBlock(writer);
  out.raw([W.loop, EMPTY_BLOCK]);
  for (let k = 0; k < cases.length; k++) out.raw([W.block, EMPTY_BLOCK]);
  writer.word(0);
  dispatch(out, cases);
  cases.forEach((c, k) => {
    out.byte(W.end);
    writer.depth = cases.length - 1 - k;
    c.write();
  });
  out.raw([W.end, W.end, W.end]);
  writer.storeHeader(STORE.at, () => writer.local(W.local_get, LOCAL.p));
  writer.constant(Stop.Unfinished);
  out.byte(W.end);
  return out;
}

/** Case k's block is the k-th from inside. Opcodes without a case get the last, which leaves it to JavaScript. */
function dispatch(out: Encoder, cases: readonly { readonly opcodes: readonly number[] }[]): void {
  const target = new Array<number>(PACKED_OPCODES).fill(cases.length - 1);
  cases.forEach((c, k) => c.opcodes.forEach((op) => (target[op] = k)));
  out.byte(W.br_table);
  out.u32(PACKED_OPCODES);
  for (const k of target) out.u32(k);
  out.u32(cases.length - 1);
}

/** The block in `b` becomes the current one; returns if it is spent or there is no headroom. */
function enterBlock(writer: CaseWriter): void {
  const { out } = writer;
  writer.storeHeader(STORE.current, () => writer.local(W.local_get, LOCAL.b));
  writer.constant(0);
  writer.access(W.i32_load, MEMORY.state, 4 * ENGINE_WORD.headroom);
  out.byte(W.i32_eqz);
  writer.stop(Stop.Before);
  writer.local(W.local_get, LOCAL.b);
  writer.access(W.i32_load, MEMORY.code, 4 * RECORD.left);
  writer.local(W.local_tee, LOCAL.x);
  out.raw([W.i32_const, 0, W.i32_le_s]);
  writer.stop(Stop.Before);
  writer.local(W.local_get, LOCAL.b);
  writer.local(W.local_get, LOCAL.x);
  out.raw([W.i32_const, 1, W.i32_sub]);
  writer.access(W.i32_store, MEMORY.code, 4 * RECORD.left);
  writer.local(W.local_get, LOCAL.b);
  writer.constant(4 * RECORD.words);
  out.byte(W.i32_add);
  writer.local(W.local_set, LOCAL.p);
}

export function instantiateLoop(guest: WebAssembly.Memory, state: WebAssembly.Memory, store: CodeStore): Loop {
  store.forgetTargets();
  const module = new WebAssembly.Module(buildLoop());
  const { exports } = new WebAssembly.Instance(module, { e: { guest, state, code: store.memory } });
  return exports['loop'] as Loop;
}
