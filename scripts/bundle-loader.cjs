/**
 * What the launcher starts, as dist/tsemu.cjs: runs the bundle from V8's code cache that the build has written beside
 * it. Measured: 40 ms of parsing and compiling less. V8 ignores the cache if it is of another version.
 */
'use strict';
const { readFileSync } = require('fs');
const { setFlagsFromString } = require('v8');
const { Script } = require('vm');

// The flags are the process's: a Worker, which runs another thread of the guest, must leave them as they are now.
if (process.argv[2] !== '*thread*') {
  // For JavaScript only, and until the emulator allows it again (runtime/host/jit-tiers.ts). CPU seconds with and without,
  // medians of 3: dynamic hello 0.30, 0.17; python3 -c pass 1.78, 1.15; cc1 on 80 functions 7.9, 7.2.
  setFlagsFromString('--no-turbofan');
  // Repairs of floating-point results are calls, around which V8 would save all registers on the common way too. Seconds
  // without and with: nbody 0.47, 0.26; fft 0.36, 0.23; image 0.50, 0.37.
  setFlagsFromString('--experimental-wasm-branch-hinting');
}

const filename = `${__dirname}/bundle.cjs`;
// What runs differs by target: tables and lifters are made when they are needed
const family = /^tsemu-(mips|ppc)/.exec(process.argv[2] ?? '')?.[1] ?? 'arm';
let cachedData;
try {
  cachedData = readFileSync(`${__dirname}/bundle-${family}.cache`);
} catch {
  cachedData = undefined;
}
// The bundle is ASCII, and a one-byte string costs no decoding
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'latin1')}\n})`;
const script = new Script(source, { filename, cachedData });
if (process.env.TSEMU_TRACE_STARTUP !== undefined)
  process.stderr.write(`code cache of ${family} guests ${script.cachedDataRejected === false ? 'used' : 'not used'}\n`);
if (process.env.TSEMU_WRITE_CODE_CACHE !== undefined) module.exports = script;
else script.runInThisContext()(exports, require, module, filename, __dirname);
