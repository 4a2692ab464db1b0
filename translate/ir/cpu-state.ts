/** One guest thread's registers: the bytes a StateLayout describes, in host byte order. */
import { ENGINE_WORD, HEADROOM, type StateLayout } from './state';

const WASM_PAGE = 65536;

export class CpuState {
  /** Compiled code addresses the state as a memory of its own, out of the guest's reach. */
  readonly memory: WebAssembly.Memory;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;

  constructor(readonly layout: StateLayout) {
    if (layout.size > WASM_PAGE) throw new RangeError('CPU state larger than its memory');
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { buffer } = this.memory;
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32[ENGINE_WORD.headroom] = HEADROOM;
  }

  /** All fields 0, as for a new program. What others may set at any time stays: the headroom. */
  reset(): void {
    this.i32.fill(0, ENGINE_WORD.headroom + 1, this.layout.size >> 2);
  }

  /** A 32-bit field or flag by name, signed. For debuggers and tests; hot code uses word indices. */
  get(name: string): number {
    return this.i32[this.layout.offset(name) >> 2]!;
  }

  set(name: string, value: number): void {
    this.i32[this.layout.offset(name) >> 2] = value;
  }
}
