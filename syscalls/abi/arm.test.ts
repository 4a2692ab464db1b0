import fs from 'node:fs';
import os from 'node:os';
import { ERRORS } from '../errno';
import { allRows } from '../table';
import { registersOf } from '../thunk';
import { ARM_EABI } from './arm';

const ROWS = allRows();

const HEADER = '/usr/arm-linux-gnueabihf/include/asm/unistd-eabi.h';

const present = fs.existsSync(HEADER);
if (!present) process.stderr.write(`\n*** ${HEADER} is missing: ARM system call numbers are not checked\n`);

(present ? it : it.skip)('has the numbers of the kernel headers', () => {
  const pattern = /^#define __NR_(\w+)\s+\(__NR_SYSCALL_BASE \+ (\d+)\)/gm;
  const header = Object.fromEntries([...fs.readFileSync(HEADER, 'utf8').matchAll(pattern)].map((m) => [m[1]!, Number(m[2])]));
  expect(Object.keys(header).length).toBeGreaterThan(350);
  const own = Object.fromEntries(Object.entries(ARM_EABI.numbers).filter(([, nr]) => nr < 0xf0000));
  // the headers may be older than our numbers
  expect(own).toMatchObject(header);
});

it('names only rows and numbers that exist', () => {
  for (const [name, row] of Object.entries(ARM_EABI.rows)) {
    expect([name, Object.hasOwn(ARM_EABI.numbers, name)]).toEqual([name, true]);
    expect([row, Object.hasOwn(ROWS, row)]).toEqual([row, true]);
  }
});

it('has a row for every call', () => {
  expect(Object.keys(ARM_EABI.numbers).filter((n) => ROWS[ARM_EABI.rows[n] ?? n] === undefined)).toEqual([]);
});

it('starts 64-bit arguments at even registers', () => {
  const registers = (row: string): number[] => registersOf(ROWS[row]!.args, ARM_EABI);
  expect(registers('pread64')).toEqual([0, 1, 2, 4]);
  expect(registers('fadvise64_advice_first')).toEqual([0, 1, 2, 4]);
  expect(registers('ftruncate')).toEqual([0, 2]);
  expect(registers('fallocate')).toEqual([0, 1, 2, 4]);
  expect(registers('preadv2')).toEqual([0, 1, 2, 3, 5]);
});

it('never needs more registers than a call has', () => {
  for (const [name, row] of Object.entries(ROWS)) {
    const last = row.args.at(-1);
    const words = last?.kind === 'pair' || last?.kind === 'halves' ? 2 : 1;
    const used = (registersOf(row.args, ARM_EABI).at(-1) ?? 0) + words;
    expect([name, used <= 7]).toEqual([name, true]);
  }
});

it('knows errors by the numbers and names of the system', () => {
  for (const [name, number] of Object.entries(os.constants.errno))
    if (name !== 'EWOULDBLOCK' && name !== 'ENOTSUP') expect([number, ERRORS.get(number)?.name]).toEqual([number, name]);
});
