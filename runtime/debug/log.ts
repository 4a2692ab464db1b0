/** Where `-d` and `-strace` output goes: standard error or a file, by the host's write(2) so that it survives exit_group. */
import { closeSync, openSync } from 'node:fs';
import { addressOf, HOST, syscall } from '../host';

/** What `-d` can log, with qemu-user's names where it has one. */
export const LOG_ITEMS = {
  in_asm: 'guest code of each block when it is first translated',
  op: 'intermediate code of each block as lifted',
  op_opt: 'intermediate code after optimisation',
  out_js: 'JavaScript generated for each region, beside its guest code',
  out_wasm: 'WebAssembly generated for each region, beside its guest code',
  unimp: 'instructions and system calls that tsemu does not know',
  page: 'guest memory map when the program starts',
  cache: 'use of the code cache',
  strace: 'system calls, as -strace',
} as const;

export type LogItem = keyof typeof LOG_ITEMS;

/** Bytes collected before they are written to a file. Standard error is never delayed: it interleaves with the guest's. */
const FILE_BUFFER = 65536;

const EINTR = -4;
const EAGAIN = -11;
const STDERR = 2;

export class Log {
  private fd: number;
  private readonly limit: number;
  private pending = '';

  /**
   * @param items what to log; other items are dropped
   * @param file path, with `%d` for the process id; standard error if absent
   * @throws the error of node:fs if the file cannot be opened
   */
  constructor(
    private readonly items: ReadonlySet<string>,
    private readonly file?: string,
  ) {
    this.fd = file === undefined ? STDERR : openSync(file.replaceAll('%d', String(syscall(HOST.getpid))), 'w', 0o644);
    this.limit = file === undefined ? 0 : FILE_BUFFER;
  }

  /** This is a child process now: it logs to a file of its own if the name of the file depends on the process. */
  forked(): void {
    if (this.file?.includes('%d') !== true) return;
    closeSync(this.fd);
    this.fd = openSync(this.file.replaceAll('%d', String(syscall(HOST.getpid))), 'w', 0o644);
  }

  /** True if text may wait in memory: `flush` must be called at the end. */
  get buffers(): boolean {
    return this.limit > 0;
  }

  /** True if an item is wanted: ask before preparing its text. */
  enabled(item: LogItem): boolean {
    return this.items.has(item);
  }

  /** Logs text, which brings its own line ends, whatever items are enabled. */
  write(text: string): void {
    this.pending += text;
    if (this.pending.length > this.limit) this.flush();
  }

  /** Writes what is buffered. To be called before the process ends, forks or executes another program. */
  flush(): void {
    if (this.pending === '') return;
    const bytes = Buffer.from(this.pending);
    this.pending = '';
    writeAll(this.fd, bytes);
  }
}

/** Writes bytes to a host descriptor; gives up silently if nobody can receive them, as stdio does. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  // A copy with its own store: koffi's addresses hold only for stores that V8 does not move.
  const store = new Uint8Array(Math.max(64, bytes.length));
  store.set(bytes);
  const base = addressOf(store);
  for (let done = 0; done < bytes.length;) {
    const n = syscall(HOST.write, fd, base + done, bytes.length - done);
    if (n >= 0) done += n;
    else if (n === EAGAIN) waitWritable(fd);
    else if (n !== EINTR) return;
  }
}

const POLLOUT = 4;

/** Waits until a non-blocking descriptor takes more. */
function waitWritable(fd: number): void {
  // struct pollfd { int fd; short events, revents; }, padded to a store that does not move
  const pollfd = new Int32Array(16);
  pollfd[0] = fd;
  pollfd[1] = POLLOUT;
  syscall(HOST.ppoll, addressOf(pollfd), 1);
}
