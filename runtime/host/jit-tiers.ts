/** Which of V8's compilers may work on our own JavaScript. WebAssembly always gets TurboFan. */
import { setFlagsFromString } from 'node:v8';

let suspended = false;

/**
 * Lets V8 optimise our JavaScript with TurboFan. The loader (scripts/bundle-loader.cjs) starts without it: most runs are
 * over before its compilations have paid, and code that was optimised early is thrown away again when lifters meet
 * new instructions.
 */
export function allowTurboFan(): void {
  setFlagsFromString('--turbofan');
  resumeOptimisation();
}

/** Keeps V8 from putting one WebAssembly function into another, whose time its profiler then takes for the other's. */
export function keepFunctionsApart(): void {
  setFlagsFromString('--no-wasm-inlining');
}

/**
 * Keeps V8 from compiling our JavaScript, until `resumeOptimisation`. For children, which are mostly over before it would pay:
 * each would compile again what its parent has found hot (measured: a quarter of the time of a fork that ends at once; a fifth
 * of fork, exec and exit).
 */
export function suspendOptimisation(): void {
  suspended = true;
  setFlagsFromString('--no-maglev');
  setFlagsFromString('--no-sparkplug');
}

/** Ends `suspendOptimisation`, if it is in force: this process has turned out to have work to do. */
export function resumeOptimisation(): void {
  if (!suspended) return;
  suspended = false;
  setFlagsFromString('--sparkplug');
  setFlagsFromString('--maglev');
}
