import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { E } from './errno';
import { GuestFixture } from './guest-fixture';

const PRIVATE_ANONYMOUS = 0x22;
const SHARED = 1;
const FIXED = 0x10;
const FIXED_NOREPLACE = 0x100000;
const RW = 3;

let g: GuestFixture;
let file: string;
beforeAll(() => {
  g = new GuestFixture();
  file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-memory-')), 'f');
  fs.writeFileSync(file, Buffer.concat([Buffer.alloc(4096, 'a'), Buffer.alloc(4096, 'b')]));
});
afterAll(() => fs.rmSync(path.dirname(file), { recursive: true }));

/** mmap2 as an unsigned address; errors stay negative. */
const mmap2 = (...args: number[]): number => {
  const r = g.call('mmap2', ...args);
  return r < 0 && r >= -4095 ? r : r >>> 0;
};

it('maps, protects and unmaps anonymous memory', () => {
  const at = mmap2(0, 8192, RW, PRIVATE_ANONYMOUS, -1, 0);
  expect(at).toBeGreaterThan(0x8000_0000);
  g.memory.write32(at + 4096, 7);
  expect(g.call('mprotect', at, 4096, 1)).toBe(0);
  expect(() => g.memory.write8(at, 1)).toThrow('fault');
  expect(g.call('munmap', at, 4096)).toBe(0);
  expect(() => g.memory.read8(at)).toThrow('fault');
  expect(g.memory.read32(at + 4096)).toBe(7);
  expect(g.call('munmap', at + 1, 4096)).toBe(-E.INVAL);
  expect(g.call('mprotect', at, 8192, 1)).toBe(-E.NOMEM);
});

it('maps files at page offsets and writes shared ones back', () => {
  const fd = g.call('open', g.string(file), 2, 0);
  const at = mmap2(0, 4096, RW, SHARED, fd, 1);
  expect(g.memory.read8(at)).toBe(0x62);
  g.memory.write8(at, 0x63);
  expect(g.call('msync', at, 4096, 4)).toBe(0);
  expect(fs.readFileSync(file)[4096]).toBe(0x63);
  const vma = g.space.vmas.at(at)!;
  expect([vma.backing.name, vma.backing.inode, vma.offset]).toEqual([file, fs.statSync(file).ino, 4096]);
  expect(mmap2(0, 4096, RW, SHARED, 99, 0)).toBe(-E.BADF);
  expect(mmap2(0, 0, RW, PRIVATE_ANONYMOUS, -1, 0)).toBe(-E.INVAL);
  expect(mmap2(0, 4096, RW, 0x20, -1, 0)).toBe(-E.INVAL);
  g.call('close', fd);
});

it('keeps to fixed addresses', () => {
  const at = 0x5000_0000;
  expect(mmap2(at, 4096, RW, PRIVATE_ANONYMOUS | FIXED, -1, 0)).toBe(at);
  expect(mmap2(at, 4096, RW, PRIVATE_ANONYMOUS | FIXED_NOREPLACE, -1, 0)).toBe(-E.EXIST);
  expect(mmap2(at + 1, 4096, RW, PRIVATE_ANONYMOUS | FIXED, -1, 0)).toBe(-E.INVAL);
  g.memory.write32(at, 42);
  const moved = g.call('mremap', at, 4096, 65536, 1, 0) >>> 0;
  expect(g.memory.read32(moved)).toBe(42);
  g.memory.write32(moved + 65532, 1);
});

it('moves the heap', () => {
  const start = g.call('brk', 0) >>> 0;
  expect(g.call('brk', start + 10000) >>> 0).toBe(start + 10000);
  g.memory.write8(start + 9999, 1);
  expect(g.call('brk', 5) >>> 0).toBe(start + 10000);
  expect(g.call('brk', start) >>> 0).toBe(start);
});

it('treats our filler pages as holes', () => {
  const at = mmap2(0, 12288, RW, PRIVATE_ANONYMOUS, -1, 0);
  g.memory.write8(at, 9);
  expect(g.call('madvise', at, 12288, 4)).toBe(0);
  expect(g.memory.read8(at)).toBe(0);
  const vec = g.allocate(16);
  expect(g.call('mincore', at, 12288, vec)).toBe(0);
  expect(g.memory.read8(vec) & 1).toBe(1);
  g.call('munmap', at + 4096, 4096);
  expect(g.call('madvise', at, 12288, 4)).toBe(-E.NOMEM);
  expect(g.call('mincore', at, 12288, vec)).toBe(-E.NOMEM);
  expect(g.call('msync', at, 12288, 4)).toBe(-E.NOMEM);
  expect(g.call('madvise', at, 4096, 7777)).toBe(-E.INVAL);
});

it('shows its mappings in /proc/self/maps', () => {
  const at = mmap2(0, 4096, 5, PRIVATE_ANONYMOUS, -1, 0);
  const fd = g.call('open', g.string('/proc/self/maps'), 0, 0);
  const buffer = g.allocate(16384);
  const text = g.readText(buffer, g.call('read', fd, buffer, 16384));
  expect(text).toContain(`${at.toString(16)}-${(at + 4096).toString(16)} r-xp 00000000 00:00 0 \n`);
  expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8} rw-s 00001000 [0-9a-f:]+ \d+ +\/.*\/f$/m);
  expect(text).not.toContain('node');
  g.call('close', fd);
});
