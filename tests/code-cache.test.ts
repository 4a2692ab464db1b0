/** Whole programs run twice with --code-cache: the second run has little to translate, and nothing else differs. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../translate/ir/random-block';
import { SUBJECT } from './harness/emulators';
import { run, type RunResult } from './harness/run';
import { describeIf } from './harness/tools';
import { compile, TOOLCHAINS, type Flavour } from './programs/compile';

const seed = Number(process.env['TSEMU_SEED'] ?? Date.now() % 1e9);
const DYNAMIC: Flavour = { abi: 'armhf', instructionSet: 'thumb', optimisation: 2, linkage: 'dynamic' };
const STATIC: Flavour = { abi: 'armhf', instructionSet: 'arm', optimisation: 1, linkage: 'static' };

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'tsemu-code-cache-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const LINE =
  /^code cache (.*): used (\d+) blocks, (\d+) modules; made (\d+) blocks, (\d+) modules; (\d+) of changed code; (not )?saved\n/gm;

interface CachedRun {
  /** Without the log's lines. */
  readonly result: Pick<RunResult, 'stdout' | 'status' | 'signal'> & { readonly stderr: string };
  readonly file: string;
  readonly used: number;
  readonly modulesUsed: number;
  readonly made: number;
  readonly modulesMade: number;
  readonly saved: boolean;
}

function cached(
  cache: string,
  flavour: Flavour,
  program: string,
  args: readonly string[] = [],
  options: readonly string[] = [],
): CachedRun {
  const { sysroot } = TOOLCHAINS[flavour.abi];
  const r = run([...SUBJECT, '-d', 'cache', `--code-cache=${cache}`, ...options, '-L', sysroot, program, ...args]);
  const text = r.stderr.toString();
  // Children print one each, before their parent
  const [line, file, used, modulesUsed, made, modulesMade, , not] = [...text.matchAll(LINE)].at(-1) ?? [];
  if (line === undefined) throw new Error(`no line about the code cache: ${text}`);
  const result = { stdout: r.stdout, status: r.status, signal: r.signal, stderr: text.replace(LINE, '') };
  const counts = { used: Number(used), modulesUsed: Number(modulesUsed), made: Number(made), modulesMade: Number(modulesMade) };
  return { result, file: file!, ...counts, saved: not === undefined };
}

