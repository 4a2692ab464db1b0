/** Host memory for converted arguments: fixed slots that live as long as a thunk, and a stack that each call starts anew. */
import { addressOf } from '../runtime/host';

/** Slots: 400 calls with a struct of at most 256 bytes each. */
const SLOT_BYTES = 128 * 1024;
/** Per call: poll of 100,000 descriptors, or two paths and an iovec of IOV_MAX entries. */
const STACK_BYTES = 1024 * 1024;

export class Arena {
  readonly u8 = new Uint8Array(SLOT_BYTES + STACK_BYTES);
  readonly view = new DataView(this.u8.buffer);
  /** Host address of the first byte. */
  readonly base = addressOf(this.u8);
  private slots = 0;
  private top = SLOT_BYTES;

  /** Offset of a new zeroed slot that is never given back. */
  slot(size: number): number {
    const at = this.slots;
    this.slots += (size + 15) & ~15;
    if (this.slots > SLOT_BYTES) throw new RangeError('no room for system call arguments');
    return at;
  }

  /** Gives back what the previous call took. */
  reset(): void {
    this.top = SLOT_BYTES;
  }

  /** Offset of `size` bytes with any content, or -1 if a call asks for too much (ENOMEM). */
  take(size: number): number {
    const at = this.top;
    const end = at + ((size + 15) & ~15);
    if (end > this.u8.length) return -1;
    this.top = end;
    return at;
  }

  /** Host address of an offset. */
  host(at: number): number {
    return this.base + at;
  }

  /** Copies bytes and a NUL in; returns the host address, or -1. */
  cString(bytes: Uint8Array): number {
    const at = this.take(bytes.length + 1);
    if (at < 0) return -1;
    this.u8.set(bytes, at);
    this.u8[at + bytes.length] = 0;
    return this.base + at;
  }
}
