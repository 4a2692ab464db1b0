import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AddressSpace, EEXIST, EFAULT, EINVAL, ENOMEM } from './address-space';
import { GuestFault, GuestMemory, PAGE_SIZE, Prot } from './guest-memory';

const RW = Prot.Read | Prot.Write;
const MAYMOVE = 1;
const FIXED = 2;
const LIMIT = 0xfff0_0000;

/** One space for all tests: each takes 4 GiB of host address space. */
const memory = new GuestMemory('little');
const space = new AddressSpace(memory, LIMIT);
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tsemu-memory-'));
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  space.unmap(0, LIMIT);
  space.readImpliesExec = false;
  space.mmapTop = 0xbf00_0000;
});

/** Host protections of a guest range as the kernel has them, such as `rw-p`. */
function hostMapping(address: number): string | undefined {
  const at = space.host(address);
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const m = /^([0-9a-f]+)-([0-9a-f]+) (....)/.exec(line);
    if (m !== null && parseInt(m[1]!, 16) <= at && at < parseInt(m[2]!, 16)) return m[3];
  }
  return undefined;
}

const anonymous = (length: number, address?: number): number => space.map({ length, prot: RW, address });

function fileOf(bytes: Uint8Array): number {
  const name = path.join(directory, 'file');
  writeFileSync(name, bytes);
  return openSync(name, 'r');
}

describe('map', () => {
  it('places mappings downwards from the top, each a new range of zeros', () => {
    const a = anonymous(PAGE_SIZE);
    const b = anonymous(1);
    expect(a).toBe(0xbf00_0000 - PAGE_SIZE);
    expect(b).toBe(a - PAGE_SIZE);
    memory.write32(b, 0x12345678);
    expect(memory.read32(a)).toBe(0);
    expect(memory.read32(b)).toBe(0x12345678);
  });

  it('takes a free hint and ignores a taken one', () => {
    expect(anonymous(PAGE_SIZE, 0x50_0123)).toBe(0x50_0000);
    expect(anonymous(PAGE_SIZE, 0x50_0000)).not.toBe(0x50_0000);
  });

  it('replaces or refuses at a fixed address', () => {
    anonymous(3 * PAGE_SIZE, 0x50_0000);
    memory.write8(0x50_1000, 7);
    expect(space.map({ address: 0x50_1000, length: PAGE_SIZE, prot: RW, fixed: 'noreplace' })).toBe(-EEXIST);
    expect(memory.read8(0x50_1000)).toBe(7);
    expect(space.map({ address: 0x50_1000, length: PAGE_SIZE, prot: RW, fixed: 'replace' })).toBe(0x50_1000);
    expect(memory.read8(0x50_1000)).toBe(0);
    expect(space.map({ address: 0x50_1001, length: PAGE_SIZE, prot: RW, fixed: 'replace' })).toBe(-EINVAL);
    expect(space.map({ address: LIMIT - PAGE_SIZE, length: 2 * PAGE_SIZE, prot: RW, fixed: 'replace' })).toBe(-ENOMEM);
    expect(space.map({ length: 0, prot: RW })).toBe(-EINVAL);
  });

  it('shows a file privately', () => {
    const fd = fileOf(Buffer.concat([Buffer.alloc(PAGE_SIZE, 'a'), Buffer.from('tail')]));
    const at = space.map({ length: PAGE_SIZE, prot: RW, file: { fd, offset: PAGE_SIZE } });
    closeSync(fd);
    expect(Buffer.from(memory.readBytes(at, 5)).toString('latin1')).toBe('tail\0');
    memory.write8(at, 0x54);
    expect(readFileSync(path.join(directory, 'file'))[PAGE_SIZE]).toBe('t'.charCodeAt(0));
  });

  it('leaves what was there after the host refuses', () => {
    const at = anonymous(PAGE_SIZE, 0x50_0000);
    memory.write8(at, 7);
    expect(space.map({ address: at, length: PAGE_SIZE, prot: RW, fixed: 'replace', file: { fd: 1 << 20, offset: 0 } })).toBeLessThan(0);
    expect(memory.read8(at)).toBe(7);
  });

  it('never makes guest code executable on the host, and always readable', () => {
    const at = space.map({ length: PAGE_SIZE, prot: Prot.Exec });
    expect(hostMapping(at)).toBe('r--p');
    expect(memory.read8(at)).toBe(0);
    expect(memory.accessible(at, PAGE_SIZE, Prot.Exec)).toBe(true);
    expect(memory.accessible(at, PAGE_SIZE, Prot.Write)).toBe(false);
    expect(space.vmas.at(at)?.prot).toBe(Prot.Exec);
  });

  it('makes readable pages executable under READ_IMPLIES_EXEC', () => {
    space.readImpliesExec = true;
    const at = anonymous(PAGE_SIZE);
    expect(memory.accessible(at, 1, Prot.Exec)).toBe(true);
    space.protect(at, PAGE_SIZE, 0);
    expect(memory.accessible(at, 1, Prot.Exec)).toBe(false);
  });
});

