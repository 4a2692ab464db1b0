/** A guest process without a CPU, for tests of system calls: real memory, real descriptors, made-up registers. */
import { addressOf } from '../runtime/host';
import { AddressSpace, GuestMemory, Prot } from '../runtime/memory';
import { FdTable } from '../runtime/process/fd-table';
import { ARM_EABI } from './abi/arm';
import type { Abi } from './abi/abi';
import type { GuestProcess, MemoryLayout } from './process';
import { SystemCalls } from './system-calls';

const DATA = 0x2_0000;
const DATA_SIZE = 0x40_000;
/** Mapped without access, right after the data. */
export const FORBIDDEN = DATA + DATA_SIZE;

export interface FixtureOptions {
  readonly abi?: Abi;
  readonly strace?: boolean;
  readonly sysroot?: string;
  readonly release?: string;
}

const ENOENT = 2;
const ENOSYS = 38;

export class GuestFixture {
  readonly memory: GuestMemory;
  readonly space: AddressSpace;
  readonly fds = FdTable.inherit(1024);
  readonly straceLines: string[] = [];
  /** Paths of programs that the guest has tried to execute. */
  readonly executed: string[] = [];
  readonly unimplemented: string[] = [];
  readonly codeChanges: (readonly [number, number])[] = [];
  threadPointer = 0;
  floatExceptions = 3;
  secondResult = 0;
  /** V8 does not move buffers of 64 bytes. */
  readonly polled = new Int32Array(16);
  readonly calls: SystemCalls;
  readonly abi: Abi;
  readonly layout: MemoryLayout;
  private next = DATA;

  constructor(options: FixtureOptions = {}) {
    this.abi = options.abi ?? ARM_EABI;
    this.memory = new GuestMemory(this.abi.byteOrder);
    this.space = new AddressSpace(this.memory, 0xffff_0000);
    this.space.map({ address: DATA, length: DATA_SIZE, prot: Prot.Read | Prot.Write, fixed: 'replace' });
    this.space.map({ address: FORBIDDEN, length: 4096, prot: 0, fixed: 'replace' });
    this.space.setBrk(0x100_0000);
    this.layout = this.placeStrings();
    const process: GuestProcess = {
      memory: this.memory,
      space: this.space,
      fds: this.fds,
      abi: this.abi,
      executable: '/bin/true',
      layout: this.layout,
      auxv: Buffer.from([6, 0, 0, 0, 0, 16, 0, 0]),
      sysroot: options.sysroot,
      release: options.release,
      cpuinfo: () => 'processor\t: 0\n',
      exec: ({ path }) => (this.executed.push(Buffer.from(path).toString()), -ENOENT),
      fork: () => -ENOSYS,
      setStackPointer: () => undefined,
      floatMode: 1,
      floatExceptionMode: (mode) => (this.floatExceptions = mode ?? this.floatExceptions),
      setThreadPointer: (v) => (this.threadPointer = v),
      setSecondResult: (v) => (this.secondResult = v),
      invalidateCode: (start, end) => this.codeChanges.push([start, end]),
      polledWord: () => addressOf(this.polled),
      handlesFaults: () => undefined,
      refused: () => undefined,
      outlivesSignals: false,
      profiled: false,
      isFirst: true,
      startThread: () => -ENOSYS,
      threads: () => 1,
      stackPointer: () => DATA + DATA_SIZE,
      returnFromSignal: () => undefined,
      log: { strace: (l) => this.straceLines.push(l), unimplemented: (l) => this.unimplemented.push(l) },
    };
    this.calls = new SystemCalls(process, { strace: options.strace === true });
  }

  /** Arguments and environment, as they lie on a stack. */
  private placeStrings(): MemoryLayout {
    const strings = 'guest\0argument\0KEY=value\0';
    const argStart = this.bytes(Buffer.from(strings));
    const [argEnd, envEnd] = [argStart + strings.indexOf('KEY'), argStart + strings.length];
    const code = { startCode: 0x1_0000, endCode: 0x1_1000, startData: DATA, endData: FORBIDDEN, brkStart: 0x100_0000 };
    return { ...code, stackPointer: FORBIDDEN, argStart, argEnd, envStart: argEnd, envEnd };
  }

  /** Makes a call by the name the guest's headers give it. */
  call(name: string, ...args: number[]): number {
    const nr = this.abi.numbers[name];
    if (nr === undefined) throw new RangeError(`no call ${name}`);
    return this.calls.call(
      nr,
      [...args, 0, 0, 0, 0, 0, 0, 0].slice(0, 7).map((a) => a >>> 0),
    );
  }

  /** Address of `size` zeroed bytes, 16-aligned. */
  allocate(size: number): number {
    const at = this.next;
    this.next += (size + 15) & ~15;
    if (this.next > FORBIDDEN) throw new RangeError('fixture memory is full');
    this.memory.u8.fill(0, at, this.next);
    return at;
  }

  bytes(data: Uint8Array): number {
    const at = this.allocate(data.length);
    this.memory.writeBytes(at, data);
    return at;
  }

  string(text: string): number {
    return this.bytes(Buffer.from(`${text}\0`));
  }

  words(...values: number[]): number {
    const at = this.allocate(4 * values.length);
    values.forEach((v, i) => this.memory.write32(at + 4 * i, v));
    return at;
  }

  readText(at: number, length: number): string {
    return Buffer.from(this.memory.readBytes(at, length)).toString();
  }

  readString(at: number): string {
    return Buffer.from(this.memory.readCString(at)).toString();
  }
}
