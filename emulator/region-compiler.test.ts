/**
 * Random programs end the same in every tier, under every pass: interpreted block by block, as emitted
 * JavaScript and as WebAssembly, from the first block on or once blocks are hot. "The same" is the
 * system calls on the way, the way it ended and its pc, memory, and the state unless a fault outside
 * precise mode left some of it in registers. Where dead flags are removed, a fault shows only
 * those that are read later.
 */
import { Engine, type Exit, type RegionCompiler } from '../runtime/engine';
import { AddressSpace, GuestMemory, PAGE_SIZE, Prot } from '../runtime/memory';
import type { Lifter, Target } from '../targets/target';
import { location, locationPc, type Block, type Location } from '../translate/ir/block';
import { CpuState } from '../translate/ir/cpu-state';
import type { BlockGraph } from '../translate/ir/block-graph';
import type { Op } from '../translate/ir/opcodes';
import { HEADROOM } from '../translate/ir/state';
import { printBlock } from '../translate/ir/print';
import { Random } from '../translate/ir/random-block';
import { verifyBlock } from '../translate/ir/verify';
import { neededOps, optimiseBlock, optimiseRegion, parseSelection, PASS_NAMES, type PassSelection } from '../translate/opt';
import { PROGRAM_HELPERS, PROGRAM_LAYOUT, randomProgram, type Program, type ProgramOptions } from '../translate/random-program-fixture';
import { javascriptCompiler } from './region-compiler';
import { FlagsAtFaults } from './flags-at-fault-fixture';
import { WasmCompiler } from './wasm-compiler';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const CASES = Number(process.env['TSEMU_CASES'] ?? 6);
/** Initial states tried with each program. */
const STATES = 3;
const FUEL = 60;

