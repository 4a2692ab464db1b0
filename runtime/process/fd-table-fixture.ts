/** A thread that opens and closes descriptors of a table it shares with others; the test bundles it for workers. */
import { parentPort, workerData } from 'node:worker_threads';
import { addressOf, HOST, syscall } from '../host';
import { FdTable } from './fd-table';

export interface Work {
  readonly buffer: SharedArrayBuffer;
  readonly seed: number;
  readonly rounds: number;
}

const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;
const MOST = 40;

/** Returns what went wrong, or undefined. */
function work({ buffer, seed, rounds }: Work): string | undefined {
  const table = FdTable.share(buffer);
  const name = Buffer.alloc(64);
  name.write('/dev/null');
  const mine = new Map<number, number>();
  let state = seed;
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let i = 0; i < rounds; i++) {
    if (mine.size < MOST && random() % 2 === 0) {
      const host = syscall(HOST.openat, AT_FDCWD, addressOf(name), O_CLOEXEC);
      const fd = table.allocate(host, false);
      if (fd < 0 || mine.has(fd)) return `round ${i}: ${fd} for host fd ${host}`;
      mine.set(fd, host);
    } else if (mine.size > 0) {
      const fd = [...mine.keys()][random() % mine.size]!;
      if (table.close(fd) !== 0) return `round ${i}: ${fd} was not open`;
      mine.delete(fd);
    }
    for (const [fd, host] of mine) if (table.host(fd) !== host || table.guest(host) !== fd) return `round ${i}: ${fd} changed hands`;
  }
  return undefined;
}

parentPort?.postMessage(work(workerData as Work));
