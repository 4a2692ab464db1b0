import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { E } from './errno';
import { FORBIDDEN, GuestFixture } from './guest-fixture';

const AT_FDCWD = -100;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_CLOEXEC = 0o2000000;
/** ARM's number; asm-generic has 0o200000, which is O_DIRECT on ARM. */
const ARM_O_DIRECTORY = 0o40000;

let g: GuestFixture;
let dir: string;

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-files-'));
  g = new GuestFixture();
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const name = (file: string): number => g.string(path.join(dir, file));
const open = (file: string, flags = O_RDWR | O_CREAT, mode = 0o644): number => g.call('openat', AT_FDCWD, name(file), flags, mode);

describe('open, read, write', () => {
  it('writes what the guest has and reads it back', () => {
    const fd = open('a');
    expect(fd).toBe(3);
    expect(g.call('write', fd, g.string('hello'), 5)).toBe(5);
    expect(fs.readFileSync(path.join(dir, 'a'), 'utf8')).toBe('hello');
    expect(g.call('lseek', fd, 1, 0)).toBe(1);
    const buffer = g.allocate(16);
    expect(g.call('read', fd, buffer, 16)).toBe(4);
    expect(g.readText(buffer, 4)).toBe('ello');
    expect(g.call('close', fd)).toBe(0);
    expect(g.call('close', fd)).toBe(-E.BADF);
  });

  it('gathers and scatters', () => {
    const fd = open('v');
    const iov = g.words(g.string('one'), 3, g.string('-two'), 4);
    expect(g.call('writev', fd, iov, 2)).toBe(7);
    const [x, y] = [g.allocate(8), g.allocate(8)];
    expect(g.call('preadv', fd, g.words(x, 2, y, 8), 2, 1, 0)).toBe(6);
    expect([g.readText(x, 2), g.readText(y, 4)]).toEqual(['ne', '-two']);
    expect(g.call('writev', fd, g.words(iov, 0x8000_0000), 1)).toBe(-E.INVAL);
    expect(g.call('writev', fd, FORBIDDEN, 1)).toBe(-E.FAULT);
    expect(g.call('writev', fd, iov, 1025)).toBe(-E.INVAL);
    g.call('close', fd);
  });

  it('takes 64-bit offsets from an even register pair', () => {
    const fd = open('big');
    expect(g.call('pwrite64', fd, g.string('x'), 1, /* unused */ 99, 0, 1)).toBe(1);
    expect(fs.statSync(path.join(dir, 'big')).size).toBe(2 ** 32 + 1);
    const result = g.allocate(8);
    expect(g.call('_llseek', fd, 0, 0, result, 2)).toBe(0);
    expect(g.memory.read64(result)).toBe(2n ** 32n + 1n);
    expect(g.call('lseek', fd, 0, 2)).toBe(-E.OVERFLOW);
    expect(g.call('ftruncate64', fd, 99, 5, 0)).toBe(0);
    expect(fs.statSync(path.join(dir, 'big')).size).toBe(5);
    g.call('close', fd);
  });

  it('reports bad addresses as EFAULT', () => {
    const fd = open('f');
    expect(g.call('write', fd, FORBIDDEN, 1)).toBe(-E.FAULT);
    expect(g.call('write', fd, 0, 1)).toBe(-E.FAULT);
    expect(g.call('read', fd, 0xffff_fff0, 0x100)).toBe(-E.FAULT);
    expect(g.call('openat', AT_FDCWD, FORBIDDEN, 0)).toBe(-E.FAULT);
    expect(g.call('openat', AT_FDCWD, 0, 0)).toBe(-E.FAULT);
    expect(g.call('stat64', name('f'), FORBIDDEN)).toBe(-E.FAULT);
    g.call('close', fd);
  });

  it("reads a path that ends where the guest's memory ends", () => {
    const at = FORBIDDEN - 2;
    g.memory.writeBytes(at, Buffer.from('/\0'));
    expect(g.call('access', at, 0)).toBe(0);
    g.memory.writeBytes(at, Buffer.from('//'));
    expect(g.call('access', at, 0)).toBe(-E.FAULT);
  });

  it("understands ARM's O_DIRECTORY", () => {
    expect(open('a', ARM_O_DIRECTORY)).toBe(-E.NOTDIR);
    const fd = g.call('open', g.string(dir), ARM_O_DIRECTORY, 0);
    expect(fd).toBeGreaterThan(2);
    expect(g.call('fcntl64', fd, 3, 0) & ARM_O_DIRECTORY).toBe(ARM_O_DIRECTORY);
    const file = g.call('openat', fd, g.string('a'), 0, 0);
    expect(file).toBeGreaterThan(fd);
    g.call('close', fd);
    g.call('close', file);
  });

  it('reports errors of missing files and closed descriptors', () => {
    expect(open('none', 0)).toBe(-E.NOENT);
    expect(g.call('read', 77, g.allocate(4), 4)).toBe(-E.BADF);
    expect(g.call('openat', 77, g.string('a'), 0, 0)).toBe(-E.BADF);
    expect(g.call('openat', 77, name('a'), 0, 0)).toBe(3);
    expect(g.call('close', 3)).toBe(0);
  });

  it('opens with openat2', () => {
    const how = g.words(O_RDWR | O_CLOEXEC, 0, 0, 0, 0, 0);
    const fd = g.call('openat2', AT_FDCWD, name('a'), how, 24);
    expect(fd).toBe(3);
    expect(g.call('fcntl64', fd, 1)).toBe(1);
    expect(g.call('openat2', AT_FDCWD, name('a'), how, 16)).toBe(-E.INVAL);
    g.call('close', fd);
  });
});

