/** Stands in for a region of another module that is not there yet. */
import { ENGINE_WORD } from '../ir/state';
import type { WasmFunction } from './emit-region';
import { DEPTH } from './emit-transfers';
import { Encoder } from './encoder';
import { TYPE } from './imports';
import { entryOffset } from './jump-cache';
import { EMPTY_BLOCK, W } from './opcodes';

const WORD_ALIGNMENT = 2;
/** Alignment field bit that says a memory index follows (multi-memory). */
const HAS_MEMORY_INDEX = 0x40;
const STATE_MEMORY = 1;

/** A function that goes on at a pc: in its code if the jump cache has that, else in the dispatcher. */
export function emitJump(pc: number): WasmFunction {
  const out = new Encoder();
  const load = (offset: number): void => {
    out.raw([W.i32_const, 0, W.i32_load, WORD_ALIGNMENT | HAS_MEMORY_INDEX, STATE_MEMORY]);
    out.u32(offset);
  };
  const pushPc = (): void => {
    out.byte(W.i32_const);
    out.s32(pc | 0);
  };
  out.byte(0); // no locals
  load(4 * ENGINE_WORD.headroom);
  out.raw([W.if, EMPTY_BLOCK]);
  load(entryOffset(pc));
  pushPc();
  out.raw([W.i32_eq, W.if, EMPTY_BLOCK]);
  out.raw([W.local_get, DEPTH]);
  load(entryOffset(pc) + 4);
  out.raw([W.return_call_indirect, TYPE.region, 0]);
  out.raw([W.end, W.end]);
  pushPc();
  out.byte(W.end);
  return { body: out.result(), positions: [], unlikely: [], fieldLocals: new Map() };
}
