/**
 * A Debian armhf system in a directory, without root and without touching the machine's own package state: apt works in
 * a private tree, packages are unpacked and never installed (no maintainer script runs).
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from '../harness/emulators';
import { downloadClosure, privateApt, unpackArchives } from '../harness/private-apt';

/** Programs that the acceptance rows always have; TSEMU_SYSROOT may point to a larger system. */
export const BASE_PACKAGES: readonly string[] = ['coreutils', 'grep', 'sed', 'gawk', 'bash', 'dash', 'busybox', 'findutils'];

/** TSEMU_SYSROOT, or a directory in the project's cache. */
export const SYSROOT = resolve(PROJECT_ROOT, process.env['TSEMU_SYSROOT'] ?? '.cache/sysroot/armhf');

const STAMP = '.tsemu-complete';

/** True if there is a system to run programs from. */
export function haveSysroot(): boolean {
  return process.env['TSEMU_SYSROOT'] !== undefined ? existsSync(SYSROOT) : existsSync(join(SYSROOT, STAMP));
}

/** Downloads packages with all that they depend on and unpacks them into SYSROOT. Throws with apt's message if it cannot. */
export function fetchSysroot(packages: readonly string[]): void {
  const apt = privateApt(join(PROJECT_ROOT, '.cache/apt/armhf'), { types: 'deb', architecture: 'armhf' });
  unpackArchives(downloadClosure(apt, packages), SYSROOT);
  writeFileSync(join(SYSROOT, STAMP), `${packages.join(' ')}\n`);
}
