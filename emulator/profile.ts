/**
 * `--profile`: guest time by guest function. V8's sampling profiler runs in this process; its stacks show the names of
 * compiled regions, and those of the markers that everything else runs in.
 */
import { writeFileSync } from 'node:fs';
import { Session, type Profiler as V8 } from 'node:inspector';
import path from 'node:path';
import type { Location } from '../translate/ir/block';
import { locationPc } from '../translate/ir/block';
import { functionName } from '../translate/emit-js/function-name';
import type { PackedBlock } from '../translate/interpret';
import type { ProcessParts, RunObserver } from './observer';
import { cpuProfileText } from './profile-cpuprofile';
import { flameGraphHtml } from './profile-flame-graph';
import { createMarker, createRunner, mark, type BlockRunner, type Marker, type MarkedInterpreter } from './profile-markers';
import { GuestSymbols, type GuestFunction } from './profile-symbols';
import { tableText } from './profile-table';
import { buildTree, type Activity, type Frame } from './profile-tree';

/** Microseconds between samples: V8's default. A sample costs some 30 us (python3, 250 us: 12 % more time). */
const INTERVAL = 1000;

/** Interpreted code without symbols is told apart by pages: there may be thousands of blocks. */
const UNKNOWN_GRAIN = 4096;

export interface ProfileOptions {
  /** Where the profile goes: a .cpuprofile or .html file. Absent: names are only given to the code, for perf. */
  readonly file?: string | undefined;
  /** What the flame graph is called. */
  readonly title: string;
}

/** Starts profiling at once, so that loading the guest is seen too. */
export function observeRun(options: ProfileOptions): RunObserver {
  return new Profiler(options);
}

/** A block with what runs it: a function named after the guest's. */
interface MarkedBlock extends PackedBlock {
  run?: BlockRunner;
}

class Profiler implements RunObserver {
  private readonly session: Session | undefined;
  private readonly file: string | undefined;
  private symbols!: GuestSymbols;
  private readonly ownWork: Marker;
  /** By name on V8's stack. */
  private readonly frames = new Map<string, Frame>();
  private readonly runners = new Map<GuestFunction, BlockRunner>();
  private interpreter!: MarkedInterpreter;

  constructor(private readonly options: ProfileOptions) {
    this.ownWork = this.markerOf({ name: '[profiler]', object: '', activity: 'profiler' }, '[profiler]');
    if (options.file === undefined) return;
    this.file = path.resolve(options.file.replaceAll('%d', String(process.pid)));
    this.session = new Session();
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    this.session.post('Profiler.start');
  }

  attach(parts: ProcessParts): void {
    this.symbols = new GuestSymbols(parts.vmas);
    mark(this.symbols, 'at', '[profiler]');
    this.markInterpreter(parts);
    if (this.session === undefined) return;
    this.mark(parts.engine, 'run', '[dispatcher]', 'dispatcher');
    this.mark(parts.engine, 'lift', '[lift]', 'translate');
    if (parts.compiler !== undefined) this.mark(parts.compiler, 'compile', '[compile]', 'translate');
    this.markSystemCalls(parts);
  }

  nameOf(head: Location): string {
    const pc = locationPc(head);
    const f = this.symbols.at(pc);
    const frame: Frame = { name: f.name, object: f.object, activity: 'compiled' };
    const name = `${plain(f.name)}@0x${pc.toString(16)}`;
    this.frames.set(name, frame);
    this.frames.set(functionName(name), frame);
    return name;
  }

  within(head: Location, at: Location): boolean {
    const a = this.symbols.at(locationPc(head));
    const b = this.symbols.at(locationPc(at));
    return a === b || (!a.isSymbol && !b.isSymbol && a.object === b.object);
  }

  ended(): string {
    if (this.session === undefined || this.file === undefined) return '';
    let profile: V8.Profile | undefined;
    this.session.post('Profiler.stop', (error, result) => {
      if (error === null) profile = result.profile;
    });
    this.session.disconnect();
    if (profile === undefined) return 'profile: V8 gave none\n';
    const tree = buildTree(profile, (name) => this.frames.get(name));
    const text = this.file.endsWith('.html') ? flameGraphHtml(tree, this.options.title) : cpuProfileText(tree);
    try {
      writeFileSync(this.file, text);
    } catch (error) {
      return `${tableText(tree)}profile: ${(error as Error).message}\n`;
    }
    return `${tableText(tree)}profile: written to ${this.file}\n`;
  }

  private mark<K extends string>(part: { [P in K]: (...args: never[]) => unknown }, method: K, name: string, activity: Activity): void {
    this.frames.set(name, { name, object: '', activity });
    mark(part, method, name);
  }

  /**
   * Each block runs inside a function named after the guest's, which is found when the block is translated. So that it
   * runs alone, the interpreter never learns which block follows.
   */
  private markInterpreter({ engine: { interpreter } }: ProcessParts): void {
    const prepare = interpreter.prepare.bind(interpreter);
    const pack = this.markerOf({ name: '[pack]', object: '', activity: 'translate' }, '[pack]');
    interpreter.prepare = (block, keep, runs) => {
      const packed = pack<MarkedBlock>(prepare, undefined, block, keep, runs);
      packed.run = this.ownWork(() => this.runnerOf(block.start), undefined);
      return packed;
    };
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it stays a method of the same object
    this.interpreter = Object.assign(interpreter, { runUnmarked: interpreter['run'] });
    interpreter.run = (block) => (block as MarkedBlock).run!(block);
    interpreter.link = interpreter.remember = () => undefined;
  }

  private runnerOf(start: Location): BlockRunner {
    const f = this.symbols.at(locationPc(start), UNKNOWN_GRAIN);
    let runner = this.runners.get(f);
    if (runner === undefined) {
      const name = `${plain(f.name)}@interpreted-${this.runners.size}`;
      this.frames.set(name, { name: f.name, object: f.object, activity: 'interpreted' });
      this.runners.set(f, (runner = createRunner(name, this.interpreter)));
    }
    return runner;
  }

  private markerOf(frame: Frame, name: string): Marker {
    this.frames.set(name, frame);
    return createMarker(name);
  }

  private markSystemCalls({ calls, callNumbers }: ProcessParts): void {
    const call = calls.call.bind(calls);
    const markers = new Map<number, Marker>();
    const names = new Map(Object.entries(callNumbers).map(([name, nr]) => [nr, name]));
    const all = this.markerOf({ name: '[syscalls]', object: '', activity: 'syscalls' }, '[syscalls]');
    const byNumber = (nr: number, args: readonly number[]): number => {
      let marker = markers.get(nr);
      if (marker === undefined) {
        const name = `[${names.get(nr) ?? `syscall ${nr}`}]`;
        markers.set(nr, (marker = this.markerOf({ name, object: '', activity: 'syscalls' }, name)));
      }
      return marker(call, undefined, nr, args);
    };
    calls.call = (nr, args) => all(byNumber, undefined, nr, args);
  }
}

/** Longest name that V8 gets to see: symbols of C++ templates may be kilobytes. */
const MAX_NAME = 200;

/** A symbol as a name in V8: nothing that could be taken for a position in a stack trace. */
const plain = (name: string): string => name.slice(0, MAX_NAME).replace(/[^\w.$+-]/g, '?');
