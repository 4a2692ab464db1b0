import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { armCommpage } from './commpage-arm';

const UNDEFINED = 0xe7f000f0;

/** The cross assembler is not on every machine; the bytes in the table were checked where it is. */
function haveAssembler(): boolean {
  try {
    execFileSync('arm-linux-gnueabihf-as', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

(haveAssembler() ? it : it.skip)('holds the assembled commpage-arm.s', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tsemu-commpage-'));
  const [object, binary] = [path.join(directory, 'o'), path.join(directory, 'bin')];
  execFileSync('arm-linux-gnueabihf-as', ['-o', object, path.join(__dirname, 'commpage-arm.s')]);
  execFileSync('arm-linux-gnueabihf-objcopy', ['-O', 'binary', '-j', '.text', object, binary]);
  const assembled = readFileSync(binary);
  rmSync(directory, { recursive: true });
  const page = Buffer.from(armCommpage());
  expect(page.length).toBe(assembled.length);
  const differences = [];
  for (let at = 0; at < 0xffc; at += 4) {
    const [is, should] = [page.readUInt32LE(at), assembled.readUInt32LE(at)];
    if (is !== (should === 0 ? UNDEFINED : should)) differences.push(at.toString(16));
  }
  expect(differences).toEqual([]);
});

it('has the helper version where programs look for it, in their byte order', () => {
  expect(Buffer.from(armCommpage()).readUInt32LE(0xffc)).toBe(5);
  expect(Buffer.from(armCommpage('little', 'big')).readUInt32BE(0xffc)).toBe(5);
});

it('swaps instructions only for the BE32 format', () => {
  expect(Buffer.from(armCommpage('little', 'big')).readUInt32LE(0xfe4)).toBe(0xe12fff1e);
  expect(Buffer.from(armCommpage('big')).readUInt32BE(0xfe4)).toBe(0xe12fff1e);
});
