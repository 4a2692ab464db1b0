import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AddressSpace, GuestMemory, Prot } from '../runtime/memory';
import { AT } from './initial-stack';
import { load, type Image, type LoadOptions } from './load';
import { LoadError } from './load-error';
import { buildElf, EM, ET, PT, type TestElf } from './elf-fixture';

const LIMIT = 0xffff_0000;
const memory = new GuestMemory('little');
const space = new AddressSpace(memory, LIMIT);
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

let directory: string;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'tsemu-loader-')));
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  space.unmap(0, LIMIT);
});

function write(name: string, elf: TestElf): string {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, buildElf(elf), { mode: 0o755 });
  return file;
}

const run = (file: string, options: Partial<LoadOptions> = {}): Image =>
  load(file, space, { targets: ['arm'], argv: [text(file)], envp: [], hwcap: 0x1000, hwcap2: 0x10, platform: 'v7l', seed: 1, ...options });

function auxiliary(image: Image): Map<number, number> {
  const view = new DataView(image.auxv.buffer, image.auxv.byteOffset, image.auxv.length);
  const found = new Map<number, number>();
  for (let at = 0; at < image.auxv.length; at += 8) found.set(view.getUint32(at, true), view.getUint32(at + 4, true));
  return found;
}

const string = (address: number): string => Buffer.from(memory.readCString(address)).toString();

/** Text and data in neighbouring pages, data with a bss of several pages. */
const SIMPLE: TestElf = {
  entry: 0x10101,
  size: 0x1200,
  contents: [
    [0x100, 'code'],
    [0x1010, 'data'],
    [0x1014, 'after'],
  ],
  segments: [
    { offset: 0, vaddr: 0x10000, fileSize: 0x200, flags: 5 },
    { offset: 0x1010, vaddr: 0x12010, fileSize: 4, memSize: 0x3000, flags: 6 },
  ],
};

