/** The launchers find their own files and the pinned Node wherever they are called from, and say what is missing. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from '../package.json';
import { PROJECT_ROOT } from './harness/emulators';
import { run, runChecked, type RunResult } from './harness/run';

const PLATFORM_PACKAGE = `node-linux-${process.arch}`;
const HELLO = join(PROJECT_ROOT, 'tests/binaries/arm/hello');

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'tsemu launcher '))));
afterEach(() => rmSync(dir, { recursive: true }));

/** The launcher of this host, and the script that it falls back to and that serves other hosts. */
const LAUNCHERS = [
  { kind: 'installed', file: 'bin/tsemu-arm' },
  { kind: 'shell', file: 'launcher/launcher.sh' },
];

/** Links packages of this project into `nodeModules`. */
function link(nodeModules: string, ...packages: readonly string[]): void {
  mkdirSync(nodeModules, { recursive: true });
  for (const name of packages) symlinkSync(join(PROJECT_ROOT, 'node_modules', name), join(nodeModules, name));
}

function expectVersion(r: RunResult, name = 'tsemu-arm'): void {
  expect(r.stderr.toString()).toBe('');
  expect(r.stdout.toString()).toBe(`${name} ${version}\n`);
  expect(r.status).toBe(0);
}

it.each(['arm', 'mips', 'ppc'])("starts %s guests from V8's code cache, which other flags than those of its making void", (target) => {
  const env = { ...process.env, TSEMU_TRACE_STARTUP: '1' };
  const r = run([join(PROJECT_ROOT, `bin/tsemu-${target}`), join(PROJECT_ROOT, 'tests/binaries', target, 'hello')], { env });
  expect(r.stderr.toString()).toContain(`code cache of ${target} guests used\n`);
});

