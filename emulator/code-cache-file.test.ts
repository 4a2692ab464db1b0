/** Where cache files lie, who may have written them, and what happens when there is no room. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodeCacheFile } from './code-cache-file';

const asRoot = process.getuid?.() === 0 ? it : it.skip;

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'tsemu-cache-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const LIMIT = 1000;
const words = (length: number, value = 7): Int32Array => new Int32Array(length).fill(value);
const fileOf = (key = 'key', program = '/bin/guest', limit = LIMIT, where = folder): CodeCacheFile =>
  new CodeCacheFile(where, limit, program, Buffer.from(key));

describe('CodeCacheFile', () => {
  it('reads what was written, for the same key only', () => {
    expect(fileOf().read()).toBeUndefined();
    expect(fileOf().write(words(10))).toBe(true);
    expect(fileOf().read()).toEqual(words(10));
    expect(fileOf('other').read()).toBeUndefined();
    expect(fileOf('key', '/bin/other').path).not.toBe(fileOf().path);
    expect(statSync(fileOf().path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([path.basename(fileOf().path)]);
  });

  it('makes a folder that only the user can enter', () => {
    const deep = path.join(folder, 'a/b');
    expect(fileOf('key', '/bin/guest', LIMIT, deep).write(words(1))).toBe(true);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  it("gives every program's name a file in the folder", () => {
    for (const program of ['/..', '/a b\n', `/${'x'.repeat(255)}`, '/\u{1F600}', '/.']) {
      const file = fileOf('key', program);
      expect(path.dirname(file.path)).toBe(folder);
      expect(file.write(words(1))).toBe(true);
      expect(file.read()).toEqual(words(1));
    }
  });

  it('leaves files and folders alone that others can write', () => {
    fileOf().write(words(10));
    for (const mode of [0o620, 0o602, 0o666]) {
      chmodSync(fileOf().path, mode);
      expect(fileOf().read()).toBeUndefined();
    }
    chmodSync(fileOf().path, 0o644);
    expect(fileOf().read()).toBeDefined();
    chmodSync(folder, 0o777);
    expect(fileOf().read()).toBeUndefined();
    expect(fileOf().write(words(20))).toBe(false);
    expect(readFileSync(fileOf().path)).toHaveLength(40);
  });

  asRoot('leaves files and folders of other users alone', () => {
    fileOf().write(words(10));
    chownSync(fileOf().path, 12345, 12345);
    expect(fileOf().read()).toBeUndefined();
    chownSync(fileOf().path, 0, 0);
    chownSync(folder, 12345, 12345);
    expect(fileOf().read()).toBeUndefined();
    expect(fileOf().write(words(20))).toBe(false);
  });

  it('does not follow links, and reads regular files of whole words only', () => {
    const { path: at } = fileOf();
    const elsewhere = path.join(folder, 'elsewhere');
    writeFileSync(elsewhere, Buffer.alloc(8), { mode: 0o600 });
    symlinkSync(elsewhere, at);
    expect(fileOf().read()).toBeUndefined();
    rmSync(at);
    mkdirSync(at, { mode: 0o700 });
    expect(fileOf().read()).toBeUndefined();
    rmSync(at, { recursive: true });
    fileOf().write(words(10));
    truncateSync(at, 39);
    expect(fileOf().read()).toBeUndefined();
  });

  it('does without a folder that cannot be made', () => {
    const where = path.join(folder, 'file');
    writeFileSync(where, '');
    for (const impossible of [where, path.join(where, 'folder'), '/proc/nothing']) {
      const file = fileOf('key', '/bin/guest', LIMIT, impossible);
      expect(file.read()).toBeUndefined();
      expect(file.write(words(1))).toBe(false);
    }
  });

  it('removes the oldest of its files when they are too large together, and nothing else', () => {
    const foreign = path.join(folder, 'letter-to-grandmother.txt');
    writeFileSync(foreign, Buffer.alloc(2 * LIMIT));
    const names = ['old', 'older', 'new'];
    names.forEach((key, i) => {
      fileOf(key).write(words(60));
      utimesSync(fileOf(key).path, 1e9 + [1, 0, 2][i]!, 1e9 + [1, 0, 2][i]!);
    });
    expect(names.map((key) => existsSync(fileOf(key).path))).toEqual([true, true, true]);
    fileOf('newest').write(words(100));
    expect(names.map((key) => existsSync(fileOf(key).path))).toEqual([true, false, true]);
    expect(fileOf('too large').write(words(251))).toBe(false);
    expect(existsSync(foreign)).toBe(true);
  });

  it('counts files that are read as new', () => {
    fileOf().write(words(1));
    utimesSync(fileOf().path, 1e9, 1e9);
    fileOf().read();
    expect(Date.now() - statSync(fileOf().path).mtimeMs).toBeLessThan(3600_000);
  });

  it('removes what was never finished, but not what another process is writing', () => {
    const name = path.basename(fileOf().path);
    const [abandoned, busy] = [`.1-${name}`, `.2-${name}`].map((n) => path.join(folder, n)) as [string, string];
    for (const file of [abandoned, busy]) writeFileSync(file, 'x');
    utimesSync(abandoned, 1e9, 1e9);
    fileOf().write(words(1));
    expect([existsSync(abandoned), existsSync(busy)]).toEqual([false, true]);
  });

  it('keeps the larger of two files that were made at the same time', () => {
    const [first, second, third] = [fileOf(), fileOf(), fileOf()];
    for (const file of [first, second, third]) file.read();
    expect(first.write(words(20))).toBe(true);
    expect(second.write(words(10))).toBe(false);
    expect(third.write(words(30))).toBe(true);
    // Whoever has read it may make it smaller
    const later = fileOf();
    later.read();
    expect(later.write(words(5))).toBe(true);
  });
});
