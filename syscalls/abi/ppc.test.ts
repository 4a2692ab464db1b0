import fs from 'node:fs';
import { allRows } from '../table';
import { PPC } from './ppc';

const ROWS = allRows();

const HEADERS = '/usr/powerpc-linux-gnu/include/asm';
const present = fs.existsSync(HEADERS);
if (!present) process.stderr.write(`\n*** ${HEADERS} is missing: PowerPC numbers are not checked\n`);
const ifPresent = present ? it : it.skip;

const defined = (file: string, pattern: RegExp): Record<string, number> =>
  Object.fromEntries([...fs.readFileSync(`${HEADERS}/${file}`, 'utf8').matchAll(pattern)].map((m) => [m[1]!, Number(m[2])]));

ifPresent('has the numbers of the kernel headers', () => {
  const header = defined('unistd_32.h', /^#define __NR_(\w+)\s+(\d+)/gm);
  expect(Object.keys(header).length).toBeGreaterThan(400);
  // the headers may be older than our numbers
  expect(PPC.numbers).toMatchObject(header);
});

ifPresent('has the flags of the kernel headers', () => {
  const { open, mmap, socket, ioctl } = PPC.constants;
  const octal = (text: string): number => (/^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text));
  const values = (file: string): Record<string, number> =>
    Object.fromEntries(
      [...fs.readFileSync(`${HEADERS}/${file}`, 'utf8').matchAll(/^#define\s+(\w+)\s+(0x[0-9a-fA-F]+|\d+)\b/gm)].map((m) => [
        m[1]!,
        octal(m[2]!),
      ]),
    );
  for (const [file, own] of [
    ['fcntl.h', open],
    ['mman.h', mmap],
    ['socket.h', socket],
    ['ioctls.h', ioctl],
  ] as const) {
    const header = values(file);
    for (const [name, value] of Object.entries(own!)) if (name in header) expect([name, value]).toEqual([name, header[name]]);
  }
});

it('names only rows and numbers that exist', () => {
  for (const [name, row] of Object.entries(PPC.rows)) {
    expect([name, Object.hasOwn(PPC.numbers, name)]).toEqual([name, true]);
    expect([row, Object.hasOwn(ROWS, row)]).toEqual([row, true]);
  }
});

it('has no number for icbi that a guest could ask for', () => {
  expect(PPC.numbers['ppc_icbi']).toBeGreaterThan(0xffff_ffff);
});
