/** One guest thread's registers: the bytes a StateLayout describes, in host byte order. */
import type { StateLayout } from './state';

export class CpuState {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;

  constructor(readonly layout: StateLayout) {
    this.buffer = new SharedArrayBuffer(layout.size);
    this.i32 = new Int32Array(this.buffer);
    this.f32 = new Float32Array(this.buffer);
    this.f64 = new Float64Array(this.buffer);
  }

  /** A 32-bit field or flag by name, signed. For debuggers and tests; hot code uses word indices. */
  get(name: string): number {
    return this.i32[this.layout.offset(name) >> 2]!;
  }

  set(name: string, value: number): void {
    this.i32[this.layout.offset(name) >> 2] = value;
  }
}
