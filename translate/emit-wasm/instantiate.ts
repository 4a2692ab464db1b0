/** Compiles a module and binds it to one CPU state and memory. */
import { GuestFault } from '../guest-access';
import { GuestTrap } from '../interpret';
import type { CpuState } from '../ir/cpu-state';
import { exactFlags, exactHigh, exactLow } from '../ir/exact-float';
import { fma32, fma64 } from '../ir/fma';
import type { HelperTable } from '../ir/helper-table';
import { nan32, nan64High, nan64Low } from '../ir/nan';
import { TRAP_KINDS } from '../ir/types';
import { REGIONS } from './imports';
import type { WasmModule } from './module';

export interface WasmEnvironment {
  readonly state: CpuState;
  readonly memory: WebAssembly.Memory;
  readonly helpers: HelperTable;
  /** Where linked code is called through. */
  readonly table: WebAssembly.Table;
}

/** A region's function. */
export type RegionFunction = (depth: number) => number;

/**
 * The functions of a module, callable, in order.
 * @param regions the regions of other modules that it calls
 */
export function instantiate(module: WasmModule, env: WasmEnvironment, regions: readonly RegionFunction[] = []): readonly RegionFunction[] {
  const { helpers } = env;
  const imports = {
    [REGIONS]: Object.fromEntries(regions.map((f, i) => [`${i}`, f])),
    e: {
      guest: env.memory,
      state: env.state.memory,
      table: env.table,
      trap: (kind: number, pc: number): never => {
        throw new GuestTrap(TRAP_KINDS[kind]!, pc);
      },
      alignment: (address: number): never => {
        throw new GuestFault(address >>> 0, 'align', true);
      },
      fma32,
      fma64,
      nan32,
      exactLow,
      exactHigh,
      exactFlags,
      // Doubles' bit patterns come as BigInt; only results that are NaNs get here.
      nan64: (x: bigint, y: bigint, z: bigint): bigint => {
        const halves = [x, y, z].flatMap((v) => [Number(BigInt.asIntN(32, v)), Number(v >> 32n)]) as [
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        return (BigInt(nan64High(...halves)) << 32n) | BigInt(nan64Low(...halves) >>> 0);
      },
      helper: (a: number, b: number, c: number, index: number): number => helpers[index]!.run(a, b, c),
    },
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), imports);
  return Object.values(exports) as RegionFunction[];
}

/** Where a RuntimeError was raised. */
export interface TrapPosition {
  /** The name that the module was built with. */
  readonly module: string;
  /** Byte offset in the module. */
  readonly offset: number;
}

/**
 * The position in the first WebAssembly frame of an error's stack; undefined if there is none. V8 writes
 * `wasm://wasm/NAME-0d3c1f3a:wasm-function[7]:0x1a2b`, with a hash behind the name; where source-map-support
 * formats stacks (jest), it is `wasm:/wasm/NAME-0d3c1f3a:1:6700` with the offset in decimal, counted from 1.
 */
export function trapPosition(e: Error): TrapPosition | undefined {
  const m = /wasm:\/{1,2}wasm\/(\S*)-[0-9a-f]{8}:(?:wasm-function\[\d+\]:0x([0-9a-f]+)|1:(\d+))/.exec(e.stack ?? '');
  if (m === null) return undefined;
  return { module: m[1]!, offset: m[2] === undefined ? Number(m[3]) - 1 : parseInt(m[2], 16) };
}

/** Guest pc of the code at a module offset. */
export function positionOf(module: WasmModule, offset: number): number | undefined {
  let pc: number | undefined;
  for (const p of module.positions) {
    if (p.offset > offset) break;
    pc = p.pc;
  }
  return pc;
}