describeIf(['arm-linux-gnueabihf-gcc'], `--code-cache (TSEMU_SEED=${seed})`, () => {
  const random = new Random(seed);
  const fresh = (): string => mkdtempSync(join(folder, 'cache-'));
  const damagedCopy = (bytes: Buffer): Buffer => {
    const damaged = Buffer.from(bytes);
    for (let k = random.below(200); k >= 0; k--) damaged[random.below(bytes.length)]! ^= 1 << random.below(8);
    return damaged;
  };

  it.each([
    ['numbers', DYNAMIC, []],
    ['printf-formats', STATIC, []],
    ['jumps', DYNAMIC, ['--hot=1']],
    ['calls', DYNAMIC, ['--hot=200']],
    ['integers', STATIC, ['--emit=js', '--hot=20']],
    ['atomics', STATIC, ['--emit=interp']],
  ] as const)('gives %s less to do the second time', (name, flavour, options) => {
    const cache = fresh();
    const program = compile(name, flavour);
    const cold = cached(cache, flavour, program, [], options);
    const warm = cached(cache, flavour, program, [], options);
    expect(warm.result).toEqual(cold.result);
    expect([cold.used, cold.saved]).toEqual([0, true]);
    expect(warm.used).toBeGreaterThan(0.9 * cold.made);
    expect(warm.made).toBeLessThan(0.02 * cold.made);
    expect(warm.modulesUsed > 0).toBe(cold.modulesMade > 0);
    expect(warm.modulesMade).toBeLessThanOrEqual(0.1 * cold.modulesMade);
  });

  it.each(['abort', 'segv', 'exit'])('saves when a program ends by %s', (how) => {
    const cache = fresh();
    const program = compile('die', DYNAMIC);
    const cold = cached(cache, DYNAMIC, program, [how]);
    const warm = cached(cache, DYNAMIC, program, [how]);
    expect(warm.result).toEqual(cold.result);
    expect(cold.saved).toBe(true);
    expect(warm.made).toBeLessThan(0.02 * cold.made);
  });

  it('serves a guest that handles faults from some time on, and its child, with exact registers', () => {
    const cache = fresh();
    const program = compile('faults', DYNAMIC);
    const options = ['--hot=50'];
    const interpreted = run([...SUBJECT, '--emit=interp', '-no-code-cache', '-L', TOOLCHAINS.armhf.sysroot, program]);
    const cold = cached(cache, DYNAMIC, program, [], options);
    const warm = cached(cache, DYNAMIC, program, [], options);
    expect(cold.result).toEqual({ ...interpreted, stderr: interpreted.stderr.toString() });
    expect(warm.result).toEqual(cold.result);
    expect(warm.made).toBeLessThan(0.02 * cold.made);
    expect(warm.modulesUsed).toBeGreaterThan(0.9 * cold.modulesMade);
    const bytes = readFileSync(warm.file);
    for (let n = 0; n < 4; n++) {
      writeFileSync(warm.file, damagedCopy(bytes));
      expect(cached(cache, DYNAMIC, program, [], options).result).toEqual(cold.result);
    }
  });

  it('is not written by children that make little', () => {
    const { sysroot } = TOOLCHAINS.armhf;
    const cycles = compile('cycles', DYNAMIC);
    const { stderr } = run([...SUBJECT, '-d', 'cache', `--code-cache=${fresh()}`, '-L', sysroot, cycles, '4']);
    // The process itself and the first child that executes the program; there were 5 when what the parent had made counted
    const saved = [...stderr.toString().matchAll(LINE)].filter((line) => line[7] === undefined);
    expect(saved.length).toBeLessThan(4);
  });

  it('notices that a program at the same path is another one', () => {
    const cache = fresh();
    const program = join(folder, 'changing');
    const [first, second] = (['numbers', 'printf-formats'] as const).map((name) => compile(name, DYNAMIC));
    copyFileSync(first!, program);
    cached(cache, DYNAMIC, program);
    rmSync(program);
    copyFileSync(second!, program);
    const changed = cached(cache, DYNAMIC, program);
    expect(changed.result).toEqual(cached(fresh(), DYNAMIC, program).result);
    // The libraries have not changed
    expect(changed.used).toBeGreaterThan(100);
  });

  it('is not misled by damaged files', () => {
    const cache = fresh();
    const program = compile('printf-formats', STATIC);
    const { result, file } = cached(cache, STATIC, program, [], ['--hot=100']);
    const bytes = readFileSync(file);
    for (let n = 0; n < 8; n++) {
      const damaged = damagedCopy(bytes);
      writeFileSync(file, n % 4 === 3 ? damaged.subarray(0, random.below(bytes.length)) : damaged);
      expect(cached(cache, STATIC, program, [], ['--hot=100']).result).toEqual(result);
    }
  });

  it('bears several writers at once', async () => {
    const cache = fresh();
    const program = compile('numbers', DYNAMIC);
    const [command, ...options] = [...SUBJECT, `--code-cache=${cache}`, '-L', TOOLCHAINS.armhf.sysroot, program];
    const outputs = await Promise.all(
      Array.from({ length: 8 }, () => {
        const child = spawn(command!, options, { stdio: ['ignore', 'pipe', 'inherit'] });
        const chunks: Buffer[] = [];
        child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
        return new Promise<string>((resolve) => child.on('close', () => resolve(Buffer.concat(chunks).toString())));
      }),
    );
    expect(new Set(outputs).size).toBe(1);
    expect(readdirSync(cache)).toHaveLength(1);
    const after = cached(cache, DYNAMIC, program);
    expect(after.result.stdout.toString()).toBe(outputs[0]);
    expect(after.used).toBeGreaterThan(100);
  });

  it('is off by --no-code-cache, and on by TSEMU_CODE_CACHE', () => {
    const cache = fresh();
    const program = compile('numbers', STATIC);
    const env = { ...(process.env as Record<string, string>), TSEMU_CODE_CACHE: cache };
    const off = run([...SUBJECT, '-no-code-cache', program], { env });
    expect(readdirSync(cache)).toEqual([]);
    expect(run([...SUBJECT, program], { env })).toEqual(off);
    expect(readdirSync(cache)).toHaveLength(1);
  });
});
