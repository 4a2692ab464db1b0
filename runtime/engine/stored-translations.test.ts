/** What one engine has stored serves another one: the same results from less work, whatever happened in between to code or store. */
import { WasmCompiler } from '../../emulator/wasm-compiler';
import { CpuState } from '../../translate/ir/cpu-state';
import { Random } from '../../translate/ir/random-block';
import { AddressSpace, GuestMemory, PAGE_SIZE, Prot } from '../memory';
import { Engine } from './engine';
import { StoredTranslations } from './stored-translations';
import { StoredUnit } from './stored-unit';
import { assemble, TOY_LAYOUT, toyTarget } from './toy-target-fixture';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const MUTATIONS = Number(process.env['TSEMU_CASES'] ?? 300);

const memory = new GuestMemory('little');
const space = new AddressSpace(memory, 0xfff0_0000);
const CODE = 0x10000;
const DATA = 0x10_0000;
space.map({ address: CODE, length: 16 * PAGE_SIZE, prot: Prot.Read | Prot.Write | Prot.Exec, fixed: 'replace' });
space.map({ address: DATA, length: PAGE_SIZE, prot: Prot.Read | Prot.Write, fixed: 'replace' });

const KEY = Buffer.from('the key');

interface Run {
  readonly exits: readonly unknown[];
  readonly registers: readonly number[];
  readonly data: Buffer;
  readonly lifted: number;
  readonly compiled: number;
  readonly store: StoredTranslations;
  readonly saved: Int32Array;
}

/** System calls: the program goes on, it ends, or it handles faults from now on. */
const CALL = { go: 1, end: 2, handle: 3 } as const;

/**
 * Runs what lies in memory from CODE on to `sys 2`, with an empty store or what another run has saved. After `sys 3` it goes on
 * behind each instruction that faults.
 */
function run(saved: Int32Array | undefined, { hot = 50, lasting = true, key = KEY, unmapEvery = Infinity } = {}): Run {
  memory.u8.fill(0, DATA, DATA + PAGE_SIZE);
  const state = new CpuState(TOY_LAYOUT);
  const target = toyTarget(() => 0);
  const unit = saved && StoredUnit.open(saved, key);
  const store = new StoredTranslations(
    unit,
    memory,
    () => lasting,
    () => precise,
  );
  let lifted = 0;
  let compiled = 0;
  let precise = false;
  const lifter = target.createLifter({ name: '', description: '', features: new Set() });
  const options = {
    state,
    memory,
    helpers: target.helpers,
    get precise() {
      return precise;
    },
    store,
    optimise: <R>(r: R): R => r,
    onCompile: () => void compiled++,
  };
  const engine = new Engine({
    target,
    lifter: { ...lifter, lift: (...args) => (lifted++, lifter.lift(...args)) },
    reader: {
      fetch16: () => undefined,
      fetch32: (at) => (memory.accessible(at, 4, Prot.Exec) ? memory.view.getInt32(at, true) : undefined),
      unimplemented: () => undefined,
    },
    memory,
    state,
    neededOps: undefined,
    simplify: true,
    compiler: new WasmCompiler(options),
    hotThreshold: hot,
    store,
  });
  if (unit !== undefined) engine.interpreter.adoptConstants(unit.constants);
  state.set('r6', DATA);
  state.set('pc', CODE);
  const exits: unknown[] = [];
  const registersNow = (): number[] => Array.from({ length: 8 }, (_, i) => state.get(`r${i}`) as number);
  for (;;) {
    const exit = engine.run();
    if (exit.kind === 'fault' && precise) {
      exits.push({ at: state.get('pc'), registers: registersNow() });
      state.set('pc', (state.get('pc') as number) + 4);
      continue;
    }
    exits.push(exit);
    if (exit.kind !== 'syscall' || exit.info === CALL.end) break;
    if (exit.info === CALL.handle) {
      precise = true;
      engine.discard();
    }
    if (exits.length % unmapEvery === 0) engine.invalidate(CODE, CODE + 16 * PAGE_SIZE);
  }
  const registers = registersNow();
  const data = Buffer.from(memory.u8.subarray(DATA, DATA + PAGE_SIZE));
  return { exits, registers, data, lifted, compiled, store, saved: store.save(KEY, engine.interpreter.constants) };
}

const outcome = ({ exits, registers, data }: Run): unknown => ({ exits, registers, data });

function load(text: string): void {
  memory.u8.fill(0, CODE, CODE + 16 * PAGE_SIZE);
  memory.i32.set(assemble(CODE, text), CODE >> 2);
}

/** A loop over blocks that branch forwards, call functions and access DATA, whose address is in r6; then `sys 2`. */
const randomProgram = (random: Random): string => randomLoop(random, '', ['sys 2']);

/** The same, then one whose loads may fault, with faults handled. */
const faultingProgram = (random: Random): string =>
  [randomLoop(random, 'a', ['sys 3', 'jump second']), `second: ${randomLoop(random, 'z', ['sys 2'], true)}`].join('\n');