describe('unmap and protect', () => {
  it('leaves a hole that faults and is reserved on the host', () => {
    const at = anonymous(3 * PAGE_SIZE);
    expect(space.unmap(at + PAGE_SIZE, PAGE_SIZE)).toBe(0);
    expect(() => memory.read8(at + PAGE_SIZE)).toThrow(GuestFault);
    expect(hostMapping(at + PAGE_SIZE)).toBe('---p');
    expect(memory.read8(at + 2 * PAGE_SIZE)).toBe(0);
  });

  it('says whether a fault hit a mapped page', () => {
    const at = anonymous(PAGE_SIZE);
    space.protect(at, PAGE_SIZE, Prot.Read);
    const fault = (f: () => void): GuestFault => {
      try {
        f();
      } catch (error) {
        if (error instanceof GuestFault) return error;
      }
      throw new Error('no fault');
    };
    expect(fault(() => memory.write8(at, 1))).toMatchObject({ address: at, access: 'write', mapped: true });
    expect(fault(() => memory.read32(at - 2))).toMatchObject({ address: at - 2, access: 'read', mapped: false });
    expect(fault(() => memory.read32(at + PAGE_SIZE - 2))).toMatchObject({ address: at + PAGE_SIZE, mapped: false });
  });

  it('refuses ranges with gaps and beyond user space', () => {
    const at = anonymous(PAGE_SIZE);
    expect(space.protect(at - PAGE_SIZE, 2 * PAGE_SIZE, Prot.Read)).toBe(-ENOMEM);
    expect(space.protect(at + 1, PAGE_SIZE, Prot.Read)).toBe(-EINVAL);
    expect(space.unmap(LIMIT, PAGE_SIZE)).toBe(-EINVAL);
  });

  it('keeps the guest away from kernel pages', () => {
    space.mapKernelPage(0xffff_0000, Uint8Array.of(1, 2, 3), Prot.Read | Prot.Exec, '[vectors]');
    expect(memory.read8(0xffff_0002)).toBe(3);
    expect(space.protect(0xffff_0000, PAGE_SIZE, RW)).toBe(-ENOMEM);
    expect(space.unmap(0xffff_0000, PAGE_SIZE)).toBe(-EINVAL);
    expect(space.remap(0xffff_0000, PAGE_SIZE, 2 * PAGE_SIZE, MAYMOVE, 0)).toBe(-EFAULT);
    expect(() => memory.write8(0xffff_0000, 1)).toThrow(GuestFault);
  });

  it('announces every change before it happens', () => {
    const seen: [number, number][] = [];
    space.onCodeChange((start, end) => seen.push([start, end]));
    const at = anonymous(2 * PAGE_SIZE, 0x50_0000);
    space.protect(at, PAGE_SIZE, Prot.Read);
    space.unmap(at, 2 * PAGE_SIZE);
    expect(seen).toEqual([
      [0x50_0000, 0x50_2000],
      [0x50_0000, 0x50_1000],
      [0x50_0000, 0x50_2000],
    ]);
  });
});