describe('segments', () => {
  it('maps an ET_EXEC with its protections, bss and heap start', () => {
    const image = run(write('simple', SIMPLE));
    expect(string(0x10100)).toBe('code');
    expect(string(0x12010)).toBe('data');
    expect(memory.readBytes(0x12014, 0x2ffc).every((b) => b === 0)).toBe(true);
    expect(memory.accessible(0x10000, 0x1000, Prot.Read | Prot.Exec)).toBe(true);
    expect(memory.accessible(0x10000, 1, Prot.Write)).toBe(false);
    expect(memory.accessible(0x12000, 0x4000, Prot.Write)).toBe(true);
    expect(memory.accessible(0x11000, 1, 0x1)).toBe(false);
    expect(memory.accessible(0x16000, 1, 0x1)).toBe(false);
    expect(image).toMatchObject({
      target: 'arm',
      entry: 0x10101,
      loadBias: 0,
      interpreterBase: 0,
      brkStart: 0x16000,
      startCode: 0x10000,
      endCode: 0x10200,
      startData: 0x12010,
      endData: 0x12014,
      elfFlags: 0x05000400,
      executable: path.join(directory, 'simple'),
    });
    expect(space.brk(0)).toBe(0x16000);
  });

  it('maps from the file, so that /proc/self/maps can name it', () => {
    const file = write('simple', SIMPLE);
    run(file);
    expect(space.vmas.at(0x10000)).toMatchObject({ offset: 0, backing: { name: file } });
    expect(space.vmas.at(0x12000)).toMatchObject({ offset: 0x1000, backing: { name: file } });
    expect(space.vmas.at(0x13000)?.backing.name).toBe('');
  });

  it('never writes to the file', () => {
    const file = write('simple', SIMPLE);
    const before = readFileSync(file);
    run(file);
    memory.write32(0x12010, 0);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('clears the end of a read-only segment too', () => {
    run(
      write('rodata', {
        size: 0x1000,
        contents: [[0x200, 'xyz']],
        segments: [{ vaddr: 0x10000, fileSize: 0x201, memSize: 0x300, flags: 4 }],
      }),
    );
    expect(string(0x10200)).toBe('x');
    expect(memory.accessible(0x10000, 1, Prot.Write)).toBe(false);
  });

  it('lets a bss start inside the page of the segment before it', () => {
    run(
      write('shared-page', {
        size: 0x1000,
        contents: [
          [0x200, 'keep'],
          [0x800, 'drop'],
        ],
        segments: [
          { vaddr: 0x10000, fileSize: 0x300, flags: 7 },
          { offset: 0x800, vaddr: 0x10800, fileSize: 0, memSize: 0x1800, flags: 6 },
        ],
      }),
    );
    expect(string(0x10200)).toBe('keep');
    expect(memory.read8(0x10800)).toBe(0);
    expect(memory.read8(0x11fff)).toBe(0);
  });

  it('places a PIE at a multiple of its alignment', () => {
    const image = run(
      write('pie', {
        type: ET.DYN,
        entry: 0x111,
        size: 0x400,
        contents: [[0x300, `${directory}/ld\0`]],
        segments: [
          { type: PT.INTERP, offset: 0x300, fileSize: directory.length + 4 },
          { vaddr: 0x0, fileSize: 0x400, align: 0x80_0000 },
        ],
      }),
      { ...withInterpreter('ld') },
    );
    expect(image.loadBias).toBe(0x80_0000);
    expect(image.programEntry).toBe(0x80_0111);
    expect(image.brkStart).toBe(0x80_1000);
  });

  it('puts a static PIE in the mmap area, away from what it may load itself', () => {
    const image = run(
      write('static-pie', {
        type: ET.DYN,
        entry: 0x100,
        size: 0x80,
        segments: [{ vaddr: 0x1000, offset: 0, fileSize: 0x80, memSize: 0x9000 }],
      }),
    );
    expect(image.loadBias).toBe(0x8000_0000 - 0xa000);
    expect(image.entry).toBe(image.loadBias + 0x100);
    expect(image.brkStart).toBe(0x40_0000);
    expect(auxiliary(image).get(AT.BASE)).toBe(0);
  });

  it.each([
    [
      'segments that overlap',
      {
        segments: [
          { vaddr: 0x10000, memSize: 0x2000 },
          { vaddr: 0x11fff, memSize: 1 },
        ],
      },
      /segments 0 and 1 overlap at 0x11fff/,
    ],
    ['a segment outside the file', { segments: [{ vaddr: 0x10000, fileSize: 0x2000 }] }, /truncated: segment 0 ends at byte 8192 of 84/],
    ['a segment beyond user space', { segments: [{ vaddr: 0xfffe_0000, memSize: 0x1_0001 }] }, /beyond user space/],
    ['a segment that wraps around', { segments: [{ vaddr: 0xffff_f000, memSize: 0x2000 }] }, /above 4 GiB/],
    ['more file than memory', { segments: [{ vaddr: 0x10000, fileSize: 8, memSize: 4 }] }, /larger in the file/],
    ['an odd alignment', { segments: [{ vaddr: 0x10000, fileSize: 8, align: 0x3000 }] }, /not a power of two/],
    ['an offset that does not match', { segments: [{ vaddr: 0x10010, fileSize: 8 }] }, /differ within a page/],
    ['no segments', { segments: [{ type: PT.NOTE }] }, /has no loadable segments/],
    ['no program headers', { segments: [] }, /has no program headers/],
    ['headers outside the file', { ...SIMPLE, phoff: 0x4000, size: 0x4010 }, undefined],
  ] as [string, TestElf, RegExp | undefined][])('rejects %s', (_, elf, message) => {
    const file = write('bad', elf);
    if (message === undefined) writeFileSync(file, readFileSync(file).subarray(0, 0x4010));
    expect(() => run(file)).toThrow(message ?? /truncated: program headers end at byte/);
  });

  it('reads program headers far behind the first page', () => {
    const image = run(
      write('far-headers', {
        ...SIMPLE,
        phoff: 0x5000,
        segments: [...SIMPLE.segments, { offset: 0x5000, vaddr: 0x20000, fileSize: 0x60 }],
      }),
    );
    expect(string(0x10100)).toBe('code');
    expect(image.programHeaders).toEqual({ address: 0x20000, size: 32, count: 3 });
  });
});

function withInterpreter(name: string): Partial<LoadOptions> {
  write(name, { type: ET.DYN, entry: 0x40, size: 0x100, segments: [{ vaddr: 0, fileSize: 0x100 }] });
  return {};
}

const DYNAMIC: TestElf = {
  type: ET.DYN,
  entry: 0x200,
  size: 0x300,
  contents: [[0x100, '/lib/ld.so\0']],
  segments: [
    { type: PT.INTERP, offset: 0x100, fileSize: 11 },
    { vaddr: 0, fileSize: 0x300 },
    { type: PT.GNU_STACK, flags: 6 },
  ],
};

describe('the ELF interpreter', () => {
  it('is found under the sysroot, whose symbolic links stay inside it', () => {
    write('root/usr/lib/ld-1.so', { type: ET.DYN, entry: 0x40, size: 0x100, segments: [{ vaddr: 0, fileSize: 0x100 }] });
    rmSync(path.join(directory, 'root/lib'), { recursive: true, force: true });
    symlinkSync('/usr/lib', path.join(directory, 'root/lib'));
    rmSync(path.join(directory, 'root/usr/lib/ld.so'), { force: true });
    symlinkSync('ld-1.so', path.join(directory, 'root/usr/lib/ld.so'));
    const image = run(write('dynamic', DYNAMIC), { sysroot: path.join(directory, 'root') });
    expect(image.interpreter).toBe(path.join(directory, 'root/usr/lib/ld-1.so'));
    expect(image.loadBias).toBe(0x40_0000);
    expect(image.entry).toBe(image.interpreterBase + 0x40);
    const aux = auxiliary(image);
    expect(aux.get(AT.BASE)).toBe(image.interpreterBase);
    expect(aux.get(AT.ENTRY)).toBe(0x40_0200);
    expect(aux.get(AT.PHDR)).toBe(0x40_0034);
    expect(image.interpreterBase).toBeLessThan(image.stack.start);
  });

  it('is asked for by name and -L if it is missing', () => {
    const file = write('dynamic', DYNAMIC);
    expect(failure(() => run(file, { sysroot: '/nonexistent' }))).toEqual([
      `${file}: its interpreter /lib/ld.so was not found in /nonexistent; -L names the directory to look for it in`,
      127,
    ]);
  });

  it.each([
    [{ machine: EM.MIPS }, /its interpreter \/lib\/ld.so is for mipsel, not for arm; -L/],
    [{ type: ET.REL }, /its interpreter \/lib\/ld.so: is an object file/],
  ])('must be a program of the same machine: %j', (change, message) => {
    write('other/lib/ld.so', { type: ET.DYN, segments: [{ vaddr: 0, fileSize: 0x40 }], ...change });
    expect(() => run(write('dynamic', DYNAMIC), { sysroot: path.join(directory, 'other') })).toThrow(message);
  });

  it('must have a proper name', () => {
    const named = (contents: string, fileSize: number): TestElf => ({
      ...DYNAMIC,
      contents: [[0x100, contents]],
      segments: [{ type: PT.INTERP, offset: 0x100, fileSize }, ...DYNAMIC.segments.slice(1)],
    });
    expect(() => run(write('bad', named('/lib/ld.so', 10)))).toThrow(/interpreter name has no end/);
    expect(() => run(write('bad', named('\0', 1)))).toThrow(/interpreter name of 1 bytes/);
    expect(() => run(write('bad', named('x', 0x4000_0000)))).toThrow(/interpreter name of/);
  });
});

describe('the process', () => {
  it('gets a full auxiliary vector', () => {
    const image = run(write('simple', SIMPLE), { aux: [[AT.SYSINFO_EHDR, 0x7000]] });
    const aux = auxiliary(image);
    expect([...aux.keys()]).toEqual([33, 16, 6, 17, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 23, 26, 25, 31, 15, 0]);
    expect(aux.get(AT.PAGESZ)).toBe(4096);
    expect(aux.get(AT.CLKTCK)).toBe(100);
    expect(aux.get(AT.PHDR)).toBe(0x10034);
    expect(aux.get(AT.PHENT)).toBe(32);
    expect(aux.get(AT.PHNUM)).toBe(2);
    expect(aux.get(AT.ENTRY)).toBe(0x10101);
    expect(aux.get(AT.HWCAP)).toBe(0x1000);
    expect(aux.get(AT.HWCAP2)).toBe(0x10);
    expect(aux.get(AT.UID)).toBe(process.getuid?.());
    expect(aux.get(AT.EGID)).toBe(process.getegid?.());
    expect(aux.get(AT.SYSINFO_EHDR)).toBe(0x7000);
    expect(string(aux.get(AT.PLATFORM)!)).toBe('v7l');
    expect(string(aux.get(AT.EXECFN)!)).toBe(path.join(directory, 'simple'));
    expect(Buffer.from(memory.readBytes(image.auxvAddress, image.auxv.length))).toEqual(Buffer.from(image.auxv));
  });

  it('gets its arguments on a named stack with a guard gap', () => {
    const image = run(write('simple', SIMPLE), { argv: [text('a'), text('bc')], envp: [text('X=1')], stackSize: 0x2_0000 });
    const sp = image.stackPointer;
    expect(sp % 16).toBe(0);
    expect(memory.read32(sp)).toBe(2);
    expect(string(memory.read32(sp + 4))).toBe('a');
    expect(string(memory.read32(sp + 8))).toBe('bc');
    expect(memory.read32(sp + 12)).toBe(0);
    expect(string(memory.read32(sp + 16))).toBe('X=1');
    expect(memory.read32(sp + 20)).toBe(0);
    expect(image.auxvAddress).toBe(sp + 24);
    expect(Buffer.from(memory.readBytes(image.argStart, image.argEnd - image.argStart)).toString()).toBe('a\0bc\0');
    expect(Buffer.from(memory.readBytes(image.envStart, image.envEnd - image.envStart)).toString()).toBe('X=1\0');
    expect(image.stack.end - image.stack.start).toBe(0x2_0000);
    expect(space.vmas.at(sp)?.backing.name).toBe('[stack]');
  });

  it('maps below 2 GiB while there is room', () => {
    const { stack } = run(write('simple', SIMPLE));
    expect(stack.start).toBeGreaterThan(0xb000_0000);
    expect(space.map({ length: 0x1000, prot: 0 })).toBe(0x8000_0000 - 0x1000);
    expect(space.map({ length: 0x5000_0000, prot: 0 })).toBe(0x3000_0000 - 0x1000);
    expect(space.map({ length: 0x3000_0000, prot: 0 })).toBe(0x8000_0000);
    expect(space.map({ length: 0x1000, prot: 0 })).toBe(0x3000_0000 - 0x2000);
  });

  it('maps away from a large stack', () => {
    const { stack } = run(write('simple', SIMPLE), { stackSize: 0x4000_0000 });
    expect(stack.start - (space.map({ length: 0x1000, prot: 0 }) + 0x1000)).toBe(0x10_0000);
  });

  it('has random bytes that the seed decides', () => {
    const file = write('simple', SIMPLE);
    const bytes = (seed: number | undefined): string => {
      space.unmap(0, LIMIT);
      return Buffer.from(memory.readBytes(auxiliary(run(file, { seed })).get(AT.RANDOM)!, 16)).toString('hex');
    };
    expect(bytes(1)).toBe(bytes(1));
    expect(bytes(1)).not.toBe(bytes(2));
    expect(bytes(undefined)).not.toBe(bytes(undefined));
  });

  it.each([
    ['without PT_GNU_STACK', [], true],
    ['with an executable PT_GNU_STACK', [{ type: PT.GNU_STACK, flags: 7 }], true],
    ['with a plain PT_GNU_STACK', [{ type: PT.GNU_STACK, flags: 6 }], false],
  ])('has a stack %s', (_, extra, executable) => {
    const image = run(write('stack', { ...SIMPLE, segments: [...SIMPLE.segments, ...extra] }));
    expect(image.readImpliesExec).toBe(executable);
    expect(memory.accessible(image.stackPointer, 1, Prot.Exec)).toBe(executable);
    expect(memory.accessible(0x12000, 1, Prot.Exec)).toBe(executable);
  });

  it('refuses arguments that Linux refuses', () => {
    const file = write('simple', SIMPLE);
    const many = (n: number, length: number): Uint8Array[] => Array.from({ length: n }, () => new Uint8Array(length).fill(0x61));
    expect(failure(() => run(file, { argv: many(1, 0x20000) }))).toEqual([`${file}: argument list too long`, 126]);
    space.unmap(0, LIMIT);
    expect(failure(() => run(file, { argv: many(1000, 2200) }))).toEqual([`${file}: argument list too long`, 126]);
    space.unmap(0, LIMIT);
    expect(() => run(file, { argv: many(1000, 2000) })).not.toThrow();
    space.unmap(0, LIMIT);
    expect(failure(() => run(file, { argv: many(1, 0x8000), stackSize: 0x8000 }))).toEqual([`${file}: argument list too long`, 126]);
    space.unmap(0, LIMIT);
    expect(failure(() => run(file, { stackSize: 2 ** 33 }))[1]).toBe(126);
  });

  it('moves the stack away from a program linked to where it would be', () => {
    const image = run(write('high', { entry: 0xbeff_0000, segments: [{ vaddr: 0xbeff_0000, memSize: 0x1000, flags: 7 }] }));
    expect(image.stack.end).toBeLessThanOrEqual(0xbeff_0000);
    expect(memory.accessible(0xbeff_0000, 0x1000, Prot.Exec)).toBe(true);
  });
});

describe('64-bit and big-endian programs', () => {
  it('load below 4 GiB with words of their own size and order', () => {
    const file = write('ppc64', {
      class: 64,
      order: 'big',
      machine: EM.PPC64,
      entry: 0x1000_0100,
      size: 0x200,
      contents: [[0x100, 'code']],
      segments: [{ vaddr: 0x1000_0000, fileSize: 0x200, align: 0x10000 }],
    });
    const image = run(file, { targets: ['ppc64'] });
    const sp = image.stackPointer;
    expect(string(0x1000_0100)).toBe('code');
    expect(memory.readBytes(sp, 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1));
    const view = new DataView(memory.u8.buffer, sp, 64);
    expect(string(Number(view.getBigUint64(8)))).toBe(file);
    expect(image.auxv.subarray(0, 16)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0x10, 0));
    expect(image.readImpliesExec).toBe(false);
  });

  it('are told that addresses above 4 GiB cannot be mapped', () => {
    const file = write('high64', {
      class: 64,
      machine: EM.AARCH64,
      entry: 0x40_0000,
      segments: [{ vaddr: 0x55_0000_0000, memSize: 0x1000 }],
    });
    expect(() => run(file, { targets: ['aarch64'] })).toThrow(/segment 0 lies above 4 GiB \(0x5500000fff\)/);
  });
});

function failure(f: () => unknown): [string, number] {
  try {
    f();
  } catch (error) {
    if (error instanceof LoadError) return [error.message, error.exitStatus];
    throw error;
  }
  throw new Error('no error');
}

describe('files that are no programs', () => {
  const attempt = (name: string, contents: string | Buffer, mode = 0o755): [string, number] => {
    const file = path.join(directory, name);
    writeFileSync(file, contents);
    chmodSync(file, mode);
    return failure(() => run(file));
  };

  it('say in one line what is wrong', () => {
    const at = (name: string): string => path.join(directory, name);
    expect(failure(() => run('/no/such/file'))).toEqual(['/no/such/file: no such file or directory', 127]);
    expect(failure(() => run(directory))).toEqual([`${directory}: is a directory`, 126]);
    expect(failure(() => run('/dev/null'))).toEqual(['/dev/null: is not a regular file', 126]);
    expect(failure(() => run('/etc/passwd/x'))).toEqual(['/etc/passwd/x: a part of the path is not a directory', 126]);
    expect(failure(() => run('a\0b'))).toEqual(['a\\x00b: no such file or directory', 127]);
    expect(attempt('empty', '')).toEqual([`${at('empty')}: is empty`, 126]);
    expect(attempt('text', 'hello\n')).toEqual([`${at('text')}: not an ELF file`, 126]);
    expect(attempt('line\nbreak', 'hello\n')).toEqual([`${at('line\\x0abreak')}: not an ELF file`, 126]);
    expect(attempt('plain', buildElf(SIMPLE), 0o644)).toEqual([`${at('plain')}: permission denied (not executable)`, 126]);
    expect(attempt('short', buildElf(SIMPLE).subarray(0, 30))).toEqual([`${at('short')}: truncated ELF header`, 126]);
    expect(attempt('object', buildElf({ ...SIMPLE, type: ET.REL }))).toEqual([`${at('object')}: is an object file, not a program`, 126]);
    expect(attempt('mips', buildElf({ ...SIMPLE, machine: EM.MIPS, order: 'big', flags: 0x1000 }))).toEqual([
      `${at('mips')}: is for mips, not for arm: run it with tsemu-mips`,
      126,
    ]);
    expect(attempt('n32', buildElf({ ...SIMPLE, machine: EM.MIPS, flags: 0x20 }))[0]).toMatch(/run it with tsemu-mipsn32el$/);
    expect(attempt('unknown', buildElf({ ...SIMPLE, machine: 0x1234 }))[0]).toMatch(
      /unknown machine \(ELF machine 4660, 32-bit little-endian\)/,
    );
  });

  it('know the programs of this machine', () => {
    const [message, status] = failure(() => run(process.execPath));
    expect(message).toMatch(/is a program for this machine \(\w+\), not for arm; run it without tsemu$/);
    expect(status).toBe(126);
  });

  it('do not make us wait for the writer of a FIFO', () => {
    const name = path.join(directory, 'fifo');
    execFileSync('mkfifo', ['-m', '755', name]);
    expect(failure(() => run(name))).toEqual([`${name}: is not a regular file`, 126]);
  });
});
