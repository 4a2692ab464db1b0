/** Runs once before all tests: builds the bundle that they start, and installs the tools that they compare with. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findTool, PACKAGES, type Tool } from './tools';

const ROOT = join(__dirname, '../..');

/** libc for the cross compilers, which only recommend it. */
const LIBRARIES = ['libc6-dev-armhf-cross', 'libc6-dev-armel-cross'];

export default function prepare(): void {
  // Without it the tests of whole programs fail, but those of its parts can still tell something
  const built = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.stderr.write('\n*** The bundle cannot be built: tests of whole programs run an old one or none\n\n');
  const missing = missingPackages();
  if (missing.length === 0) return;
  const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() === 0 && findTool('apt-get') !== undefined) {
    process.stderr.write(`Installing what the tests compare with: ${install}\n`);
    const installed = apt(['update']) && apt(['install', '-y', '--no-install-recommends', ...missing]);
    if (installed) return;
  }
  process.stderr.write(`\n*** Tests that need these packages are SKIPPED: ${missing.join(' ')}\n*** As root: ${install}\n\n`);
}

function missingPackages(): string[] {
  const tools = (Object.keys(PACKAGES) as Tool[]).filter((tool) => findTool(tool) === undefined);
  const packages = new Set<string>(tools.map((tool) => PACKAGES[tool]));
  // Whoever lacks a compiler lacks its libc
  if (tools.some((tool) => tool.endsWith('-gcc'))) LIBRARIES.forEach((name) => packages.add(name));
  return [...packages];
}

function apt(args: readonly string[]): boolean {
  const r = spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  return r.status === 0;
}