describe('remap', () => {
  it('grows in place where there is room', () => {
    const at = anonymous(PAGE_SIZE, 0x50_0000);
    memory.write8(at, 9);
    expect(space.remap(at, PAGE_SIZE, 3 * PAGE_SIZE, 0, 0)).toBe(at);
    memory.write8(at + 2 * PAGE_SIZE, 1);
    expect(memory.read8(at)).toBe(9);
    expect(space.vmas.at(at)?.end).toBe(at + 3 * PAGE_SIZE);
  });

  it('moves if it may, again and again, and keeps the contents', () => {
    let at = anonymous(PAGE_SIZE, 0x50_0000);
    memory.write32(at, 0xcafe);
    for (let pages = 1; pages < 40; pages++) {
      anonymous(PAGE_SIZE, at + pages * PAGE_SIZE);
      const next = space.remap(at, pages * PAGE_SIZE, (pages + 1) * PAGE_SIZE, MAYMOVE, 0);
      expect(next).not.toBe(at);
      expect(() => memory.read8(at)).toThrow(GuestFault);
      expect(hostMapping(at)).toBe('---p');
      at = next;
      memory.write32(at + pages * PAGE_SIZE, pages);
    }
    expect(memory.read32(at)).toBe(0xcafe);
    for (let pages = 1; pages < 40; pages++) expect(memory.read32(at + pages * PAGE_SIZE)).toBe(pages);
  });

  it('shrinks, and refuses to move when told to stay', () => {
    const at = anonymous(3 * PAGE_SIZE, 0x50_0000);
    expect(space.remap(at, 3 * PAGE_SIZE, PAGE_SIZE, 0, 0)).toBe(at);
    expect(() => memory.read8(at + PAGE_SIZE)).toThrow(GuestFault);
    anonymous(PAGE_SIZE, at + PAGE_SIZE);
    space.protect(at + PAGE_SIZE, PAGE_SIZE, Prot.Read);
    expect(space.remap(at, PAGE_SIZE, 2 * PAGE_SIZE, 0, 0)).toBe(-ENOMEM);
  });

  it('moves to a fixed place over what is there', () => {
    const at = anonymous(PAGE_SIZE, 0x50_0000);
    memory.write8(at, 5);
    anonymous(PAGE_SIZE, 0x60_0000);
    expect(space.remap(at, PAGE_SIZE, PAGE_SIZE, MAYMOVE | FIXED, 0x60_0000)).toBe(0x60_0000);
    expect(memory.read8(0x60_0000)).toBe(5);
    expect(space.remap(0x60_0000, PAGE_SIZE, PAGE_SIZE, MAYMOVE | FIXED, 0x60_0000)).toBe(-EINVAL);
    expect(space.remap(0x70_0000, PAGE_SIZE, PAGE_SIZE, MAYMOVE, 0)).toBe(-EFAULT);
  });

  it('makes a second view of shared memory with an old length of zero, and of nothing else', () => {
    const at = space.map({ length: PAGE_SIZE, prot: RW, shared: true });
    const view = space.remap(at, 0, PAGE_SIZE, MAYMOVE, 0);
    expect(view).not.toBe(at);
    memory.write8(at, 3);
    expect(memory.read8(view)).toBe(3);
    expect(space.remap(anonymous(PAGE_SIZE), 0, PAGE_SIZE, MAYMOVE, 0)).toBe(-EINVAL);
  });
});

describe('brk', () => {
  it('grows, shrinks and stops at other mappings', () => {
    space.setBrk(0x50_0123);
    expect(space.brk(0)).toBe(0x50_1000);
    expect(space.brk(0x50_1800)).toBe(0x50_1800);
    memory.write8(0x50_17ff, 1);
    expect(space.vmas.at(0x50_1000)?.backing.name).toBe('[heap]');
    anonymous(PAGE_SIZE, 0x50_4000);
    expect(space.brk(0x50_4001)).toBe(0x50_1800);
    expect(space.brk(0x50_4000)).toBe(0x50_4000);
    expect(space.brk(0x50_1001)).toBe(0x50_1001);
    expect(() => memory.read8(0x50_2000)).toThrow(GuestFault);
    expect(space.brk(0x50_0000)).toBe(0x50_1001);
  });

  it('gives fresh zeros after shrinking and growing again', () => {
    space.setBrk(0x50_0000);
    space.brk(0x50_1000);
    memory.write8(0x50_0000, 1);
    space.brk(0x50_0000);
    space.brk(0x50_1000);
    expect(memory.read8(0x50_0000)).toBe(0);
  });
});

