/**
 * A Debian armhf system in a directory, without root and without touching the machine's own package state: apt works in
 * a private tree, packages are unpacked and never installed (no maintainer script runs).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from '../harness/emulators';
import { runChecked } from '../harness/run';

/** Programs that the acceptance rows always have; TSEMU_SYSROOT may point to a larger system. */
export const BASE_PACKAGES: readonly string[] = ['coreutils', 'grep', 'sed', 'gawk'];

/** TSEMU_SYSROOT, or a directory in the project's cache. */
export const SYSROOT = resolve(PROJECT_ROOT, process.env['TSEMU_SYSROOT'] ?? '.cache/sysroot/armhf');

const APT_TREE = join(PROJECT_ROOT, '.cache/apt/armhf');
const STAMP = '.tsemu-complete';

/** True if there is a system to run programs from. */
export function haveSysroot(): boolean {
  return process.env['TSEMU_SYSROOT'] !== undefined ? existsSync(SYSROOT) : existsSync(join(SYSROOT, STAMP));
}

/** Downloads packages with all that they depend on and unpacks them into SYSROOT. Throws with apt's message if it cannot. */
export function fetchSysroot(packages: readonly string[]): void {
  const apt = preparedApt();
  apt(['-qq', 'update']);
  const plan = apt(['install', '-s', ...packages]);
  const closure = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name!);
  const archives = join(APT_TREE, 'download');
  mkdirSync(archives, { recursive: true });
  apt(['-qq', 'download', ...closure], archives);
  unpack(
    readdirSync(archives)
      .filter((f) => f.endsWith('.deb'))
      .sort()
      .map((f) => join(archives, f)),
  );
  writeFileSync(join(SYSROOT, STAMP), `${packages.join(' ')}\n`);
}

/** Runs apt-get in the private tree; returns its standard output. */
function preparedApt(): (args: readonly string[], cwd?: string) => string {
  for (const dir of ['lists/partial', 'cache/archives/partial', 'state', 'sources']) mkdirSync(join(APT_TREE, dir), { recursive: true });
  writeFileSync(join(APT_TREE, 'status'), '');
  copySources();
  const config = join(APT_TREE, 'apt.conf');
  const settings: readonly (readonly [string, string])[] = [
    ['APT::Architecture', 'armhf'],
    ['APT::Install-Recommends', '0'],
    ['Dir::Etc::sourcelist', '/dev/null'],
    ['Dir::Etc::sourceparts', join(APT_TREE, 'sources')],
    ['Dir::State', join(APT_TREE, 'state')],
    ['Dir::State::lists', join(APT_TREE, 'lists')],
    ['Dir::State::status', join(APT_TREE, 'status')],
    ['Dir::Cache', join(APT_TREE, 'cache')],
    ['Acquire::Languages', 'none'],
    // The tree has one user, who need not be root
    ['Debug::NoLocking', '1'],
    ['APT::Sandbox::User', 'root'],
  ];
  const list = ['APT::Architectures { "armhf"; };', ...settings.map(([name, value]) => `${name} "${value}";`)];
  writeFileSync(config, `${list.join('\n')}\n`);
  return (args, cwd = APT_TREE) =>
    runChecked(['apt-get', ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', APT_CONFIG: config, LC_ALL: 'C' } }).toString();
}

/** The machine's own package sources, without the security suite: it need not agree with the versions of the main one. */
function copySources(): void {
  const from = '/etc/apt';
  const parts = join(from, 'sources.list.d');
  const files = [join(from, 'sources.list'), ...(existsSync(parts) ? readdirSync(parts).map((f) => join(parts, f)) : [])];
  for (const file of files.filter((f) => existsSync(f) && /\.(list|sources)$/.test(f))) {
    const text = readFileSync(file, 'utf8');
    const separator = file.endsWith('.sources') ? /\n\s*\n/ : /\n/;
    const kept = text.split(separator).filter((stanza) => !/security/.test(stanza));
    writeFileSync(join(APT_TREE, 'sources', file.replace(/.*\//, '')), `${kept.join(file.endsWith('.sources') ? '\n\n' : '\n')}\n`);
  }
}

function unpack(archives: readonly string[]): void {
  for (const dir of ['bin', 'sbin', 'lib']) {
    mkdirSync(join(SYSROOT, 'usr', dir), { recursive: true });
    // Packages still name /bin and /lib, which are links into /usr
    if (!existsSync(join(SYSROOT, dir))) symlinkSync(`usr/${dir}`, join(SYSROOT, dir));
  }
  for (const archive of archives) {
    const tar = runChecked(['dpkg-deb', '--fsys-tarfile', archive]);
    runChecked(['tar', '-x', '--keep-directory-symlink', '-C', SYSROOT], { input: tar });
  }
}
