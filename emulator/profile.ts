/**
 * `--profile`: guest time by guest function. V8's sampling profiler runs in this process; its stacks show the names of
 * compiled regions, and those of the markers that everything else runs in; the interpreter's counts say what it ran.
 */
import { writeFileSync } from 'node:fs';
import { Session, type Profiler as V8 } from 'node:inspector';
import path from 'node:path';
import type { Location } from '../translate/ir/block';
import { keepFunctionsApart, processId } from '../runtime/host';
import { locationPc } from '../translate/ir/block';
import { functionName } from '../translate/emit-js/function-name';
import type { ProcessParts, RunObserver } from './observer';
import { cpuProfileText } from './profile-cpuprofile';
import { flameGraphHtml } from './profile-flame-graph';
import { InterpreterCounts } from './profile-interpreter';
import { createMarker, mark, type Marker } from './profile-markers';
import { GuestSymbols } from './profile-symbols';
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

class Profiler implements RunObserver {
  private readonly session: Session | undefined;
  private readonly file: string | undefined;
  private symbols!: GuestSymbols;
  /** By name on V8's stack. */
  private readonly frames = new Map<string, Frame>();
  private interpreted: InterpreterCounts | undefined;

  constructor(private readonly options: ProfileOptions) {
    if (options.file === undefined) return;
    this.file = path.resolve(options.file);
    keepFunctionsApart();
    this.session = new Session();
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    this.session.post('Profiler.start');
  }

  attach(parts: ProcessParts): void {
    this.symbols = new GuestSymbols(parts.vmas);
    if (this.session === undefined) return;
    const { engine, compiler } = parts;
    this.mark(this.symbols, 'at', '[profiler]', 'profiler');
    this.interpreted = new InterpreterCounts(engine.interpreter, (at) => this.symbols.at(locationPc(at), UNKNOWN_GRAIN));
    this.mark(engine, 'run', '[dispatcher]', 'dispatcher');
    this.mark(engine.interpreter, 'run', '[interpreter]', 'interpreted');
    this.mark(engine.interpreter, 'prepare', '[pack]', 'translate');
    this.mark(engine, 'lift', '[lift]', 'translate');
    if (compiler !== undefined) this.mark(compiler, 'compile', '[compile]', 'translate');
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

  forked(): void {
    if (this.session === undefined) return;
    this.session.post('Profiler.stop');
    this.session.post('Profiler.start');
    this.interpreted?.forget();
  }

  ended(): string {
    if (this.session === undefined || this.file === undefined) return '';
    const file = this.file.replaceAll('%d', String(processId()));
    let profile: V8.Profile | undefined;
    this.session.post('Profiler.stop', (error, result) => {
      if (error === null) profile = result.profile;
    });
    this.session.disconnect();
    if (profile === undefined) return 'profile: V8 gave none\n';
    const shares = [...(this.interpreted?.byFunction() ?? [])].map(([{ name, object }, weight]) => ({ name, object, weight }));
    const tree = buildTree(profile, (name) => this.frames.get(name), shares);
    const text = file.endsWith('.html') ? flameGraphHtml(tree, this.options.title) : cpuProfileText(tree);
    try {
      writeFileSync(file, text);
    } catch (error) {
      return `${tableText(tree)}profile: ${(error as Error).message}\n`;
    }
    return `${tableText(tree)}profile: written to ${file}\n`;
  }

  private mark<K extends string>(part: { [P in K]: (...args: never[]) => unknown }, method: K, name: string, activity: Activity): void {
    this.frames.set(name, { name, object: '', activity });
    mark(part, method, name);
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
