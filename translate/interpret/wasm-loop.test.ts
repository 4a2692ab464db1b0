/** The interpreter in WebAssembly does what the one in JavaScript does, over linked blocks of random code. */
import { GuestAccess, GuestFault } from '../guest-access';
import { location, successors } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { Builder } from '../ir/builder';
import { CpuState } from '../ir/cpu-state';
import { Random, randomRegion, TEST_LAYOUT } from '../ir/random-block';
import { ENGINE_WORD, HEADROOM } from '../ir/state';
import type { I32 } from '../ir/types';
import { Interpreter } from './interpreter';
import { GuestTrap } from './javascript-loop';
import type { PackedBlock } from './pack';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 2 ** 31);

const BYTES = 65536;
/** Accesses around the end of memory, so that some fault. */
const MEMORY = { base: BYTES - 208, mask: 0xff, unaligned: true };
const HELPERS = [{ name: 'mix', run: (a: number, b: number, c: number): number => (Math.imul(a, 31) + Math.imul(b, 17) + c) | 0 }];
const STATE_WORDS = TEST_LAYOUT.size / 4;
/** How often a block may run. */
const RUNS = 4;

class Machine {
  readonly cpu = new CpuState(TEST_LAYOUT);
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  readonly words = new Int32Array(this.memory.buffer);
  readonly interpreter: Interpreter;

  constructor(looped: boolean) {
    const { buffer } = this.memory;
    const pages = new Uint8Array(1 << 20).fill(3, 0, BYTES / 4096);
    const views = { u8: new Uint8Array(buffer), i32: this.words, view: new DataView(buffer), pages };
    this.interpreter = new Interpreter(this.cpu, new GuestAccess(views), HELPERS, looped ? this.memory : undefined, 0);
  }

  /** Runs a region from its first block until it is left, throws, or is about to run a block too often. */
  run(region: BlockGraph, start: number): string {
    const { interpreter, cpu } = this;
    const random = new Random(start);
    for (let i = 0; i < STATE_WORDS; i++) cpu.i32[i] = random.interesting();
    TEST_LAYOUT.fields.forEach((f) => {
      if (f.type === 'i1') cpu.i32[f.offset >> 2]! &= 1;
    });
    cpu.i32[ENGINE_WORD.headroom] = HEADROOM;
    for (let i = 0; i < this.words.length; i++) this.words[i] = Math.imul(i + 1, 0x9e3779b1);
    interpreter.clear();
    const packed = region.blocks.map((b) => interpreter.prepare(b, undefined, RUNS));
    const end = this.follow(region, packed);
    return [end, cpu.i32.subarray(0, STATE_WORDS).join(' '), this.words.subarray(-128).join(' ')].join('\n');
  }

  private follow(region: BlockGraph, packed: readonly PackedBlock[]): string {
    const { interpreter } = this;
    let at = 0;
    for (;;) {
      if (interpreter.spent(packed[at]!)) return `spent before ${at}`;
      try {
        const ran = interpreter.run(packed[at]!);
        at = interpreter.current;
        if (!ran) continue;
      } catch (e) {
        if (!(e instanceof GuestFault) && !(e instanceof GuestTrap)) throw e;
        return `${e.message} by ${interpreter.faultingPc(packed[interpreter.current]!)}`;
      }
      const { terminator } = region.blocks[at]!;
      const k = terminator.kind === 'branch' && interpreter.words[packed[at]!.result] === 0 ? 1 : 0;
      const next = region.edges[at]![k]!.block;
      if (next < 0) return `exit to ${successors(terminator)[k]}`;
      interpreter.link(packed[at]!, k, packed[next]!);
      at = next;
    }
  }
}

describe(`interpreter in WebAssembly, TSEMU_SEED=${seed}`, () => {
  it('runs random regions as the one in JavaScript does', () => {
    const random = new Random(seed);
    const js = new Machine(false);
    const wasm = new Machine(true);
    for (let n = 0; n < 400; n++) {
      const region = randomRegion(random, 1 + random.below(6), { ops: 4 + random.below(30), memory: MEMORY, helpers: HELPERS.length });
      const start = random.word();
      expect([n, wasm.run(region, start)]).toEqual([n, js.run(region, start)]);
    }
  });

  it('goes on behind computed jumps it was told of until a block is spent, and forgets them', () => {
    const m = new Machine(true);
    const ir = new Builder(TEST_LAYOUT);
    const r = TEST_LAYOUT.index('r0');
    const jump = (from: number, to: number): PackedBlock => {
      ir.reset();
      ir.set32(r, ir.add32(ir.get32(r), ir.const32(1)));
      const target: I32 = ir.const32(to);
      return m.interpreter.prepare(
        ir.finish(location(from), from + 4, 1, { kind: 'indirect', target, hint: 'jump', mode: 0 }),
        undefined,
        5,
      );
    };
    const high = 0xffff0ff1;
    const there = jump(0x1000, high);
    const back = jump(high, 0x1000);
    expect(m.interpreter.run(there)).toBe(true);
    expect(m.cpu.i32[TEST_LAYOUT.offset('r0') >> 2]).toBe(1);
    m.interpreter.remember(high, back);
    m.interpreter.remember(0x1000, there);
    expect(m.interpreter.run(back)).toBe(false);
    expect(m.cpu.i32[TEST_LAYOUT.offset('r0') >> 2]).toBe(10);
    expect(m.interpreter.current).toBe(there.id);
    m.interpreter.unlink();
    m.interpreter.allow(back, 2);
    expect(m.interpreter.run(back)).toBe(true);
    expect(m.interpreter.current).toBe(back.id);
  });

  it('stops before the next block when there is no headroom', () => {
    const m = new Machine(true);
    const ir = new Builder(TEST_LAYOUT);
    ir.set32(ENGINE_WORD.headroom, ir.const32(0));
    const block = m.interpreter.prepare(ir.finish(location(0x1000), 0x1004, 1, { kind: 'jump', target: location(0x1000) }));
    m.interpreter.link(block, 0, block);
    m.cpu.i32[ENGINE_WORD.headroom] = HEADROOM;
    expect(m.interpreter.run(block)).toBe(false);
    expect(m.cpu.i32[ENGINE_WORD.headroom]).toBe(0);
  });
});
