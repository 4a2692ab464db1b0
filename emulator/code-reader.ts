/** Guest code as lifters fetch it: bytes of pages the guest may execute. */
import { PAGE_SIZE, Prot, type GuestMemory } from '../runtime/memory';
import type { CodeReader } from '../targets/target';

export class GuestCode implements CodeReader {
  /**
   * @param littleEndian byte order of instructions (ARM BE8 code stays little-endian)
   * @param log takes a line for each encoding the target does not implement
   */
  constructor(
    private readonly memory: GuestMemory,
    private readonly littleEndian: boolean,
    private readonly log: (line: string) => void,
  ) {}

  private executable(address: number): boolean {
    return (this.memory.pages[(address / PAGE_SIZE) | 0]! & Prot.Exec) !== 0;
  }

  fetch16(address: number): number | undefined {
    return this.executable(address) ? this.memory.view.getUint16(address, this.littleEndian) : undefined;
  }

  fetch32(address: number): number | undefined {
    if (!this.executable(address) || !this.executable(address + 2)) return undefined;
    return this.memory.view.getInt32(address, this.littleEndian);
  }

  unimplemented(address: number, what: string): void {
    this.log(`unimplemented instruction at 0x${address.toString(16).padStart(8, '0')}: ${what}`);
  }
}
