import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GuestFixture } from '../guest-fixture';
import { ARM_EABI } from './arm';
import { OABI_BASE } from './arm-oabi';

let dir: string;
beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-oabi-'))));
afterEach(() => fs.rmSync(dir, { recursive: true }));

const NUMBERS = ARM_EABI.older!.abi.numbers;

function call(g: GuestFixture, name: string, ...args: number[]): number {
  return g.calls.call(
    OABI_BASE + NUMBERS[name]!,
    [...args, 0, 0, 0, 0, 0, 0, 0].slice(0, 7).map((a) => a >>> 0),
  );
}

it('starts 64-bit arguments at any register and aligns 64-bit fields to 4 bytes', () => {
  const g = new GuestFixture();
  const fd = call(g, 'open', g.string(path.join(dir, 'f')), 0o102, 0o644);
  expect(call(g, 'pwrite64', fd, g.string('xyz'), 3, 16, 1)).toBe(3);
  const st = g.allocate(104);
  expect(call(g, 'fstat64', fd, st)).toBe(0);
  // struct oldabi_stat64: st_size at 44
  expect([g.memory.read32(st + 16), g.memory.read64(st + 44)]).toEqual([0o100644, 2n ** 32n + 19n]);
  expect(call(g, 'ftruncate64', fd, 5, 0)).toBe(0);
  expect(fs.statSync(path.join(dir, 'f')).size).toBe(5);
  // The EABI's calls are as ever
  expect(g.call('fstat64', fd, st)).toBe(0);
  expect(g.memory.read64(st + 48)).toBe(5n);
  call(g, 'close', fd);
});

it('has the calls that the EABI did without', () => {
  const g = new GuestFixture();
  const at = call(g, 'mmap', g.words(0, 8192, 3, 0x22, -1, 0));
  expect(at >>> 0).toBeGreaterThan(0x1000);
  g.memory.write32(at >>> 0, 7);
  expect(call(g, 'select', g.words(0, 0, 0, 0, g.words(0, 1000)))).toBe(0);
  expect(Math.abs(call(g, 'time', 0) - Date.now() / 1000)).toBeLessThan(100);
  expect(call(g, 'epoll_create1', 0)).toBeGreaterThan(2);
});
