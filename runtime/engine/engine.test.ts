/** Dispatch, invalidation and exits of the engine over a toy processor, with each compiler and at several thresholds. */
import { javascriptCompiler } from '../../emulator/region-compiler';
import { WasmCompiler } from '../../emulator/wasm-compiler';
import { HEADROOM } from '../../translate/ir/state';
import { CpuState } from '../../translate/ir/cpu-state';
import { AddressSpace, GuestMemory, PAGE_SIZE, Prot } from '../memory';
import { JUMP_CACHE_ENTRIES } from './tunables';
import { Engine } from './engine';
import { assemble, TOY_LAYOUT, toyTarget } from './toy-target-fixture';

const memory = new GuestMemory('little');
const space = new AddressSpace(memory, 0xfff0_0000);
const CODE = 0x10000;
const STACK = 0x10_0000;
space.map({ address: CODE, length: 16 * PAGE_SIZE, prot: Prot.Read | Prot.Write | Prot.Exec, fixed: 'replace' });
space.map({ address: STACK, length: 64 * PAGE_SIZE, prot: Prot.Read | Prot.Write, fixed: 'replace' });

interface Setup {
  readonly emit: 'interp' | 'js' | 'wasm';
  readonly hotThreshold: number;
  /** Bytes of code after which all is dropped. */
  readonly maxBytes?: number;
}
const SETUPS: readonly Setup[] = [
  { emit: 'interp', hotThreshold: 1 },
  ...([1, 2, 5] as const).flatMap((hotThreshold): Setup[] => [
    { emit: 'js', hotThreshold },
    { emit: 'wasm', hotThreshold },
  ]),
  // High enough for regions that follow what the program did, with the functions they call
  { emit: 'wasm', hotThreshold: 120 },
  { emit: 'wasm', hotThreshold: 2, maxBytes: 2000 },
];

class Machine {
  readonly state = new CpuState(TOY_LAYOUT);
  readonly labels: Record<string, number> = {};
  readonly engine: Engine;
  helper = (): number => 0;
  compiled = 0;

  constructor({ emit, hotThreshold, maxBytes }: Setup) {
    const target = toyTarget(() => this.helper());
    const { state } = this;
    const options = {
      state,
      memory,
      helpers: target.helpers,
      precise: false,
      optimise: <R>(r: R): R => r,
      onCompile: () => void this.compiled++,
    };
    this.engine = new Engine({
      target,
      lifter: target.createLifter({ name: '', description: '', features: new Set() }),
      reader: {
        fetch16: () => undefined,
        fetch32: (at) => (memory.accessible(at, 4, Prot.Exec) ? memory.view.getInt32(at, true) : undefined),
        unimplemented: () => undefined,
      },
      memory,
      state,
      neededOps: undefined,
      simplify: true,
      compiler: emit === 'interp' ? undefined : emit === 'js' ? javascriptCompiler(options) : new WasmCompiler(options, maxBytes),
      hotThreshold,
    });
    memory.i32.fill(0, CODE >> 2, (CODE + 16 * PAGE_SIZE) >> 2);
    this.state.set('r6', STACK);
  }

  /** Assembles a program to an address; labels of all programs are known to the later ones. */
  load(text: string, at = CODE): void {
    memory.i32.set(assemble(at, text, this.labels), at >> 2);
  }

  run(from: string): ReturnType<Engine['run']> {
    this.state.set('pc', this.labels[from]!);
    return this.engine.run();
  }

  get pc(): number {
    return this.state.get('pc') >>> 0;
  }
}

const syscall = (info: number): unknown => ({ kind: 'syscall', info });

