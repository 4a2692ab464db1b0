import { readFileSync } from 'node:fs';
import { addressOf } from './ffi';
import { setCommandLine } from './command-line';

const ARGUMENTS = 'guest\0argument\0';
const ENVIRONMENT = 'KEY=value\0';

it('shows the strings in /proc, or leaves the file alone where the kernel cannot', () => {
  const before = readFileSync('/proc/self/cmdline', 'latin1');
  const strings = Buffer.alloc(8192);
  strings.write(ARGUMENTS + ENVIRONMENT, 'latin1');
  const start = addressOf(strings);
  const middle = start + ARGUMENTS.length;
  setCommandLine({ start, end: middle }, { start: middle, end: middle + ENVIRONMENT.length });
  const now = readFileSync('/proc/self/cmdline', 'latin1');
  expect([before, ARGUMENTS]).toContain(now);
  if (now !== before) expect(readFileSync('/proc/self/environ', 'latin1')).toBe(ENVIRONMENT);
});
