/**
 * Writes V8's code cache of the bundle: `node scripts/code-cache.cjs DIST OUTPUT ARGUMENTS...` runs tsemu with the
 * arguments and saves what was compiled by the time it ends, so that the cache holds the functions a start needs. If the
 * guest makes children, the process that has compiled most wins: each has what its parent had when it was made.
 */
'use strict';
const { statSync, writeFileSync } = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { setFlagsFromString } = require('v8');

const [, , dist, output, ...args] = process.argv;
const EXIT_GROUP = { x64: 231, arm64: 94 }[process.arch];

process.env.TSEMU_WRITE_CODE_CACHE = '';
const script = require(path.join(dist, 'tsemu.cjs'));

// tsemu leaves by a system call of its own: the only place to stand is before that call
const { dlopen } = process;
process.dlopen = (module, file) => {
  dlopen.call(process, module, file);
  const koffi = module.exports;
  module.exports = {
    ...koffi,
    load: (name) => {
      const library = koffi.load(name);
      return { symbol: (...of) => library.symbol(...of), func: (...signature) => beforeExit(library.func(...signature)) };
    },
  };
};

function beforeExit(syscall) {
  return (nr, ...operands) => {
    if (nr === EXIT_GROUP) save();
    return syscall(nr, ...operands);
  };
}

function save() {
  // V8 takes no cache that was made with other flags, and children have others (runtime/host/jit-tiers.ts)
  setFlagsFromString('--maglev');
  setFlagsFromString('--sparkplug');
  const data = script.createCachedData();
  const before = statSync(output, { throwIfNoEntry: false });
  if (before === undefined || before.size < data.length) writeFileSync(output, data);
}

const filename = path.join(dist, 'bundle.cjs');
process.argv = [process.argv[0], filename, ...args];
script.runInThisContext()({}, createRequire(filename), {}, filename, dist);
