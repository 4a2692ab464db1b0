/** Debian packages by name from the machine's own package sources, without root and without touching its package state. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runChecked } from './run';

export interface AptOptions {
  /** Binary or source packages. */
  readonly types: 'deb' | 'deb-src';
  /** Debian's name of the processor that packages are for; the machine's own if absent. */
  readonly architecture?: string;
}

export interface PrivateApt {
  /** Where downloads go. */
  readonly downloads: string;
  /** Runs apt-get there and returns its standard output. Throws with its messages. */
  readonly run: (args: readonly string[]) => string;
}

/** An apt that keeps all its state in the directory `tree`, with up-to-date lists. Throws with apt's message if it has no network. */
export function privateApt(tree: string, { types, architecture }: AptOptions): PrivateApt {
  const downloads = join(tree, 'download');
  for (const dir of ['lists/partial', 'cache/archives/partial', 'state', 'sources', 'download'])
    mkdirSync(join(tree, dir), { recursive: true });
  writeFileSync(join(tree, 'status'), '');
  copySources(join(tree, 'sources'), types);
  const settings: readonly (readonly [string, string])[] = [
    ['APT::Install-Recommends', '0'],
    ['Dir::Etc::sourcelist', '/dev/null'],
    ['Dir::Etc::sourceparts', join(tree, 'sources')],
    ['Dir::State', join(tree, 'state')],
    ['Dir::State::lists', join(tree, 'lists')],
    ['Dir::State::status', join(tree, 'status')],
    ['Dir::Cache', join(tree, 'cache')],
    ['Acquire::Languages', 'none'],
    // The tree has one user, who need not be root
    ['Debug::NoLocking', '1'],
    ['APT::Sandbox::User', 'root'],
  ];
  const foreign = architecture === undefined ? [] : [`APT::Architecture "${architecture}";`, `APT::Architectures { "${architecture}"; };`];
  const config = join(tree, 'apt.conf');
  writeFileSync(config, `${[...foreign, ...settings.map(([name, value]) => `${name} "${value}";`)].join('\n')}\n`);
  const proxies = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^https?_proxy$/i.test(name))) as Record<
    string,
    string
  >;
  const env = { ...proxies, PATH: process.env['PATH'] ?? '', APT_CONFIG: config, LC_ALL: 'C' };
  const run = (args: readonly string[]): string => runChecked(['apt-get', '-qq', ...args], { cwd: downloads, env }).toString();
  run(['update']);
  // Without network apt only warns
  if (!readdirSync(join(tree, 'lists')).some((file) => /_(Sources|Packages)(\.|$)/.test(file))) {
    throw new Error('apt-get update brought no package lists: is there a network?');
  }
  return { downloads, run };
}

/** The machine's own package sources, without the security suite: it need not agree with the versions of the main one. */
function copySources(to: string, types: AptOptions['types']): void {
  const from = '/etc/apt';
  const parts = join(from, 'sources.list.d');
  const files = [join(from, 'sources.list'), ...(existsSync(parts) ? readdirSync(parts).map((f) => join(parts, f)) : [])];
  for (const file of files.filter((f) => existsSync(f) && /\.(list|sources)$/.test(f))) {
    writeFileSync(join(to, basename(file)), privateSources(readFileSync(file, 'utf8'), file.endsWith('.sources'), types));
  }
}

/**
 * The text of a file of package sources (sources.list(5)) with only the given type, and without security suites.
 * @param deb822 stanzas of `Field: value` lines, instead of one line for each source
 */
export function privateSources(text: string, deb822: boolean, types: AptOptions['types']): string {
  const separator = deb822 ? '\n\n' : '\n';
  const kept = text.split(deb822 ? /\n\s*\n/ : /\n/).filter((source) => !/security/.test(source));
  if (deb822) return `${kept.map((s) => s.replace(/^Types:.*/m, `Types: ${types}`)).join(separator)}\n`;
  const lines = kept.filter((line) => /^deb\s/.test(line)).map((line) => line.replace(/^deb/, types));
  return `${lines.join(separator)}\n`;
}

/** Downloads binary packages with all that they depend on; returns every package archive that has been downloaded so far. */
export function downloadClosure({ downloads, run }: PrivateApt, packages: readonly string[]): string[] {
  const plan = run(['install', '-s', ...packages]);
  const closure = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name!);
  run(['download', ...closure]);
  return readdirSync(downloads)
    .filter((f) => f.endsWith('.deb'))
    .sort()
    .map((f) => join(downloads, f));
}

/** Downloads the upstream source of a package and returns its archives. */
export function downloadSource({ downloads, run }: PrivateApt, name: string): string[] {
  const uris = run(['source', '--tar-only', '--print-uris', name]);
  run(['source', '--tar-only', '--download-only', name]);
  return [...uris.matchAll(/^'[^']*' (\S+)/gm)].map(([, file]) => join(downloads, file!)).filter((file) => existsSync(file));
}

/** Unpacks Debian binary packages into a directory; no maintainer script runs. */
export function unpackArchives(archives: readonly string[], root: string): void {
  for (const dir of ['bin', 'sbin', 'lib']) {
    mkdirSync(join(root, 'usr', dir), { recursive: true });
    // Packages still name /bin and /lib, which are links into /usr
    if (!existsSync(join(root, dir))) symlinkSync(`usr/${dir}`, join(root, dir));
  }
  for (const archive of archives) {
    const tar = runChecked(['dpkg-deb', '--fsys-tarfile', archive]);
    runChecked(['tar', '-x', '--keep-directory-symlink', '-C', root], { input: tar });
  }
}
