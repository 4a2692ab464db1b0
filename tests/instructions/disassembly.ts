/** Listing of a test case for a failure report. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecked } from '../harness/run';
import { findTool } from '../harness/tools';
import { codeSize, type TestCase } from './test-case';

/** One line per instruction: by objdump where it is installed, otherwise the encodings. */
export function listing(testCase: TestCase, address: number): string {
  const objdump = findTool('arm-linux-gnueabihf-objdump');
  const names = testCase.code.map((e) => e.name).join(', ');
  if (objdump === undefined) {
    return [names, ...testCase.code.map((e) => `  ${(e.word >>> 0).toString(16).padStart(e.size * 2, '0')}  ${e.name}`)].join('\n');
  }
  const dir = mkdtempSync(join(tmpdir(), 'tsemu-objdump-'));
  try {
    const file = join(dir, 'code.bin');
    writeFileSync(file, codeBytes(testCase));
    const text = runChecked([
      objdump,
      ...['-D', '-b', 'binary', '-m', 'arm', `--adjust-vma=${address}`],
      ...(testCase.thumb ? ['-M', 'force-thumb'] : []),
      file,
    ]).toString();
    const lines = text.split('\n').filter((l) => /^\s*[0-9a-f]+:\t/.test(l));
    return [names, ...lines].join('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function codeBytes(testCase: TestCase): Buffer {
  const out = Buffer.alloc(codeSize(testCase.code));
  let at = 0;
  for (const e of testCase.code) {
    if (e.size === 2) at = out.writeUInt16LE(e.word & 0xffff, at);
    else if (testCase.thumb) at = out.writeUInt16LE(e.word & 0xffff, out.writeUInt16LE(e.word >>> 16, at));
    else at = out.writeInt32LE(e.word | 0, at);
  }
  return out;
}
