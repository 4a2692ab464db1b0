import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ARM_EABI } from './abi/arm';
import type { Abi } from './abi/abi';
import { E } from './errno';
import { FORBIDDEN, GuestFixture } from './guest-fixture';
import { IOCTLS, requestNumber } from './ioctls';
import { layoutOf } from './struct-codec';
import { HOST_MODEL, STRUCTS } from './structs';

const BIG: Abi = { ...ARM_EABI, name: 'big', byteOrder: 'big' };

describe('the table', () => {
  const sizeIn = (model: typeof HOST_MODEL) => (name: string) => layoutOf(name, model, STRUCTS).size;

  it.each([ARM_EABI, BIG])('has each number once for $name', (abi) => {
    const numbers = IOCTLS.map((i) => requestNumber(i, abi, sizeIn(abi)));
    expect(numbers.filter((n, i) => numbers.indexOf(n) !== i)).toEqual([]);
  });

  it('has structs of the size that is in the number', () => {
    for (const i of IOCTLS) {
      const size = (i.number >>> 16) & 0x3fff;
      if (size === 0 || i.argument.kind !== 'struct') continue;
      // ints where the number says long, and unions of which one member is declared
      if (i.sized !== undefined && i.sized !== i.argument.name) continue;
      if (i.argument.name.startsWith('ifreq') || i.name.startsWith('TUN')) continue;
      expect([i.name, sizeIn(HOST_MODEL)(i.argument.name)]).toEqual([i.name, size]);
    }
  });
});

describe.each([ARM_EABI, BIG])('$name', (abi) => {
  let g: GuestFixture;
  beforeEach(() => (g = new GuestFixture({ abi })));
  afterEach(() => {
    for (const fd of g.fds.open()) if (fd > 2) g.call('close', fd);
  });

  it('knows the loopback interface', () => {
    const s = g.call('socket', 2, 2, 0);
    const request = g.allocate(32);
    g.memory.writeBytes(request, Buffer.from('lo\0'));
    expect(g.call('ioctl', s, 0x8933, request)).toBe(0);
    expect(g.memory.read32(request + 16)).toBe(1);
    expect(g.call('ioctl', s, 0x8913, request)).toBe(0);
    const IFF_LOOPBACK = 8;
    expect(g.memory.read16(request + 16) & IFF_LOOPBACK).toBe(IFF_LOOPBACK);
    expect(g.call('ioctl', s, 0x8921, request)).toBe(0);
    expect(g.memory.read32(request + 16)).toBeGreaterThan(1000);
    g.memory.write32(request + 16, 1);
    expect(g.call('ioctl', s, 0x8910, request)).toBe(0);
    expect(g.readString(request)).toBe('lo');
    expect(g.call('ioctl', s, 0x8927, request)).toBe(0);
    const ARPHRD_LOOPBACK = 772;
    expect(g.memory.read16(request + 16)).toBe(ARPHRD_LOOPBACK);
    expect(g.call('ioctl', s, 0x8933, FORBIDDEN)).toBe(-E.FAULT);
    g.memory.writeBytes(request, Buffer.from('none-such\0'));
    expect(g.call('ioctl', s, 0x8913, request)).toBe(-E.NODEV);
  });

  it('lists interfaces with addresses', () => {
    const s = g.call('socket', 2, 2, 0);
    const asked = g.words(0, 0);
    expect(g.call('ioctl', s, 0x8912, asked)).toBe(0);
    const size = g.memory.read32(asked);
    expect(size % 32).toBe(0);
    const buffer = g.allocate(size + 64);
    const list = g.words(size + 40, buffer);
    expect(g.call('ioctl', s, 0x8912, list)).toBe(0);
    expect([g.memory.read32(list), g.memory.read32(list + 4)]).toEqual([size, buffer]);
    const expected = Object.entries(os.networkInterfaces()).flatMap(([n, all]) =>
      (all ?? []).filter((a) => a.family === 'IPv4').map(() => n),
    );
    const names = Array.from({ length: size / 32 }, (_, i) => g.readString(buffer + 32 * i));
    expect(names.sort()).toEqual(expected.sort());
    if (size > 0) expect(g.memory.read16(buffer + 16)).toBe(2);
  });

  it('has pseudo-terminals', () => {
    const master = g.call('open', g.string('/dev/ptmx'), 2);
    if (master < 0) return;
    expect(g.call('ioctl', master, 0x40045431, g.words(0))).toBe(0);
    const slave = g.call('ioctl', master, 0x5441, 2 | 0o400);
    expect(slave).toBe(master + 1);
    expect(g.call('ioctl', slave, 0x5414, g.memory.littleEndian ? g.words(0x0050_0018, 0) : g.words(0x0018_0050, 0))).toBe(0);
    const size = g.allocate(8);
    expect(g.call('ioctl', master, 0x5413, size)).toBe(0);
    expect([g.memory.read16(size), g.memory.read16(size + 2)]).toEqual([24, 80]);
    const termios = g.allocate(64);
    expect(g.call('ioctl', slave, 0x5401, termios)).toBe(0);
    const ECHO = 8;
    g.memory.write32(termios + 12, g.memory.read32(termios + 12) & ~ECHO);
    expect(g.call('ioctl', slave, 0x5402, termios)).toBe(0);
    expect(g.call('ioctl', master, 0x5401, termios)).toBe(0);
    expect(g.memory.read32(termios + 12) & ECHO).toBe(0);
  });

  it('counts bytes and works on files', () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-ioctl-'));
    const fd = g.call('open', g.string(path.join(dir, 'f')), 0o102, 0o600);
    g.call('write', fd, g.string('contents'), 8);
    g.call('lseek', fd, 3, 0);
    const n = g.allocate(16);
    expect(g.call('ioctl', fd, 0x541b, n)).toBe(0);
    expect(g.memory.read32(n)).toBe(5);
    const flags = g.call('ioctl', fd, 0x80046601, n);
    expect([0, -E.NOTTY, -E.OPNOTSUPP]).toContain(flags);
    expect([0, -E.NOTTY, -E.OPNOTSUPP]).toContain(g.call('ioctl', fd, 0x801c581f, g.allocate(28)));
    expect(g.call('ioctl', fd, 0x5451, 0)).toBe(0);
    expect(g.call('fcntl64', fd, 1)).toBe(1);
    // a range of no bytes into a bad descriptor: each destination has a status of its own
    const range = g.allocate(24 + 32);
    g.memory.write16(range + 16, 1);
    g.memory.write64(range + 24, 77n);
    const deduped = g.call('ioctl', fd, 0xc0189436, range);
    expect([0, -E.NOTTY, -E.OPNOTSUPP, -E.INVAL]).toContain(deduped);
    if (deduped === 0) expect(g.memory.read32(range + 48) | 0).toBe(-E.BADF);
    expect(g.memory.read64(range + 24)).toBe(77n);
    const ns = g.call('open', g.string('/proc/self/ns/net'), 0);
    const owner = g.call('ioctl', ns, 0xb701, 0);
    expect(owner === ns + 1 || owner === -E.PERM).toBe(true);
    fs.rmSync(dir, { recursive: true });
  });
});