describe.each(LAUNCHERS)('$kind launcher', ({ file }) => {
  /** A copy of the package at `root`, without dependencies. */
  function install(root: string, { bundle = true } = {}): string {
    mkdirSync(join(root, 'bin'), { recursive: true });
    cpSync(join(PROJECT_ROOT, 'launcher'), join(root, 'launcher'), { recursive: true });
    if (bundle) cpSync(join(PROJECT_ROOT, 'dist'), join(root, 'dist'), { recursive: true });
    const launcher = join(root, 'bin/tsemu-arm');
    cpSync(join(PROJECT_ROOT, file), launcher);
    chmodSync(launcher, 0o755);
    return launcher;
  }

  let launcher: string;
  beforeEach(() => {
    launcher = install(join(dir, 'default'));
    link(join(dir, 'default/node_modules'), PLATFORM_PACKAGE, '@koromix', 'koffi');
  });

  describe('finds itself', () => {
    it('by its path', () => {
      expectVersion(run([launcher, '-version']));
      expectVersion(run(['./tsemu-arm', '-version'], { cwd: dirname(launcher) }));
      expectVersion(run(['bin/tsemu-arm', '-version'], { cwd: join(dir, 'default') }));
    });

    it('on PATH', () => {
      expectVersion(run(['sh', '-c', 'tsemu-arm -version'], { env: { PATH: `${dirname(launcher)}:${process.env['PATH']}` } }));
    });

    it('through absolute, relative and repeated symbolic links, under the name of the first', () => {
      symlinkSync(launcher, join(dir, 'tsemu-arm'));
      expectVersion(run([join(dir, 'tsemu-arm'), '-version']));
      symlinkSync('tsemu-arm', join(dir, 'tsemu'));
      expectVersion(run([join(dir, 'tsemu'), '-version']), 'tsemu');
      mkdirSync(join(dir, 'sub'));
      symlinkSync('../tsemu', join(dir, 'sub/tsemu-arm'));
      expectVersion(run(['./tsemu-arm', '-version'], { cwd: join(dir, 'sub') }));
    });

    it('in a folder with spaces, its dependencies nested', () => {
      const launcher = install(join(dir, 'a  folder'));
      link(join(dir, 'a  folder/node_modules'), PLATFORM_PACKAGE, '@koromix', 'koffi');
      expectVersion(run([launcher, '-version']));
    });

    it("as a dependency, through npm's .bin, its own dependencies hoisted", () => {
      const modules = join(dir, 'project/node_modules');
      install(join(modules, 'tsemu'));
      link(modules, PLATFORM_PACKAGE, '@koromix', 'koffi');
      mkdirSync(join(modules, '.bin'));
      symlinkSync('../tsemu/bin/tsemu-arm', join(modules, '.bin/tsemu-arm'));
      expectVersion(run([join(modules, '.bin/tsemu-arm'), '-version']));
    });
  });

  describe('without the pinned Node', () => {
    /** A folder to be the whole PATH: what the launcher itself needs, and a `node` that reports a version. */
    function pathWithNode(nodeVersion?: string): string {
      const path = join(dir, 'path');
      mkdirSync(path);
      for (const tool of ['readlink', 'sh'])
        symlinkSync(
          run(['sh', '-c', `command -v ${tool}`])
            .stdout.toString()
            .trim(),
          join(path, tool),
        );
      if (nodeVersion !== undefined) {
        const node = join(path, 'node');
        writeFileSync(node, `#!/bin/sh\n[ "$1" = -p ] && { echo ${nodeVersion}; exit; }\nexec '${process.execPath}' "$@"\n`);
        chmodSync(node, 0o755);
      }
      return path;
    }

    it('takes the one on PATH if it is new enough', () => {
      const launcher = install(join(dir, 'package'));
      link(join(dir, 'package/node_modules'), '@koromix', 'koffi');
      expectVersion(run([launcher, '-version'], { env: { PATH: pathWithNode('22.1.0') } }));
    });

    it('names the version of one that is too old', () => {
      const r = run([install(join(dir, 'package')), HELLO], { env: { PATH: pathWithNode('20.20.2') } });
      expect(r.stderr.toString()).toMatch(/^tsemu-arm: needs Node 22 or later, .* 20\.20\.2\n$/);
      expect(r.status).toBe(126);
    });

    it('says that there is none', () => {
      const r = run([install(join(dir, 'package')), HELLO], { env: { PATH: pathWithNode() } });
      expect(r.stderr.toString()).toMatch(/^tsemu-arm: .*'npm ci' installs it\n$/);
      expect(r.status).toBe(127);
    });
  });

  it('says that the bundle is missing', () => {
    const r = run([install(join(dir, 'package'), { bundle: false }), HELLO]);
    expect(r.stderr.toString()).toMatch(/^tsemu-arm: .*dist\/tsemu\.cjs is missing; 'npm run build' makes it\n$/);
    expect(r.status).toBe(126);
  });

  describe('passes on to the guest', () => {
    const guest = join(PROJECT_ROOT, 'tests/binaries/arm/args');

    it('arguments that are not UTF-8', () => {
      const r = run(['sh', '-c', `exec "$0" "$1" "$(printf 'a\\377b')" '' '\u00e9' "$(printf '\\303')"`, launcher, guest]);
      expect(r.stdout.toString('latin1').split('\n').slice(1, 5)).toEqual(['arg=a\u00ffb', 'arg=', 'arg=\u00c3\u00a9', 'arg=\u00c3']);
    });

    it('an environment that is not UTF-8', () => {
      const r = run(['sh', '-c', `X="$(printf 'a\\377b')" exec "$0" "$1"`, launcher, guest]);
      expect(r.stdout.toString('latin1')).toContain('\nenv=X=a\u00ffb\n');
    });
  });
});

it('the native launcher passes the environment on as it is', () => {
  if (process.arch !== 'x64') return;
  const environment = ['B=2', 'A.B=3', 'A=1', 'A-=4'];
  const guest = join(PROJECT_ROOT, 'tests/binaries/arm/args');
  const r = run(['env', '-i', ...environment, join(PROJECT_ROOT, 'bin/tsemu-arm'), guest]);
  expect(r.stdout.toString().match(/^env=.*$/gm)).toEqual(environment.map((e) => `env=${e}`));
});

it('the native launcher is launcher-x64.s assembled', () => {
  if (run(['sh', '-c', 'command -v as objcopy']).status !== 0 || process.arch !== 'x64') {
    process.stderr.write('SKIPPED comparison of launcher-x64.s with its bytes: no x86-64 assembler; apt-get install binutils\n');
    return;
  }
  const object = join(dir, 'launcher.o');
  const binary = join(dir, 'launcher.bin');
  runChecked(['as', '-o', object, join(PROJECT_ROOT, 'launcher/launcher-x64.s')]);
  runChecked(['objcopy', '-O', 'binary', '-j', '.text', object, binary]);
  const file = readFileSync(join(PROJECT_ROOT, 'bin/tsemu-arm'));
  expect(file.subarray(-readFileSync(binary).length).toString('hex')).toBe(readFileSync(binary).toString('hex'));
});
