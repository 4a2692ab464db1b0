/** Translation-bound runs: large programs of Debian's armhf packages, fetched by name, that run each piece of code a few times. */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadClosure, privateApt, unpackArchives } from '../tests/harness/private-apt';
import { CACHE } from './compile';
import { cachedFile, cSource } from './inputs';
import type { Workload } from './workload';

/** The C compiler proper, two interpreters that load little, and what shell scripts run. */
const PACKAGES = ['cpp', 'python3-minimal', 'perl-base', 'busybox-static', 'bash', 'dash', 'coreutils'];

/** TSEMU_SYSROOT, which the tests use too, or a system of our own. */
const SYSROOT = process.env['TSEMU_SYSROOT'] ?? join(CACHE, 'armhf');
const STAMP = join(CACHE, 'armhf-packages');

interface Row {
  readonly name: string;
  /** Where the program is, as a pattern: its path has a version in it. */
  readonly program: string;
  readonly args: (percent: number) => readonly string[];
  readonly indivisible?: true;
}

const CC1 = 'usr/lib{,exec}/gcc/arm-linux-gnueabihf/*/cc1';

const ROWS: readonly Row[] = [
  { name: 'cc1 -O0', program: CC1, args: (percent) => ['-quiet', '-O0', sourceFile(40, percent), '-o', '-'], indivisible: true },
  { name: 'cc1 -O1', program: CC1, args: (percent) => ['-quiet', '-O1', sourceFile(12, percent), '-o', '-'], indivisible: true },
  { name: 'python3 -c pass', program: 'usr/bin/python3.*[0-9]', args: () => ['-S', '-c', 'pass'], indivisible: true },
  { name: 'perl -e 1', program: 'usr/bin/perl', args: () => ['-e', '1'], indivisible: true },
];

/** The workloads whose program is there or can be had; the others are named in `skipped` with the reason. */
export function translationWorkloads(skipped: string[]): Workload[] {
  try {
    armhfSystem();
  } catch (error) {
    skipped.push(`translation: armhf packages cannot be fetched: ${error instanceof Error ? error.message.trim() : String(error)}`);
    return [];
  }
  return ROWS.flatMap(({ name, program, args, indivisible }) => {
    const path = globSync(join(SYSROOT, program)).sort()[0];
    if (path === undefined) {
      skipped.push(`translation/${name}: no ${program} in ${SYSROOT}`);
      return [];
    }
    const guest: Workload['guest'] = (percent) => [path, ...args(percent)];
    return [{ name, group: 'translation', sysroot: SYSROOT, guest, ...(indivisible && { indivisible }) }];
  });
}

function sourceFile(fullFunctions: number, percent: number): string {
  const functions = Math.max(5, Math.round((fullFunctions * percent) / 100));
  return cachedFile(`functions-${functions}.c`, () => cSource(functions));
}

/** Root of a Debian armhf system, fetched if need be. Throws if that cannot be done. */
export function armhfSystem(): string {
  if (process.env['TSEMU_SYSROOT'] !== undefined) return SYSROOT;
  const wanted = PACKAGES.join(' ');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return SYSROOT;
  process.stderr.write(`fetching armhf packages: ${wanted}\n`);
  const apt = privateApt(join(CACHE, 'apt-armhf'), { types: 'deb', architecture: 'armhf' });
  unpackArchives(downloadClosure(apt, PACKAGES), SYSROOT);
  writeFileSync(STAMP, wanted);
  return SYSROOT;
}