describe('stat', () => {
  it('agrees with Node about stat64', () => {
    fs.writeFileSync(path.join(dir, 's'), 'contents');
    const s = fs.statSync(path.join(dir, 's'), { bigint: true });
    const at = g.allocate(104);
    expect(g.call('stat64', name('s'), at)).toBe(0);
    const { memory } = g;
    expect(memory.read64(at)).toBe(s.dev);
    expect(memory.read32(at + 16)).toBe(Number(s.mode));
    expect(memory.read32(at + 20)).toBe(Number(s.nlink));
    expect(memory.read32(at + 24)).toBe(Number(s.uid));
    expect(memory.read64(at + 48)).toBe(8n);
    expect(memory.read32(at + 56)).toBe(Number(s.blksize));
    expect(memory.read64(at + 64)).toBe(s.blocks);
    expect(memory.read32(at + 80)).toBe(Number(s.mtimeNs / 1_000_000_000n));
    expect(memory.read32(at + 84)).toBe(Number(s.mtimeNs % 1_000_000_000n));
    expect(memory.read64(at + 96)).toBe(s.ino);
    expect(memory.read32(at + 12)).toBe(Number(s.ino & 0xffff_ffffn));
  });

  it('follows links or not', () => {
    fs.symlinkSync('s', path.join(dir, 'link'));
    const at = g.allocate(104);
    expect(g.call('lstat64', name('link'), at)).toBe(0);
    expect(g.memory.read32(at + 16) & 0o170000).toBe(0o120000);
    expect(g.call('fstatat64', AT_FDCWD, name('link'), at, 0)).toBe(0);
    expect(g.memory.read32(at + 16) & 0o170000).toBe(0o100000);
  });

  it('refuses sizes that the old stat cannot hold', () => {
    const fd = open('huge');
    g.call('ftruncate64', fd, 0, 0, 1);
    const at = g.allocate(104);
    expect(g.call('fstat', fd, at)).toBe(-E.OVERFLOW);
    expect(g.call('fstat64', fd, at)).toBe(0);
    g.call('ftruncate64', fd, 0, 1000, 0);
    expect(g.call('fstat', fd, at)).toBe(0);
    expect(g.memory.read32(at + 20)).toBe(1000);
    g.call('close', fd);
  });

  it('gives statx and statfs64', () => {
    const at = g.allocate(256);
    expect(g.call('statx', AT_FDCWD, name('s'), 0, 0x7ff, at)).toBe(0);
    expect(g.memory.read64(at + 40)).toBe(8n);
    const real = fs.statfsSync(dir);
    expect(g.call('statfs64', g.string(dir), 88, at)).toBe(0);
    expect([g.memory.read32(at), g.memory.read32(at + 4), Number(g.memory.read64(at + 8))]).toEqual([real.type, real.bsize, real.blocks]);
    expect(g.call('statfs64', g.string(dir), 80, at)).toBe(-E.INVAL);
  });
});