describe.each(SETUPS)('engine with $emit after $hotThreshold, at most $maxBytes bytes', (setup) => {
  it('runs loops, and goes on behind system calls', () => {
    const m = new Machine(setup);
    m.load(`
      start: addi r0, r0, 1000
      loop:  addi r1, r1, 3
             addi r0, r0, -1
             bnez r0, loop
             sys 1
             addi r1, r1, 1
             sys 2`);
    expect(m.run('start')).toEqual(syscall(1));
    expect(m.state.get('r1')).toBe(3000);
    expect(m.engine.run()).toEqual(syscall(2));
    expect(m.state.get('r1')).toBe(3001);
    expect(m.compiled > 0).toBe(setup.emit !== 'interp');
  });

  it('nests calls deeper than the host stack would hold', () => {
    const m = new Machine(setup);
    m.load(`
      start: call down
             sys 1
      down:  bnez r0, more
             jr r7
      more:  sw r7, r6
             addi r6, r6, 4
             addi r0, r0, -1
             call down
             addi r6, r6, -4
             lw r7, r6
             addi r1, r1, 1
             jr r7`);
    for (let n = 0; n < 3; n++) {
      m.state.set('r0', 20_000);
      m.state.set('r1', 0);
      expect(m.run('start')).toEqual(syscall(1));
      expect(m.state.get('r1')).toBe(20_000);
      expect(m.state.get('r6')).toBe(STACK);
    }
  });

  it('goes where a callee goes that does not return to its caller', () => {
    const m = new Machine(setup);
    m.load(`
      start: addi r0, r0, 10
      loop:  call away
             sys 99
      back:  addi r0, r0, -1
             bnez r0, loop
             sys 1
      away:  addi r1, r1, 1
             la r2, back
             jr r2`);
    expect(m.run('start')).toEqual(syscall(1));
    expect(m.state.get('r1')).toBe(10);
  });

  it('calls alternately what shares an entry of the jump caches', () => {
    const m = new Machine(setup);
    const apart = JUMP_CACHE_ENTRIES * 2;
    m.load('one: addi r1, r1, 1\n jr r7', CODE + 0x1000);
    m.load('two: addi r2, r2, 1\n jr r7', CODE + 0x1000 + apart);
    m.load(`
      start: la r3, one
             la r4, two
             addi r0, r0, 100
      loop:  callr r3
             callr r4
             call one
             call two
             addi r0, r0, -1
             bnez r0, loop
             sys 1`);
    expect(m.run('start')).toEqual(syscall(1));
    expect([m.state.get('r1'), m.state.get('r2')]).toEqual([200, 200]);
  });

  it('goes round nested loops that it enters in the innermost', () => {
    const m = new Machine(setup);
    m.load(`
      start: addi r0, r0, 30
      outer: addi r3, r3, 7
             addi r4, r4, 20
      mid:   addi r5, r5, 10
      inner: addi r1, r1, 1
             addi r5, r5, -1
             bnez r5, inner
             addi r4, r4, -1
             bnez r4, mid
             addi r0, r0, -1
             bnez r0, outer
             sys 1`);
    for (let n = 1; n <= 3; n++) {
      expect(m.run('start')).toEqual(syscall(1));
      expect([m.state.get('r1'), m.state.get('r3')]).toEqual([n * 30 * 20 * 10, n * 30 * 7]);
    }
  });

  it('calls through pointers where it has called before and elsewhere', () => {
    const m = new Machine(setup);
    m.load('one: addi r1, r1, 1\n jr r7', CODE + 0x1000);
    m.load('two: addi r2, r2, 1\n jr r7', CODE + 0x2000);
    m.load('three: addi r5, r5, 1\n jr r7', CODE + 0x3000);
    m.load(`
      start: addi r0, r0, 500
      loop:  callr r3
             callr r4
             callr r3
             addi r0, r0, -1
             bnez r0, loop
             sys 1`);
    const run = (a: string, b: string): number[] => {
      m.state.set('r3', m.labels[a]!);
      m.state.set('r4', m.labels[b]!);
      expect(m.run('start')).toEqual(syscall(1));
      return ['r1', 'r2', 'r5'].map((r) => m.state.get(r));
    };
    expect(run('one', 'two')).toEqual([1000, 500, 0]);
    expect(run('two', 'one')).toEqual([1500, 1500, 0]);
    expect(run('three', 'two')).toEqual([1500, 2000, 1000]);
    memory.i32.set(assemble(m.labels['one']!, 'addi r1, r1, 10'), m.labels['one']! >> 2);
    m.engine.invalidate(m.labels['one']!, m.labels['one']! + 4);
    expect(run('one', 'three')).toEqual([11_500, 2000, 1500]);
  });

  it('leaves at once if something is pending', () => {
    const m = new Machine(setup);
    m.load('start: addi r1, r1, 1\n sys 1');
    m.state.set('headroom', 0);
    expect(m.run('start')).toEqual({ kind: 'pending' });
    expect([m.pc, m.state.get('r1')]).toEqual([CODE, 0]);
    m.state.set('headroom', HEADROOM);
    expect(m.engine.run()).toEqual(syscall(1));
    expect(m.state.get('r1')).toBe(1);
  });

  it('leaves an endless loop once something is pending, and goes on in it', () => {
    const m = new Machine(setup);
    let calls = 0;
    m.helper = () => {
      if (++calls % 50 === 0) m.state.set('headroom', 0);
      return calls;
    };
    m.load('start: helper\n addi r1, r1, 1\n loop: jump start');
    expect(m.run('start')).toEqual({ kind: 'pending' });
    const first = m.state.get('r1');
    expect(first).toBeGreaterThanOrEqual(49);
    expect(m.state.get('r1')).toBe(m.pc === CODE ? calls : calls - 1);
    m.state.set('headroom', HEADROOM);
    expect(m.engine.run()).toEqual({ kind: 'pending' });
    expect(m.state.get('r1')).toBeGreaterThanOrEqual(99);
  });

  it('runs changed code once told of the change', () => {
    const m = new Machine(setup);
    const callee = CODE + PAGE_SIZE;
    m.load('add1: addi r1, r1, 1\n jr r7', callee);
    m.load(`
      start: addi r0, r0, 1000
      loop:  call add1
             addi r0, r0, -1
             bnez r0, loop
             sys 1`);
    expect(m.run('start')).toEqual(syscall(1));
    expect(m.state.get('r1')).toBe(1000);
    memory.i32.set(assemble(callee, 'addi r1, r1, 100'), callee >> 2);
    m.engine.invalidate(callee, callee + 4);
    expect(m.run('start')).toEqual(syscall(1));
    expect(m.state.get('r1')).toBe(101_000);
    // A block in the middle of a compiled region
    memory.i32.set(assemble(CODE + 8, 'addi r0, r0, -2'), (CODE + 8) >> 2);
    m.engine.invalidate(CODE + 8, CODE + 12);
    expect(m.run('start')).toEqual(syscall(1));
    expect(m.state.get('r1')).toBe(151_000);
  });

  it('tells at which instruction a fault arose, in whichever region', () => {
    const m = new Machine(setup);
    m.load('far: addi r2, r2, 1\n addi r2, r2, 1\n bad: lw r4, r3\n jr r7', CODE + 0x2000);
    m.load('near: addi r1, r1, 1\n jump far', CODE + 0x1000);
    m.load(`
      start: addi r0, r0, 10
      loop:  call near
             addi r0, r0, -1
             bnez r0, loop
             sys 1`);
    m.state.set('r3', STACK);
    expect(m.run('start')).toEqual(syscall(1));
    m.state.set('r3', 0x50_0000);
    expect(m.run('start')).toMatchObject({ kind: 'fault', fault: { access: 'read', mapped: false } });
    expect(m.pc).toBe(m.labels['bad']);
    // The fault has left the engine usable.
    m.state.set('r3', STACK);
    m.state.set('r0', 0);
    expect(m.run('start')).toEqual(syscall(1));
  });

  it('faults at a constant address', () => {
    const m = new Machine(setup);
    m.labels['nowhere'] = 0x3_0000;
    m.load(`
      start: addi r0, r0, 10
      loop:  addi r0, r0, -1
             bnez r0, loop
             la r1, nowhere
      bad:   sw r0, r1
             sys 1`);
    for (let n = 0; n < 6; n++) {
      expect(m.run('start')).toMatchObject({ kind: 'fault' });
      expect(m.pc).toBe(m.labels['bad']);
    }
  });

  it('traps with exact registers', () => {
    const m = new Machine(setup);
    m.load(`
      start: addi r0, r0, 30
      loop:  addi r1, r1, 1
             addi r2, r1, -20
      here:  trapnz r3
             addi r0, r0, -1
             bnez r0, loop
             la r3, loop
             jump loop`);
    expect(m.run('start')).toEqual({ kind: 'trap', trap: 'undefined', info: 0 });
    expect(['r0', 'r1', 'r2'].map((r) => m.state.get(r))).toEqual([0, 31, 11]);
    expect(m.pc).toBe(m.labels['here']);
  });

  it('runs code that has come to where there was none', () => {
    const m = new Machine(setup);
    const later = CODE + 64 * PAGE_SIZE;
    m.load('start: jr r3');
    m.state.set('r3', later);
    for (let n = 0; n < 3; n++) expect(m.run('start')).toEqual({ kind: 'trap', trap: 'fetch', info: 0 });
    space.map({ address: later, length: PAGE_SIZE, prot: Prot.Read | Prot.Write | Prot.Exec, fixed: 'replace' });
    m.load('sys 5', later);
    m.engine.invalidate(later, later + PAGE_SIZE);
    expect(m.run('start')).toEqual(syscall(5));
    space.unmap(later, PAGE_SIZE);
    m.engine.invalidate(later, later + PAGE_SIZE);
    expect(m.run('start')).toEqual({ kind: 'trap', trap: 'fetch', info: 0 });
  });

  it('reports code that is not there or not defined', () => {
    const m = new Machine(setup);
    m.load('start: jr r3\n undefined: jump undefined');
    m.state.set('r3', 0x70_0000);
    expect(m.run('start')).toEqual({ kind: 'trap', trap: 'fetch', info: 0 });
    expect(m.pc).toBe(0x70_0000);
    memory.i32[(CODE + 4) >> 2] = 0x7f00_1234;
    expect(m.run('undefined')).toEqual({ kind: 'trap', trap: 'undefined', info: 0x7f00_1234 });
    expect(m.pc).toBe(CODE + 4);
  });
});