/** @param prefix of the labels, of which `PREFIXend` is that of the instructions behind the loop */
function randomLoop(random: Random, prefix: string, end: readonly string[], faults = false): string {
  const lines = ['addi r5, r5, 200'];
  const register = (): string => `r${random.below(5)}`;
  const body = (): void => {
    for (let k = random.below(5); k >= 0; k--)
      lines.push(
        random.pick([
          `addi ${register()}, ${register()}, ${random.below(100)}`,
          `add ${register()}, ${register()}`,
          `lw ${register()}, r6`,
          `sw ${register()}, r6`,
          `la ${register()}, ${prefix}end`,
          ...(faults ? [`lw ${register()}, ${register()}`] : []),
        ]),
      );
  };
  const blocks = 4 + random.below(8);
  for (let b = 0; b < blocks; b++) {
    lines.push(`${prefix}b${b}:`);
    body();
    const later = b + 1 + random.below(blocks - b);
    lines.push(
      random.pick([`bnez ${register()}, ${prefix}b${later}`, `jump ${prefix}b${later}`, `call ${prefix}f${random.below(3)}`, 'sys 1']),
    );
  }
  lines.push(`${prefix}b${blocks}: sys 1`, 'addi r5, r5, -1', `bnez r5, ${prefix}b0`, `${prefix}end: ${end.join('\n')}`);
  for (let f = 0; f < 3; f++) {
    lines.push(`${prefix}f${f}:`);
    body();
    lines.push('jr r7');
  }
  return lines.join('\n').replaceAll(/(\w+:)\n/g, '$1 ');
}

describe(`stored translations (TSEMU_SEED=${seed})`, () => {
  const random = new Random(seed);

  it('give the same results and leave nothing to translate', () => {
    for (let n = 0; n < 20; n++) {
      load(randomProgram(random));
      // From 100 on regions follow what the program did, with the functions they call
      const hot = random.pick([50, 120]);
      const cold = run(undefined, { hot });
      const warm = run(cold.saved, { hot });
      expect(outcome(warm)).toEqual(outcome(cold));
      expect([cold.store.counts.blocksUsed, warm.store.counts.blocksMade]).toEqual([0, 0]);
      expect([warm.lifted, warm.compiled]).toEqual([0, 0]);
      expect(warm.store.counts.modulesUsed).toBeGreaterThan(0);
      // A third one finds all that the second has copied
      const again = run(warm.saved, { hot });
      expect(outcome(again)).toEqual(outcome(cold));
      expect([again.store.counts.blocksMade, again.compiled]).toEqual([0, 0]);
    }
  });

  it('serve runs that compile everything at once', () => {
    load(randomProgram(random));
    const cold = run(undefined, { hot: 1 });
    const warm = run(cold.saved, { hot: 1 });
    expect(outcome(warm)).toEqual(outcome(cold));
    expect(warm.compiled).toBe(0);
  });

  it('are used only where the code has not changed, and forgotten where it has', () => {
    for (let n = 0; n < 20; n++) {
      const program = randomProgram(random);
      load(program);
      const before = run(undefined);
      load(
        program.replaceAll(/addi (r[0-4]), (r\d), (\d+)/g, (all, d, s, i) => (random.below(2) ? `addi ${d}, ${s}, ${Number(i) + 1}` : all)),
      );
      const fresh = run(undefined);
      const warm = run(before.saved);
      expect(outcome(warm)).toEqual(outcome(fresh));
      expect(outcome(run(warm.saved))).toEqual(outcome(fresh));
    }
  });

  it('are saved by the process that has made them, not by its children', () => {
    load(randomProgram(random));
    const { store } = run(undefined, { hot: 1 });
    expect(store.worthSaving).toBe(true);
    store.forked();
    expect(store.worthSaving).toBe(false);
  });

  it('are not made of memory that may change, and not used under another key', () => {
    load(randomProgram(random));
    const { store, saved } = run(undefined, { lasting: false });
    expect([store.counts.blocksMade, store.counts.modulesMade]).toEqual([0, 0]);
    expect(run(saved).store.counts.blocksUsed).toBe(0);
    const other = run(run(undefined).saved, { key: Buffer.from('another') });
    expect(other.store.counts.blocksUsed).toBe(0);
  });

  it('keep registers exact at faults from the time on when the guest handles them', () => {
    for (let n = 0; n < 4; n++) {
      load(faultingProgram(random));
      const interpreted = run(undefined, { hot: Infinity });
      const cold = run(undefined);
      const warm = run(cold.saved);
      expect(outcome(cold)).toEqual(outcome(interpreted));
      expect(outcome(warm)).toEqual(outcome(interpreted));
      expect([warm.lifted, warm.compiled]).toEqual([0, 0]);
      expect(outcome(run(warm.saved))).toEqual(outcome(interpreted));
    }
  });

  it.each([
    ['one mode', randomProgram, MUTATIONS / 3],
    ['both modes', faultingProgram, MUTATIONS / 25],
  ])('do not matter once they are damaged, with code of %s', (_, program, mutations) => {
    load(program(random));
    const cold = run(undefined);
    for (let n = 0; n < mutations; n++) {
      const bytes = Buffer.from(cold.saved.slice().buffer);
      let words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      switch (random.below(4)) {
        case 0:
          bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
          break;
        case 1:
          bytes.fill(random.below(256), random.below(bytes.length), random.below(bytes.length));
          break;
        case 2:
          words = words.subarray(0, random.below(words.length));
          break;
        case 3:
          bytes.copyWithin(random.below(bytes.length), random.below(bytes.length), random.below(bytes.length));
      }
      const warm = run(words);
      expect(outcome(warm)).toEqual(outcome(cold));
      expect(outcome(run(warm.saved))).toEqual(outcome(cold));
    }
  });

  it('come back when code does that was unmapped', () => {
    for (let n = 0; n < 5; n++) {
      load(randomProgram(random));
      const usual = run(undefined);
      const interrupted = run(undefined, { hot: 10, unmapEvery: 70 });
      expect(outcome(interrupted)).toEqual(outcome(usual));
      expect(interrupted.store.counts.blocksUsed).toBeGreaterThan(0);
      expect(interrupted.store.counts.modulesUsed).toBeGreaterThan(0);
    }
  });
});
