/**
 * Writes V8's code cache of the bundle: `node scripts/code-cache.cjs DIST OUTPUT ARGUMENTS...` runs tsemu with the
 * arguments and saves what was compiled by the time it ends, so that the cache holds the functions a start needs.
 */
'use strict';
const { writeFileSync } = require('fs');
const path = require('path');
const { createRequire } = require('module');

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
    address: koffi.address,
    errno: koffi.errno,
    load: (name) => ({ func: (...signature) => beforeExit(koffi.load(name).func(...signature)) }),
  };
};

function beforeExit(syscall) {
  return (nr, ...operands) => {
    if (nr === EXIT_GROUP) {
      writeFileSync(output, script.createCachedData());
      process.reallyExit(operands[0]);
    }
    return syscall(nr, ...operands);
  };
}

const filename = path.join(dist, 'bundle.cjs');
process.argv = [process.argv[0], filename, ...args];
script.runInThisContext()({}, createRequire(filename), {}, filename, dist);