describe('GuestMemory', () => {
  it('reads strings across pages and up to the end of what is mapped', () => {
    const at = anonymous(2 * PAGE_SIZE);
    memory.u8.fill(0x61, at + PAGE_SIZE - 3, at + PAGE_SIZE + 2);
    expect(Buffer.from(memory.readCString(at + PAGE_SIZE - 3)).toString()).toBe('aaaaa');
    memory.u8.fill(0x61, at + 2 * PAGE_SIZE - 2, at + 2 * PAGE_SIZE);
    space.unmap(at + 2 * PAGE_SIZE, PAGE_SIZE);
    expect(() => memory.readCString(at + 2 * PAGE_SIZE - 2)).toThrow(GuestFault);
    expect(() => memory.readCString(at, 100)).not.toThrow();
  });

  it('stores in the guest byte order', () => {
    const big = new GuestMemory('big');
    const bigSpace = new AddressSpace(big, LIMIT);
    const at = bigSpace.map({ length: PAGE_SIZE, prot: RW });
    big.write32(at, 0x01020304);
    expect([...big.readBytes(at, 4)]).toEqual([1, 2, 3, 4]);
    expect(big.read16(at + 1)).toBe(0x0203);
    expect(big.read64(at)).toBe(0x0102030400000000n);
  });
});

describe('what outlives execve and fork', () => {
  const file = { name: 'file', device: 7, inode: 9, version: 'v1' };
  const mapped = (prot: number, shared = false): number => {
    const fd = openSync('/proc/self/exe', 'r');
    const at = space.map({ length: 2 * PAGE_SIZE, prot, shared, file: { fd, offset: PAGE_SIZE }, backing: file });
    closeSync(fd);
    return at;
  };

  it('names what pages of a file show, unless the guest could have changed them', () => {
    const at = mapped(Prot.Read | Prot.Exec);
    const page = at / PAGE_SIZE;
    expect(space.sourceOf(page)).toBe(`7:9:v1:${PAGE_SIZE}`);
    expect(space.sourceOf(page + 1)).toBe(`7:9:v1:${2 * PAGE_SIZE}`);
    expect(space.sourceOf(page + 2)).toBeUndefined();
    space.protect(at, PAGE_SIZE, RW);
    space.protect(at, PAGE_SIZE, Prot.Read | Prot.Exec);
    expect(space.sourceOf(page)).toBeUndefined();
    expect(space.sourceOf(page + 1)).toBe(`7:9:v1:${2 * PAGE_SIZE}`);
    expect(space.sourceOf(mapped(Prot.Read, true) / PAGE_SIZE)).toBeUndefined();
    expect(space.sourceOf(anonymous(PAGE_SIZE) / PAGE_SIZE)).toBeUndefined();
  });

  it('clears everything, beyond the limit too', () => {
    const at = anonymous(PAGE_SIZE);
    memory.write32(at, 1);
    space.mapKernelPage(0xffff_0000, Uint8Array.of(1, 2, 3), Prot.Read | Prot.Exec, '[vectors]');
    space.setBrk(0x10_0000);
    space.brk(0x10_2000);
    space.clear();
    expect(space.vmas.all()).toEqual([]);
    expect([at, 0xffff_0000, 0x10_0000].map((a) => [memory.pages[a / PAGE_SIZE], hostMapping(a)])).toEqual(Array(3).fill([0, '---p']));
    expect(anonymous(PAGE_SIZE, at)).toBe(at);
    expect(memory.read32(at)).toBe(0);
  });

  it('puts a library where it was before, if nothing else is there', () => {
    const map = (inode: number): number => {
      const fd = openSync('/proc/self/exe', 'r');
      const backing = { name: 'library', device: 70, inode };
      const at = space.map({ length: 4 * PAGE_SIZE, prot: Prot.Read, file: { fd, offset: 0 }, backing });
      closeSync(fd);
      return at;
    };
    const [first, second] = [map(1), map(2)];
    expect(map(2)).toBe(second - 4 * PAGE_SIZE);
    space.clear();
    expect(map(2)).toBe(second);
    expect(map(3)).toBe(first);
    expect(map(1)).toBe(second - 4 * PAGE_SIZE);
  });

  it('forgets in a child what was kept from it, unless it was mapped anew since', () => {
    const at = anonymous(4 * PAGE_SIZE);
    space.noteForkAdvice(at, at + 4 * PAGE_SIZE, true);
    space.noteForkAdvice(at + PAGE_SIZE, at + 2 * PAGE_SIZE, false);
    space.map({ address: at + 2 * PAGE_SIZE, length: PAGE_SIZE, prot: RW, fixed: 'replace' });
    space.forked();
    expect([0, 1, 2, 3].map((k) => space.vmas.at(at + k * PAGE_SIZE) !== undefined)).toEqual([false, true, true, false]);
    expect(memory.pages[at / PAGE_SIZE]).toBe(0);
    expect(hostMapping(at)).toBe('---p');
  });
});
