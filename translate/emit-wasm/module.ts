/** Wraps region functions into a WebAssembly module (spec, section 5.5). */
import { Encoder } from './encoder';
import type { WasmFunction } from './emit-region';
import { FIRST_REGION, IMPORT, IMPORTED_FUNCTIONS, REGIONS, TYPE, type ImportName } from './imports';
import { VALUE_TYPE } from './opcodes';

const FUNCTION_TYPE = 0x60;
const FUNCREF = 0x70;
const SHARED_WITH_MAXIMUM = 3;
const GUEST_PAGES = 65536;
/** Subsections of the name section (spec, appendix 7.4.1). */
const MODULE_NAME = 0;
const FUNCTION_NAMES = 1;

/** A branch hint: its size and value. */
const UNLIKELY = [1, 0];

const { i32, i64, f32, f64 } = VALUE_TYPE;

/** Parameters and results of the function types, in the order of TYPE. */
const SIGNATURES: readonly (readonly [parameters: readonly number[], results: readonly number[]])[] = [
  [[i32], [i32]],
  [[i32, i32], []],
  [[i32], []],
  [[i32, i32, i32, i32], [i32]],
  [[f32, f32, f32], [f32]],
  [[f64, f64, f64], [f64]],
  [[i32, i32, i32], [i32]],
  [[i64, i64, i64], [i64]],
  [[i32, i32, i32, i32, i32, i32, i32], [i32]],
];

export interface WasmModule {
  readonly bytes: Uint8Array;
  /** Guest pc of the code from each module offset on, in increasing order of offset. */
  readonly positions: readonly { readonly offset: number; readonly pc: number }[];
}

function section(out: Encoder, id: number, fill: (e: Encoder) => void): void {
  const body = new Encoder();
  fill(body);
  out.byte(id);
  out.sized(body);
}

/**
 * A module that exports its functions as `f0`, `f1`, ...
 * @param name what stack traces call it
 * @param imported number of regions of other modules that it calls
 */
export function buildModule(functions: readonly WasmFunction[], name = '', imported = 0): WasmModule {
  const out = new Encoder();
  out.raw([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(out, 1, (e) => {
    e.u32(SIGNATURES.length);
    for (const [parameters, results] of SIGNATURES) {
      e.byte(FUNCTION_TYPE);
      e.u32(parameters.length);
      e.raw(parameters);
      e.u32(results.length);
      e.raw(results);
    }
  });
  section(out, 2, (e) => {
    e.u32(3 + IMPORTED_FUNCTIONS + imported);
    const memory = (name: string, least: number, most: number): void => {
      e.name('e');
      e.name(name);
      e.raw([2, SHARED_WITH_MAXIMUM]);
      e.u32(least);
      e.u32(most);
    };
    // V8 does not prepare accesses at constant addresses below the declared minimum for faults.
    memory('guest', 0, GUEST_PAGES);
    memory('state', 1, 1);
    e.name('e');
    e.name('table');
    e.raw([1, FUNCREF, 0, 0]);
    const fn = (name: string, type: number, from = 'e'): void => {
      e.name(from);
      e.name(name);
      e.byte(0);
      e.u32(type);
    };
    for (const name of Object.keys(IMPORT) as ImportName[]) fn(name, TYPE[name]);
    for (let i = 0; i < imported; i++) fn(`${i}`, TYPE.region, REGIONS);
  });
  section(out, 3, (e) => {
    e.u32(functions.length);
    functions.forEach(() => e.u32(TYPE.region));
  });
  section(out, 7, (e) => {
    e.u32(functions.length);
    functions.forEach((_, i) => {
      e.name(`f${i}`);
      e.byte(0);
      e.u32(FIRST_REGION + imported + i);
    });
  });
  if (functions.some((f) => f.unlikely.length > 0)) section(out, 0, (e) => branchHints(e, functions, FIRST_REGION + imported));
  const code = new Encoder();
  code.u32(functions.length);
  const starts: number[] = [];
  for (const f of functions) {
    code.u32(f.body.length);
    starts.push(code.length);
    code.raw(f.body);
  }
  out.byte(10);
  out.u32(code.length);
  const base = out.length;
  out.raw(code.bytes.subarray(0, code.length));
  section(out, 0, (e) => {
    e.name('name');
    section(e, MODULE_NAME, (names) => names.name(name));
    const named = functions.flatMap((f, i) => (f.name === undefined ? [] : [[FIRST_REGION + imported + i, f.name] as const]));
    if (named.length === 0) return;
    section(e, FUNCTION_NAMES, (names) => {
      names.u32(named.length);
      for (const [index, functionName] of named) {
        names.u32(index);
        names.name(functionName);
      }
    });
  });
  const positions = functions.flatMap((f, i) => f.positions.map((p) => ({ offset: base + starts[i]! + p.offset, pc: p.pc })));
  return { bytes: out.result(), positions };
}

/** WebAssembly's branch hinting proposal, section 2: with it V8 keeps what is unlikely out of the way of register allocation. */
function branchHints(e: Encoder, functions: readonly WasmFunction[], first: number): void {
  e.name('metadata.code.branch_hint');
  e.u32(functions.filter((f) => f.unlikely.length > 0).length);
  functions.forEach(({ unlikely }, i) => {
    if (unlikely.length === 0) return;
    e.u32(first + i);
    e.u32(unlikely.length);
    for (const offset of unlikely) {
      e.u32(offset);
      e.raw(UNLIKELY);
    }
  });
}
