/** `-perfmap`: V8 writes the file that perf reads names from, but only if told so when Node starts. */
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, HOST, syscall } from '../runtime/host';
import { UsageError, type ByteString } from './options';

const PERF_MAP = '--perf-basic-prof';
const LOG_FILE = '--logfile=';

/** include/uapi/linux/fcntl.h. */
const F_SETFD = 2;

/** Shorter ArrayBuffers are moved by V8. */
const LEAST_STORE = 64;

/**
 * Replaces the running program by Node with the flag that it needs, same script; returns if it has it already.
 * @param args arguments of the script
 * @throws UsageError if the kernel refuses
 */
export function enablePerfMap(args: readonly ByteString[], environ: readonly ByteString[]): void {
  const log = process.execArgv.find((arg) => arg.startsWith(LOG_FILE))?.slice(LOG_FILE.length);
  if (process.execArgv.includes(PERF_MAP)) {
    if (log !== undefined) unlinkSync(log);
    return;
  }
  const flags = [PERF_MAP, '--no-logfile-per-isolate', LOG_FILE + temporaryLog()];
  const own = [...process.execArgv, ...flags, process.argv[1]!].map((arg) => Buffer.from(arg).toString('latin1'));
  const file = Buffer.from(process.execPath).toString('latin1');
  // libuv has set FD_CLOEXEC on everything that Node inherited
  for (const fd of [0, 1, 2]) syscall(HOST.fcntl, fd, F_SETFD, 0);
  const path = stringArray([file]);
  const argv = stringArray([file, ...own, ...args]);
  const envp = stringArray(environ);
  const error = syscall(HOST.execve, addressOf(path.bytes), addressOf(argv.pointers), addressOf(envp.pointers));
  throw new UsageError(`cannot start Node again: error ${-error}`);
}

/**
 * With that flag V8 also writes a log, into the working directory unless told otherwise, and on standard output if what
 * it is told is not a regular file. So it gets one, which is deleted as soon as it is open.
 */
function temporaryLog(): string {
  const file = join(tmpdir(), `tsemu-${process.pid}-${Date.now()}.log`);
  closeSync(openSync(file, 'wx', 0o600));
  return file;
}

/** Zero-terminated strings, and the zero-terminated array of their addresses. */
function stringArray(strings: readonly ByteString[]): { readonly bytes: Uint8Array; readonly pointers: BigUint64Array } {
  const text = Buffer.from(strings.map((s) => `${s}\0`).join(''), 'latin1');
  const bytes = new Uint8Array(Math.max(LEAST_STORE, text.length));
  bytes.set(text);
  const pointers = new BigUint64Array(Math.max(LEAST_STORE / 8, strings.length + 1));
  let at = addressOf(bytes);
  strings.forEach((s, i) => {
    pointers[i] = BigInt(at);
    at += s.length + 1;
  });
  return { bytes, pointers };
}
