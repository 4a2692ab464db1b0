/** Turns emitted source into a callable region bound to one CPU state and memory. */
import type { CpuState } from '../ir/cpu-state';
import type { HelperTable } from '../ir/helper-table';
import type { GuestAccess } from '../guest-access';
import { VectorUnit } from '../interpret';
import { RUNTIME_FUNCTIONS } from './runtime-functions';

export interface JsEnvironment {
  readonly state: CpuState;
  readonly memory: GuestAccess;
  readonly helpers: HelperTable;
}

/** Names every region's source may use; emit-region.ts knows them. */
function bindings(env: JsEnvironment): Record<string, unknown> {
  const { state, memory, helpers } = env;
  return {
    ...RUNTIME_FUNCTIONS,
    S: state.i32,
    V: new VectorUnit(state, memory),
    SF32: state.f32,
    SF64: state.f64,
    U8: memory.u8,
    I8: memory.i8,
    U16: memory.u16,
    I16: memory.i16,
    I32: memory.i32,
    P: memory.pages,
    memory,
    helper: helpers.map((h) => h.run),
  };
}

/** @param source the body of a function that takes no arguments and returns the next guest pc */
export function instantiate(source: string, env: JsEnvironment): () => number {
  const names = bindings(env);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- this is the JavaScript back end
  const factory = new Function(...Object.keys(names), `'use strict'; return ${source};`) as (...values: unknown[]) => () => number;
  return factory(...Object.values(names));
}