describe('directories', () => {
  it('lists what Node lists, with offsets and inodes of 32 bits', () => {
    const big = path.join(dir, 'many');
    fs.mkdirSync(big);
    for (let i = 0; i < 500; i++) fs.writeFileSync(path.join(big, `file-${i}`), '');
    const fd = g.call('open', g.string(big), ARM_O_DIRECTORY, 0);
    const buffer = g.allocate(4096);
    const seen: { name: string; next: number }[] = [];
    for (;;) {
      const n = g.call('getdents64', fd, buffer, 4096);
      expect(n).toBeGreaterThanOrEqual(0);
      if (n === 0) break;
      for (let at = buffer; at < buffer + n; at += g.memory.read16(at + 16)) {
        expect(g.memory.read32(at + 4)).toBe(0);
        expect(g.memory.read32(at + 12)).toBe(0);
        expect(g.memory.read32(at + 8)).toBeLessThan(2 ** 31);
        seen.push({ name: g.readString(at + 19), next: g.memory.read32(at + 8) });
      }
    }
    expect(seen.map((s) => s.name).sort()).toEqual(['.', '..', ...fs.readdirSync(big)].sort());
    // seekdir to where entry 100 ended finds entry 101
    expect(g.call('_llseek', fd, 0, seen[100]!.next, g.allocate(8), 0)).toBe(0);
    g.call('getdents64', fd, buffer, 4096);
    expect(g.readString(buffer + 19)).toBe(seen[101]!.name);
    g.call('close', fd);
  });

  it('lists with the old getdents', () => {
    const fd = g.call('open', g.string(path.join(dir, 'many')), ARM_O_DIRECTORY, 0);
    const buffer = g.allocate(32768);
    const names: string[] = [];
    for (let n = g.call('getdents', fd, buffer, 32768); n > 0; n = g.call('getdents', fd, buffer, 32768))
      for (let at = buffer; at < buffer + n; at += g.memory.read16(at + 8)) {
        names.push(g.readString(at + 10));
        const type = g.memory.read8(at + g.memory.read16(at + 8) - 1);
        expect(type).toBe(names.at(-1)!.startsWith('.') ? 4 : 8);
      }
    expect(names.length).toBe(502);
    g.call('close', fd);
  });

  it('changes names', () => {
    expect(g.call('mkdir', name('d'), 0o755)).toBe(0);
    expect(g.call('mkdir', name('d'), 0o755)).toBe(-E.EXIST);
    fs.writeFileSync(path.join(dir, 'x'), '1');
    expect(g.call('rename', name('x'), name('d/y'))).toBe(0);
    expect(g.call('link', name('d/y'), name('z'))).toBe(0);
    expect(g.call('symlink', g.string('target'), name('l'))).toBe(0);
    const buffer = g.allocate(64);
    expect(g.call('readlink', name('l'), buffer, 64)).toBe(6);
    expect(g.readText(buffer, 6)).toBe('target');
    expect(g.call('rmdir', name('d'))).toBe(-39);
    expect(g.call('unlink', name('d/y'))).toBe(0);
    expect(g.call('rmdir', name('d'))).toBe(0);
    expect(fs.existsSync(path.join(dir, 'd'))).toBe(false);
    expect(g.call('chmod', name('z'), 0o600)).toBe(0);
    expect(fs.statSync(path.join(dir, 'z')).mode & 0o777).toBe(0o600);
  });

  it('sets times in every width', () => {
    const mtime = (): number => fs.statSync(path.join(dir, 's')).mtimeMs;
    expect(g.call('utimensat', AT_FDCWD, name('s'), g.words(1, 0, 1000, 500_000_000), 0)).toBe(0);
    expect(mtime()).toBe(1_000_500);
    // the upper half of a 32-bit caller's tv_nsec is garbage and ignored
    expect(g.call('utimensat_time64', AT_FDCWD, name('s'), g.words(1, 0, 0, 7, 2000, 0, 250_000_000, 7), 0)).toBe(0);
    expect(mtime()).toBe(2_000_250);
    expect(g.call('utimes', name('s'), g.words(1, 0, 3000, 125_000))).toBe(0);
    expect(mtime()).toBe(3_000_125);
    expect(g.call('utimes', name('s'), g.words(1, 0, 3000, 1_000_000))).toBe(-E.INVAL);
    expect(g.call('futimesat', AT_FDCWD, name('s'), 0)).toBe(0);
    expect(Math.abs(mtime() - Date.now())).toBeLessThan(60_000);
  });
});

