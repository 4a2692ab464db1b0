import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identify, openProgram } from './program';
import { buildElf, EM, type TestElf } from './elf-fixture';

const ELF: TestElf = { segments: [{ vaddr: 0x10000, memSize: 0x1000 }] };
let directory: string;
let sysroot: string;

beforeAll(() => {
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'tsemu-program-')));
  sysroot = path.join(directory, 'root');
  mkdirSync(path.join(sysroot, 'bin'), { recursive: true });
  mkdirSync(path.join(sysroot, 'etc'));
  write('root/bin/sh', buildElf(ELF));
  symlinkSync('/bin/sh', path.join(sysroot, 'etc/sh'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, contents: string | Buffer): string {
  const file = path.join(directory, name);
  writeFileSync(file, contents, { mode: 0o755 });
  return file;
}

function open(file: string, ...args: string[]): { argv: string[]; path: string; executable: string } {
  const program = openProgram(
    file,
    ['zero', ...args].map((a) => Buffer.from(a)),
    { targets: ['arm'], sysroot },
  );
  program.close();
  return {
    argv: program.argv.map((a) => Buffer.from(a).toString()),
    path: program.path.toString(),
    executable: program.main.file.realPath,
  };
}

describe('scripts', () => {
  it('run their interpreter with rewritten arguments', () => {
    const script = write('script', '#!/bin/sh -eu x\necho\n');
    expect(open(script, 'a', 'b')).toEqual({
      argv: ['/bin/sh', '-eu x', script, 'a', 'b'],
      path: script,
      executable: path.join(sysroot, 'bin/sh'),
    });
  });

  it('find interpreters through links that stay in the sysroot', () => {
    expect(open(write('linked', '#!/etc/sh\n')).executable).toBe(path.join(sysroot, 'bin/sh'));
  });

  it('may be interpreters of scripts, five deep', () => {
    let file = write('script0', '#!/bin/sh 0\n');
    const names = [file];
    for (let i = 1; i < 5; i++) names.unshift((file = write(`script${i}`, `#!${file}\n`)));
    expect(open(file, 'a').argv).toEqual(['/bin/sh', '0', ...names.toReversed(), 'a']);
    const deeper = write('script5', `#!${file}\n`);
    expect(() => open(deeper)).toThrow(`${deeper}: too many levels of script interpreters`);
    const loop = write('loop', `#!${path.join(directory, 'loop')}\n`);
    expect(() => open(loop)).toThrow(/too many levels/);
  });

  it('say what is wrong with their interpreter', () => {
    const native = write('native', `#!${process.execPath}\n`);
    expect(() => open(native)).toThrow(`${native}: its interpreter ${process.execPath} is a program for this machine`);
    write('root/bin/mips', buildElf({ ...ELF, machine: EM.MIPS, order: 'big' }));
    expect(() => open(write('foreign', '#!/bin/mips\n'))).toThrow(/foreign: its interpreter \/bin\/mips is for mips, not for arm; -L/);
    const missing = write('missing', '#!/no/such\n');
    expect(() => open(missing)).toThrow(`${missing}: its interpreter /no/such: no such file or directory`);
    expect(() => open(write('nameless', '#! \n'))).toThrow(/its #! line names no interpreter/);
    write('root/bin/text', 'text');
    expect(() => open(write('odd', '#!/bin/text\n'))).toThrow(/\/bin\/text: not an ELF file/);
  });
});

describe('identify', () => {
  it.each([
    [{}, 'arm', false],
    [{ order: 'big', machine: EM.MIPS }, 'mips', false],
    [{ order: 'little', machine: EM.MIPS }, 'mipsel', false],
    [{ class: 64, order: 'big', machine: EM.PPC64 }, 'ppc64', false],
    [{ class: 64, machine: EM.PPC64 }, 'ppc64le', false],
    [{ class: 64, machine: EM.X86_64 }, 'x86_64', process.arch === 'x64'],
    [{ machine: 0x4242 }, undefined, false],
  ] as [Partial<TestElf>, string | undefined, boolean][])('%j', (change, target, native) => {
    expect(identify(write('elf', buildElf({ ...ELF, ...change })))).toMatchObject({ target, native });
  });

  it('looks through scripts', () => {
    expect(identify(write('script', '#!/bin/sh\n'), sysroot)).toMatchObject({ target: 'arm', native: false });
  });
});

it('closes all files, whether it succeeds or not', () => {
  const count = (): number => readdirSync('/proc/self/fd').length;
  const before = count();
  open(write('good', '#!/bin/sh\n'));
  expect(() => open(write('bad', '#!/bin/text\n'))).toThrow();
  expect(() => open(directory)).toThrow();
  identify(write('good', '#!/bin/sh\n'), sysroot);
  expect(count()).toBe(before);
});
