import fs from 'node:fs';
import { ERRORS } from '../errno';
import { allRows } from '../table';
import { MIPS_O32 } from './mips';

const ROWS = allRows();

const HEADERS = '/usr/mips-linux-gnu/include/asm';
const present = fs.existsSync(HEADERS);
if (!present) process.stderr.write(`\n*** ${HEADERS} is missing: MIPS numbers are not checked\n`);
const ifPresent = present ? it : it.skip;

const defined = (file: string, pattern: RegExp): Record<string, number> =>
  Object.fromEntries([...fs.readFileSync(`${HEADERS}/${file}`, 'utf8').matchAll(pattern)].map((m) => [m[1]!, Number(m[2])]));

ifPresent('has the numbers of the kernel headers', () => {
  const header = defined('unistd_o32.h', /^#define __NR_(?!unused|reserved)(\w+) \(__NR_Linux \+ (\d+)\)/gm);
  expect(Object.keys(header).length).toBeGreaterThan(400);
  const own = Object.fromEntries(Object.entries(MIPS_O32.numbers).filter(([name]) => name !== 'mips_synci'));
  // the headers may be older than our numbers
  expect(own).toMatchObject(Object.fromEntries(Object.entries(header).map(([name, nr]) => [name, nr + 4000])));
});

ifPresent('has the error numbers of the kernel headers', () => {
  const header = defined('errno.h', /^#define\s+(E\w+)\s+(\d+)/gm);
  for (const [number, { name }] of ERRORS) {
    if (number > 34) expect([name, MIPS_O32.errno.get(number) ?? number]).toEqual([name, header[name] ?? number]);
  }
});

ifPresent('has the flags of the kernel headers', () => {
  const open = defined('fcntl.h', /^#define\s+(\w+)\s+(0x[0-9a-f]+|\d+)\b/gm);
  const { open: own, fcntl, mmap, ioctl } = MIPS_O32.constants;
  for (const [name, value] of Object.entries({ ...own, ...fcntl })) if (name in open) expect([name, value]).toEqual([name, open[name]]);
  const mman = defined('mman.h', /^#define\s+(\w+)\s+(0x[0-9a-f]+|\d+)\b/gm);
  for (const [name, value] of Object.entries(mmap!)) expect([name, value]).toEqual([name, mman[name]]);
  const ioctls = defined('ioctls.h', /^#define\s+(\w+)\s+(0x[0-9a-f]+)\b/gm);
  for (const [name, value] of Object.entries(ioctl!)) if (name in ioctls) expect([name, value]).toEqual([name, ioctls[name]]);
});

it('names only rows and numbers that exist', () => {
  for (const [name, row] of Object.entries(MIPS_O32.rows)) {
    expect([name, Object.hasOwn(MIPS_O32.numbers, name)]).toEqual([name, true]);
    expect([row, Object.hasOwn(ROWS, row)]).toEqual([row, true]);
  }
});

it('has no number for SYNCI that a guest could ask for', () => {
  expect(MIPS_O32.numbers['mips_synci']).toBeGreaterThan(0xffff_ffff);
});
