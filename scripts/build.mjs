/**
 * Bundles the command line and the library, each into one CommonJS file, pre-compiles the command line, and puts the
 * launchers into bin/: `node scripts/build.mjs`.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeLauncher } from '../launcher/native-launcher.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const bin = path.join(root, 'bin');
const commands = Object.keys(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).bin);

/** The help text and the profiler have bundles of their own, so that nothing of them is read on the way to a guest. */
const APART = { './help': './help.cjs', '../emulator/profile': './profile.cjs' };
const apart = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/help$|\/profile$/ }, ({ path }) => APART[path] && { path: APART[path], external: true }),
};

/** elfy calls one function of Node's assert, which takes 1.5 ms to load (measured). */
const smallAssert = {
  name: 'small-assert',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^assert$/ }, () => ({ path: 'assert', namespace: 'small-assert' }));
    onLoad({ filter: /.*/, namespace: 'small-assert' }, () => ({
      contents: 'exports.equal = (actual, expected) => { if (actual != expected) throw new Error(`${actual} instead of ${expected}`); };',
    }));
  },
};

async function bundle() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { bundle: 'cli/entry.ts', help: 'cli/help.ts', profile: 'emulator/profile.ts', index: 'emulator/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // A script of vm has no import()
    supported: { 'dynamic-import': false },
    // The loader reads the bundle as Latin-1
    charset: 'ascii',
    // koffi is a native module; yargs is loaded for help only and reads its own files
    external: ['koffi', 'yargs'],
    plugins: [apart, smallAssert],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = new Map(outputFiles.map((file) => [path.basename(file.path), withBuildId(file.contents)]));
  return files.set('tsemu.cjs', readFileSync(path.join(root, 'scripts/bundle-loader.cjs')));
}

/** Small guests that do what most programs do; bundle-FAMILY.cache is what V8 compiled for a run of one. */
const SAMPLES = { arm: 'arm/processes', mips: 'mips/file', ppc: 'ppc/file' };
const caches = Object.keys(SAMPLES).map((family) => `bundle-${family}.cache`);

/** Runs the guests from the new files, which lie in `folder`, and keeps what V8 compiled. */
function writeCodeCaches(folder) {
  const script = path.join(root, 'scripts/code-cache.cjs');
  // V8 refuses a cache that another version has written
  const pinned = path.join(root, 'node_modules', `node-linux-${process.arch}`, 'bin/node');
  for (const [family, guest] of Object.entries(SAMPLES)) {
    const output = path.join(folder, `bundle-${family}.cache`);
    const args = [script, folder, output, `tsemu-${family}`, path.join(root, 'tests/binaries', guest)];
    const r = spawnSync(existsSync(pinned) ? pinned : process.execPath, args, { encoding: 'utf8' });
    if (!existsSync(output)) process.stderr.write(`No code cache, so tsemu-${family} starts slowly: ${r.stderr || r.signal || r.status}\n`);
  }
}

/** Puts a hash of the bundle in the place that emulator/build-id.ts reserves. */
function withBuildId(contents) {
  const text = Buffer.from(contents).toString('latin1');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return Buffer.from(text.replaceAll('@tsemu build id not filled in@@', hash), 'latin1');
}

function differs(file, contents) {
  try {
    return !readFileSync(file).equals(contents);
  } catch {
    return true;
  }
}

let files;
try {
  files = await bundle();
} catch {
  process.exit(1); // esbuild has said why
}
// Replaced one by one and only if changed: a running test or another build may be reading them
if (
  [...files].some(([name, contents]) => differs(path.join(dist, name), contents)) ||
  caches.some((name) => !existsSync(path.join(dist, name)))
) {
  mkdirSync(dist, { recursive: true });
  const folder = mkdtempSync(path.join(dist, 'new-'));
  for (const [name, contents] of files) writeFileSync(path.join(folder, name), contents);
  writeCodeCaches(folder);
  for (const name of [...files.keys(), ...caches]) {
    if (existsSync(path.join(folder, name))) renameSync(path.join(folder, name), path.join(dist, name));
  }
  rmSync(folder, { recursive: true });
}

const launcher = nativeLauncher(process.arch) ?? readFileSync(path.join(root, 'launcher/launcher.sh'));
mkdirSync(bin, { recursive: true });
for (const name of commands) {
  const file = path.join(bin, name);
  if (!differs(file, launcher)) continue;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, launcher, { mode: 0o755 });
  renameSync(temporary, file);
}
