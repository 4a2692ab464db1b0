/**
 * The same calls under made-up ABIs, which differ from ARM EABI in one respect each: byte order, register
 * pairs, error numbers. What they have in common with real ones (PowerPC, MIPS) must need no new code.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GuestFixture } from '../guest-fixture';
import type { Abi } from './abi';
import { ARM_EABI } from './arm';

const BIG: Abi = { ...ARM_EABI, name: 'big', byteOrder: 'big' };
const ENOENT = 2;
const O_CREAT = 0o100;

let dir: string;
beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-abi-'))));
afterEach(() => fs.rmSync(dir, { recursive: true }));

const create = (g: GuestFixture): number => g.call('open', g.string(path.join(dir, 'f')), O_CREAT | 2, 0o644);

it('speaks big-endian', () => {
  const g = new GuestFixture({ abi: BIG });
  const fd = create(g);
  // the high word of a pair comes first
  expect(g.call('pwrite64', fd, g.string('xyz'), 3, 0, 1, 16)).toBe(3);
  expect(fs.statSync(path.join(dir, 'f')).size).toBe(2 ** 32 + 19);
  const st = g.allocate(104);
  expect(g.call('fstat64', fd, st)).toBe(0);
  expect([g.memory.read32(st + 16), g.memory.read64(st + 48)]).toEqual([0o100644, 2n ** 32n + 19n]);
  const buffer = g.allocate(8);
  expect(g.call('preadv', fd, g.words(buffer, 1, buffer + 4, 9), 2, 16, 1)).toBe(3);
  expect([g.readText(buffer, 1), g.readText(buffer + 4, 2)]).toEqual(['x', 'yz']);
  const position = g.allocate(8);
  expect(g.call('_llseek', fd, 1, 7, position, 0)).toBe(0);
  expect(g.memory.read64(position)).toBe(2n ** 32n + 7n);
  expect(g.call('utimensat_time64', -100, g.string(path.join(dir, 'f')), g.words(0, 1, 9, 0, 0, 2000, 9, 250_000_000), 0)).toBe(0);
  expect(fs.statSync(path.join(dir, 'f')).mtimeMs).toBe(2_000_250);
  const fds = g.words(fd, 0x0001_0000);
  expect(g.call('poll', fds, 1, 0)).toBe(1);
  expect(g.memory.read32(fds + 4)).toBe(0x0001_0001);
  const set = g.words(1 << fd);
  expect(g.call('_newselect', fd + 1, set, 0, 0, g.words(1, 0))).toBe(1);
  expect(g.memory.read32(set)).toBe(1 << fd);
  g.call('close', fd);
});

it('lists directories big-endian', () => {
  fs.writeFileSync(path.join(dir, 'only'), '');
  const g = new GuestFixture({ abi: BIG });
  const fd = g.call('open', g.string(dir), 0);
  const buffer = g.allocate(1024);
  const n = g.call('getdents64', fd, buffer, 1024);
  const entries = new Map<string, bigint>();
  for (let at = buffer; at < buffer + n; at += g.memory.read16(at + 16)) entries.set(g.readString(at + 19), g.memory.read64(at));
  expect([...entries.keys()].sort()).toEqual(['.', '..', 'only']);
  expect(entries.get('only')).toBe(BigInt(fs.statSync(path.join(dir, 'only')).ino));
  g.call('close', fd);
});

it('puts 64-bit arguments in any register where the ABI does not align them', () => {
  const g = new GuestFixture({ abi: { ...ARM_EABI, alignsRegisterPairs: false } });
  const fd = create(g);
  expect(g.call('pwrite64', fd, g.string('x'), 1, 5, 0)).toBe(1);
  expect(g.call('ftruncate64', fd, 3, 0)).toBe(0);
  expect(fs.statSync(path.join(dir, 'f')).size).toBe(3);
  g.call('close', fd);
});

it('answers with the error numbers and flags of the ABI', () => {
  const g = new GuestFixture({ abi: { ...ARM_EABI, errno: new Map([[ENOENT, 1002]]), constants: { open: { O_CREAT: 0x8000 } } } });
  expect(g.call('open', g.string(path.join(dir, 'f')), O_CREAT, 0o600)).toBe(-1002);
  const fd = g.call('open', g.string(path.join(dir, 'f')), 0x8000, 0o600);
  expect(fd).toBeGreaterThan(2);
  g.call('close', fd);
});