it('sets and gets extended attributes of the same file, whatever lies below the sysroot', () => {
  const sysroot = path.join(dir, 'root');
  const file = path.join(dir, 'attributes');
  fs.mkdirSync(path.join(sysroot, dir), { recursive: true });
  for (const f of [file, path.join(sysroot, file)]) fs.writeFileSync(f, '');
  const guest = new GuestFixture({ sysroot });
  const [name, key, buffer] = [guest.string(file), guest.string('user.key'), guest.allocate(8)];
  const ENOTSUP = -95;
  if (guest.call('setxattr', name, key, guest.string('value'), 5, 0) === ENOTSUP) return;
  expect(guest.call('getxattr', name, key, buffer, 8)).toBe(5);
  expect(guest.call('lgetxattr', name, key, buffer, 8)).toBe(5);
  expect(guest.call('listxattr', name, 0, 0)).toBe(9);
});

it('has the calls with flags that came late', () => {
  const file = g.string(path.join(dir, 'late'));
  fs.writeFileSync(path.join(dir, 'late'), 'x'.repeat(5000));
  const [key, value, buffer] = [g.string('user.late'), g.string('value'), g.allocate(8)];
  const chmod = g.call('fchmodat2', AT_FDCWD, file, 0o600, 0x100);
  expect([0, -E.NOSYS]).toContain(chmod);
  if (chmod === 0) expect(fs.statSync(path.join(dir, 'late')).mode & 0o777).toBe(0o600);
  const set = g.call('setxattrat', AT_FDCWD, file, 0, key, g.words(value, 0, 5, 0), 16);
  expect([0, -E.NOSYS, -E.OPNOTSUPP]).toContain(set);
  if (set === 0) {
    expect(g.call('getxattrat', AT_FDCWD, file, 0, key, g.words(buffer, 0, 8, 0), 16)).toBe(5);
    expect(g.readText(buffer, 5)).toBe('value');
    expect(g.call('listxattrat', AT_FDCWD, file, 0, 0, 0)).toBe(10);
    expect(g.call('removexattrat', AT_FDCWD, file, 0, key)).toBe(0);
  }
  const fd = open('late');
  const pages = g.allocate(40);
  const cached = g.call('cachestat', fd, g.words(0, 0, 5000, 0), pages, 0);
  expect([0, -E.NOSYS]).toContain(cached);
  if (cached === 0) expect(g.memory.read64(pages)).toBeLessThanOrEqual(2n);
});