const layout = PROGRAM_LAYOUT;
const memory = new GuestMemory('little');
const space = new AddressSpace(memory, 0xfff0_0000);
/** Three writable pages, a read-only one, and nothing around them. */
const ARENA = 0x40_0000;
space.map({ address: ARENA, length: 4 * PAGE_SIZE, prot: Prot.Read | Prot.Write, fixed: 'replace' });
const arena = memory.u8.subarray(ARENA, ARENA + 4 * PAGE_SIZE);
const initialArena = Uint8Array.from(arena, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
arena.set(initialArena);
space.protect(ARENA + 3 * PAGE_SIZE, PAGE_SIZE, Prot.Read);
/** Read-only, as the compilers only follow jump tables that the guest cannot change. */
const TABLES = ARENA + 16 * PAGE_SIZE;
space.map({ address: TABLES, length: PAGE_SIZE, prot: Prot.Read, fixed: 'replace' });
const writable = arena.subarray(0, 3 * PAGE_SIZE);

interface Tier {
  readonly name: 'interpreter' | 'JavaScript' | 'WebAssembly';
  readonly state: CpuState;
}
const [INTERPRETER, ...COMPILED] = (['interpreter', 'JavaScript', 'WebAssembly'] as const).map((name): Tier => ({
  name,
  state: new CpuState(layout),
}));

interface Mode {
  readonly passes: PassSelection;
  readonly precise: boolean;
  readonly hotThreshold: number;
}

/** "Lifts" the blocks of a program; elsewhere there is no code. */
function lifterOf(program: Program): Lifter {
  const nothing = (at: Location): Block => {
    const none = new Int32Array(0);
    const terminator = { kind: 'trap', trap: 'fetch', info: 0, at } as const;
    return {
      start: at,
      end: locationPc(at),
      instructions: 0,
      count: 0,
      op: new Uint8Array(0),
      a: none,
      b: none,
      c: none,
      d: none,
      terminator,
    };
  };
  return { lift: (_ir, _code, at) => program.blocks.get(at) ?? nothing(at), disassemble: () => [] };
}

/** Jump tables in the regions compiled so far. */
let jumpTables = 0;

function countJumpTables({ blocks }: { readonly blocks: readonly Block[] }): void {
  for (const { terminator: t } of blocks) if (t.kind === 'indirect' && t.table !== undefined) jumpTables++;
}

function compilerOf({ name, state }: Tier, { passes, precise }: Mode, flags: FlagsAtFaults): RegionCompiler | undefined {
  if (name === 'interpreter') return undefined;
  const optimise = <R extends Parameters<typeof optimiseRegion>[0]>(r: R): R => optimiseRegion(r, layout, { passes, precise }) as R;
  const onCompile = (region: BlockGraph): void => {
    countJumpTables(region);
    flags.add(region);
  };
  const options = { state, memory, helpers: PROGRAM_HELPERS, precise, optimise, onCompile };
  return name === 'JavaScript' ? javascriptCompiler(options) : new WasmCompiler(options);
}

function engineOf(program: Program, tier: Tier, mode: Mode, flags = new FlagsAtFaults(layout)): Engine {
  const lifter = lifterOf(program);
  const target: Target = {
    name: 'random',
    layout,
    helpers: PROGRAM_HELPERS,
    models: [],
    defaultModel: '',
    registers: [],
    createLifter: () => lifter,
  };
  return new Engine({
    target,
    lifter,
    reader: { fetch16: () => undefined, fetch32: () => undefined, unimplemented: () => undefined },
    memory,
    state: tier.state,
    neededOps: tier.name === 'interpreter' ? undefined : (b) => neededOps(b, layout, mode),
    simplify: false,
    compiler: compilerOf(tier, mode, flags),
    hotThreshold: mode.hotThreshold,
  });
}

/** Fills the state from a seed. */
function reset(state: CpuState, entry: Location, start: number): void {
  const random = new Random(start);
  for (let i = 0; i < layout.size / 4; i++) state.i32[i] = random.interesting();
  for (const f of layout.fields) {
    if (f.type === 'i1') state.i32[f.offset >> 2]! &= 1;
    else if (f.type === 'f32') state.f32[f.offset >> 2] = random.below(1000) / 8 - 40;
    else if (f.type === 'f64') state.f64[f.offset >> 3] = random.below(1000) / 8 - 40;
  }
  for (const name of ['exit', 'exit_info', 'mode']) state.set(name, 0);
  state.set('headroom', HEADROOM);
  state.set('pc', locationPc(entry) | 0);
  state.set('fuel', FUEL);
}

function writeTables(program: Program): void {
  space.protect(TABLES, PAGE_SIZE, Prot.Read | Prot.Write);
  for (const { address, targets } of program.tables) targets.forEach((l, k) => memory.write32(address + 4 * k, locationPc(l)));
  space.protect(TABLES, PAGE_SIZE, Prot.Read);
}

interface Outcome {
  readonly syscalls: readonly number[];
  readonly exit: Exit;
  readonly at: Location;
  readonly state: Record<string, number>;
  readonly memory: readonly string[];
}

function run(engine: Engine, { state }: Tier, entry: Location, start: number): Outcome {
  reset(state, entry, start);
  writable.set(initialArena.subarray(0, writable.length));
  const syscalls: number[] = [];
  let exit = engine.run();
  for (; exit.kind === 'syscall'; exit = engine.run()) syscalls.push(exit.info);
  const changed: string[] = [];
  writable.forEach((b, i) => {
    if (b !== initialArena[i]) changed.push(`${(ARENA + i).toString(16)}: ${b}`);
  });
  const words: Record<string, number> = {};
  for (const f of layout.fields.slice(layout.index('mode') + 1)) {
    words[f.name] = state.i32[f.offset >> 2]!;
    if (f.type === 'i64' || f.type === 'f64') words[`${f.name} high`] = state.i32[(f.offset >> 2) + 1]!;
  }
  return { syscalls, exit, at: location(state.get('pc'), state.get('mode')), state: words, memory: changed };
}

const FLAGS = new Set(layout.fields.filter((f) => f.type === 'i1').map((f) => f.name));
/** Flags that were compared after faults where others were not. */
let flagsCompared = 0;

/** What a tier promises of an outcome. */
function promised(outcome: Outcome, tier: Tier, mode: Mode, flags: FlagsAtFaults): unknown {
  const { exit } = outcome;
  if (exit.kind !== 'fault') return outcome;
  const { access, address } = exit.fault;
  const fault = tier.name !== 'WebAssembly' || access === 'align' ? [access, address] : 'unknown to compiled code';
  if (!mode.precise) return { ...outcome, exit: fault, state: 'partly in registers' };
  if (!mode.passes.has('dead-flags')) return { ...outcome, exit: fault };
  const shown = flags.at(locationPc(outcome.at));
  flagsCompared += shown.size;
  const state = Object.entries(outcome.state).filter(([name]) => !FLAGS.has(name) || shown.has(name));
  return { ...outcome, exit: fault, state };
}

function expectTiersAgree(program: Program, mode: Mode, start: number): void {
  writeTables(program);
  const reference = engineOf(program, INTERPRETER!, mode);
  for (const tier of COMPILED) {
    const flags = new FlagsAtFaults(layout);
    if (mode.passes.has('dead-flags'))
      for (const b of program.blocks.values()) flags.add({ blocks: [optimiseBlock(b, layout, mode)], edges: [[]] });
    const engine = engineOf(program, tier, mode, flags);
    for (let n = 0; n < STATES; n++) {
      const expected = run(reference, INTERPRETER!, program.entry, start + n);
      try {
        expect(promised(run(engine, tier, program.entry, start + n), tier, mode, flags)).toEqual(promised(expected, tier, mode, flags));
      } catch (e) {
        const text = [...program.blocks.values()].map((b) => printBlock(b, layout, PROGRAM_HELPERS)).join('\n');
        throw new Error(
          `${tier.name}, passes ${[...mode.passes].join(',') || 'none'}, ${JSON.stringify(mode)}\n${text}\n${(e as Error).message}`,
          { cause: e },
        );
      }
    }
  }
}

const INTEGERS = ['i1', 'i32', 'i64'] as const;

/**
 * Programs that mostly run to their end, or that soon fault: as there is no memory, or as an address is not aligned. What
 * WebAssembly leaves unchecked is in loops.
 */
function optionsOf(random: Random): ProgramOptions {
  const faults = random.pick(['none', 'none', 'none', 'page', 'alignment'] as const);
  return {
    size: 2 + random.below(8),
    ops: 5 + random.below(30),
    aligned: faults === 'page',
    loops: faults !== 'alignment',
    tables: TABLES,
    memory:
      faults === 'page' ? { base: ARENA + 2 * PAGE_SIZE, mask: 0x2fff } : { base: ARENA, mask: 0x1fff, unaligned: faults === 'alignment' },
    simplify: random.chance(0.3),
    ...(random.chance(0.5) ? { types: INTEGERS } : {}),
  };
}

const selections = ['none', 'all', ...PASS_NAMES, ...PASS_NAMES.map((p) => `-${p}`)];

describe(`random programs in every tier (TSEMU_SEED=${seed})`, () => {
  it.each(selections)('with passes %s', (text) => {
    const random = new Random(seed + selections.indexOf(text));
    for (let k = 0; k < (text === 'none' || text === 'all' ? 5 * CASES : CASES); k++) {
      const program = randomProgram(random, optionsOf(random));
      for (const b of program.blocks.values()) expect(verifyBlock(b, layout, PROGRAM_HELPERS)).toEqual([]);
      expectTiersAgree(
        program,
        { passes: parseSelection(text), precise: random.chance(0.5), hotThreshold: random.pick([1, 1, 3]) },
        random.word(),
      );
    }
  });

  it('ends in all the ways there are', () => {
    const random = new Random(1);
    const ways = new Set<string>();
    const ops = new Set<Op>();
    const mode: Mode = { passes: parseSelection('none'), precise: false, hotThreshold: 1 };
    for (let k = 0; k < 400; k++) {
      const program = randomProgram(random, optionsOf(random));
      for (const b of program.blocks.values()) b.op.forEach((op) => ops.add(op));
      writeTables(program);
      const { exit, syscalls } = run(engineOf(program, INTERPRETER!, mode), INTERPRETER!, program.entry, k);
      ways.add(exit.kind === 'trap' ? exit.trap : exit.kind === 'fault' ? exit.fault.access : exit.kind);
      if (syscalls.length > 0) ways.add('syscall');
    }
    expect([...ways].sort()).toEqual([
      'align',
      'alignment',
      'breakpoint',
      'divide',
      'fetch',
      'float',
      'overflow',
      'read',
      'syscall',
      'undefined',
      'write',
    ]);
    expect(ops.size).toBeGreaterThan(100);
  });

  it('compares flags after faults', () => {
    const random = new Random(1);
    const before = flagsCompared;
    const mode: Mode = { passes: parseSelection('all'), precise: true, hotThreshold: 1 };
    for (let k = 0; k < 30; k++) expectTiersAgree(randomProgram(random, optionsOf(random)), mode, k);
    expect(flagsCompared - before).toBeGreaterThan(100);
  });

  it('follows jump tables', () => {
    const random = new Random(1);
    const before = jumpTables;
    const mode: Mode = { passes: parseSelection('all'), precise: false, hotThreshold: 1 };
    for (let k = 0; k < 30; k++) expectTiersAgree(randomProgram(random, { ...optionsOf(random), size: 9 }), mode, k);
    expect(jumpTables).toBeGreaterThan(before);
  });
});
