import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildElf } from '../loader/elf-fixture';
import { Log } from '../runtime/debug';
import type { Exit } from '../runtime/engine';
import type { RunConfig } from './config';
import { createMachine } from './machine';
import { rehearseExec } from './rehearsal';
import { abiOf } from './targets';
import type { Translator } from './translator';

const HELLO = path.join(__dirname, '..', 'tests', 'binaries', 'arm', 'hello');
/** `b .` of A32. */
const BRANCH_TO_ITSELF = Uint8Array.of(0xfe, 0xff, 0xff, 0xea);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tsemu-rehearsal-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Rehearses to execute a file; returns what each run of its code ended with, and what is mapped in the machine that rehearsed nothing. */
function rehearsed(file: string): { readonly ends: readonly string[]; readonly mappings: number } {
  const abi = abiOf({ target: 'arm', native: false, elfFlags: 0x0500_0400 }, Buffer.from(file));
  const model = abi.target.models.find((m) => m.name === abi.target.defaultModel)!;
  const machine = createMachine(abi, model);
  const program = Buffer.from(file);
  const config: RunConfig = {
    program,
    args: [],
    envp: [],
    stackSize: 0x10_0000,
    log: { items: new Set() },
    strace: false,
    emit: 'auto',
    opt: 'all',
  };
  const ends: string[] = [];
  const watch = ({ engine }: Translator): void => {
    const run = engine.run.bind(engine);
    engine.run = (): Exit => {
      const exit = run();
      ends.push(exit.kind);
      return exit;
    };
  };
  rehearseExec({
    config,
    log: new Log(new Set()),
    machine,
    request: { path: program, hostPath: program, argv: [program], envp: [], stackSize: undefined },
    options: { envp: [], hwcap: 0, stackSize: config.stackSize },
    share: (_, translator) => watch(translator),
  });
  return { ends, mappings: machine.space.vmas.all().length };
}

describe('a rehearsal of execve', () => {
  it('runs the program up to its first system call, many times, elsewhere', () => {
    const descriptors = readdirSync('/proc/self/fd').length;
    const { ends, mappings } = rehearsed(HELLO);
    expect(ends.length).toBeGreaterThan(10);
    expect(new Set(ends)).toEqual(new Set(['syscall']));
    expect(mappings).toBe(0);
    expect(readdirSync('/proc/self/fd').length).toBe(descriptors);
  });

  it('does not wait for a program that makes no system call', () => {
    const file = path.join(directory, 'loop');
    writeFileSync(
      file,
      buildElf({ entry: 0x1_0100, segments: [{ vaddr: 0x1_0000, flags: 5, fileSize: 0x104 }], contents: [[0x100, BRANCH_TO_ITSELF]] }),
    );
    chmodSync(file, 0o755);
    expect(new Set(rehearsed(file).ends)).toEqual(new Set(['pending']));
  });

  it('is left out if the program has gone', () => {
    expect(rehearsed(path.join(directory, 'gone')).ends).toEqual([]);
  });
});
