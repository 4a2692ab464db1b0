/** Bundles the command line and the library, each into one CommonJS file: `node scripts/build.mjs`. */
import { build } from 'esbuild';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

let result;
try {
  result = await build({
    absWorkingDir: root,
    entryPoints: { tsemu: 'cli/entry.ts', index: 'emulator/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // koffi is a native module; yargs is loaded for help only and reads its own files
    external: ['koffi', 'yargs'],
    legalComments: 'none',
    logLevel: 'warning',
  });
} catch {
  process.exit(1); // esbuild has said why
}

// Replaced in one step, and only if changed: a running test or another build may be reading it
mkdirSync(path.join(root, 'dist'), { recursive: true });
for (const { path: file, contents } of result.outputFiles) {
  let old;
  try {
    old = readFileSync(file);
  } catch {
    old = undefined;
  }
  if (old?.equals(contents)) continue;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}
