/** bin/tsemu finds its own files and the pinned Node wherever it is called from, and says what is missing. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from '../package.json';
import { PROJECT_ROOT } from './harness/emulators';
import { run, type RunResult } from './harness/run';

const PLATFORM_PACKAGE = `node-linux-${process.arch}`;
const LAUNCHER = join(PROJECT_ROOT, 'bin/tsemu-arm');
const HELLO = join(PROJECT_ROOT, 'tests/binaries/arm/hello');

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'tsemu launcher '))));
afterEach(() => rmSync(dir, { recursive: true }));

/** A copy of the package at `root`, without dependencies. */
function installAt(root: string, { bundle = true } = {}): string {
  mkdirSync(root, { recursive: true });
  cpSync(join(PROJECT_ROOT, 'bin'), join(root, 'bin'), { recursive: true, verbatimSymlinks: true });
  if (bundle) cpSync(join(PROJECT_ROOT, 'dist'), join(root, 'dist'), { recursive: true });
  return join(root, 'bin/tsemu-arm');
}

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

describe('finds itself', () => {
  it('by its path', () => {
    expectVersion(run([LAUNCHER, '-version']));
    expectVersion(run(['./tsemu-arm', '-version'], { cwd: dirname(LAUNCHER) }));
    expectVersion(run(['bin/tsemu-arm', '-version'], { cwd: PROJECT_ROOT }));
  });

  it('on PATH', () => {
    expectVersion(run(['sh', '-c', 'tsemu-arm -version'], { env: { PATH: `${dirname(LAUNCHER)}:${process.env['PATH']}` } }));
  });

  it('through absolute, relative and repeated symbolic links, under the name of the first', () => {
    symlinkSync(LAUNCHER, join(dir, 'tsemu-arm'));
    expectVersion(run([join(dir, 'tsemu-arm'), '-version']));
    symlinkSync('tsemu-arm', join(dir, 'tsemu'));
    expectVersion(run([join(dir, 'tsemu'), '-version']), 'tsemu');
    mkdirSync(join(dir, 'sub'));
    symlinkSync('../tsemu', join(dir, 'sub/tsemu-arm'));
    expectVersion(run(['./tsemu-arm', '-version'], { cwd: join(dir, 'sub') }));
  });

  it('in a folder with spaces, its dependencies nested', () => {
    const launcher = installAt(join(dir, 'a  folder'));
    link(join(dir, 'a  folder/node_modules'), PLATFORM_PACKAGE, '@koromix', 'koffi');
    expectVersion(run([launcher, '-version']));
  });

  it("as a dependency, through npm's .bin, its own dependencies hoisted", () => {
    const modules = join(dir, 'project/node_modules');
    installAt(join(modules, 'tsemu'));
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
    const launcher = installAt(join(dir, 'package'));
    link(join(dir, 'package/node_modules'), '@koromix', 'koffi');
    expectVersion(run([launcher, '-version'], { env: { PATH: pathWithNode('22.1.0') } }));
  });

  it('names the version of one that is too old', () => {
    const r = run([installAt(join(dir, 'package')), HELLO], { env: { PATH: pathWithNode('20.20.2') } });
    expect(r.stderr.toString()).toMatch(/^tsemu-arm: needs Node 22 or later, .* 20\.20\.2\n$/);
    expect(r.status).toBe(126);
  });

  it('says that there is none', () => {
    const r = run([installAt(join(dir, 'package')), HELLO], { env: { PATH: pathWithNode() } });
    expect(r.stderr.toString()).toMatch(/^tsemu-arm: .*'npm ci' installs it\n$/);
    expect(r.status).toBe(127);
  });
});

it('says that the bundle is missing', () => {
  const r = run([installAt(join(dir, 'package'), { bundle: false }), HELLO]);
  expect(r.stderr.toString()).toMatch(/^tsemu-arm: .*dist\/tsemu\.cjs is missing; 'npm run build' makes it\n$/);
  expect(r.status).toBe(126);
});

describe('passes on to the guest', () => {
  const guest = join(PROJECT_ROOT, 'tests/binaries/arm/args');

  it('arguments that are not UTF-8', () => {
    const r = run(['sh', '-c', `exec "$0" "$1" "$(printf 'a\\377b')" '' '\u00e9' "$(printf '\\303')"`, LAUNCHER, guest]);
    expect(r.stdout.toString('latin1').split('\n').slice(1, 5)).toEqual(['arg=a\u00ffb', 'arg=', 'arg=\u00c3\u00a9', 'arg=\u00c3']);
  });

  it('an environment that is not UTF-8', () => {
    const r = run(['sh', '-c', `X="$(printf 'a\\377b')" exec "$0" "$1"`, LAUNCHER, guest]);
    expect(r.stdout.toString('latin1')).toContain('\nenv=X=a\u00ffb\n');
  });
});
