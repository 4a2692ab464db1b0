/** Entry of the bundle: `node dist/tsemu.cjs [*SIGNALS] NAME arguments...`, NAME being what the launcher was called as. */
import { readFileSync } from 'node:fs';
import { mark } from '../runtime/debug';
import { parseInheritedSignals } from '../runtime/host';
import { runWorker, THREAD_COMMAND } from '../emulator/thread-worker';
import { main } from './main';
import type { ByteString } from './options';

mark('bundle loaded');

const signals = parseInheritedSignals(process.argv[2] ?? '');
const [invokedAs = 'tsemu', ...argv] = process.argv.slice(signals === undefined ? 2 : 3);
if (invokedAs === THREAD_COMMAND) runWorker();
else void main(commandArguments(argv), environment(), invokedAs, signals);

/** Node decodes arguments as UTF-8; where that lost something, the kernel still has the bytes. */
function commandArguments(argv: readonly string[]): readonly ByteString[] {
  if (!argv.some((arg) => arg.includes('\ufffd'))) return argv.map((arg) => Buffer.from(arg).toString('latin1'));
  const all = zeroTerminated('/proc/self/cmdline');
  return all.slice(all.length - argv.length);
}

/** In the kernel's order and bytes; reading process.env would lose both. */
function environment(): readonly ByteString[] {
  try {
    return zeroTerminated('/proc/self/environ');
  } catch {
    return Object.entries(process.env).map(([name, value]) => Buffer.from(`${name}=${value}`).toString('latin1'));
  }
}

function zeroTerminated(file: string): ByteString[] {
  const strings = readFileSync(file, 'latin1').split('\0');
  strings.pop();
  return strings;
}
