/** T32 load/store dual, exclusive, acquire/release and table branch (Arm ARM DDI 0406C, section A6.3.6; DDI 0487 for ARMv8's). */
import { inst, type ArmRow } from '../instruction';
import { loadAcquire, loadAcquireExclusive, loadExclusive, storeExclusive, storeRelease, storeReleaseExclusive } from '../lift/exclusive';
import { immediateAddress, loadDual, storeDual } from '../lift/load-store';
import { PC } from '../lift-context';
import { tableBranchByte, tableBranchHalfword } from '../lift/thumb-branch';

/** The opcode of the narrow exclusives (bits 7-4), and of the ARMv8 ones; word forms of the former have an encoding of their own. */
const NARROW = [
  ['B', '00', 'byte'],
  ['H', '01', 'half'],
] as const;

const ACQUIRE_RELEASE = [...NARROW, ['', '10', 'word']] as const;

const DUAL: readonly ArmRow[] = [
  inst('STRD_imm', 'v6t2', '1110100pu1w0nnnnttttaaaaiiiiiiii', 'strd{c} {t}, {a}, {addr*4}', (cx, f) =>
    (f.p === 0 && f.w === 0) || f.n === PC ? false : storeDual(cx, f.t, f.a, immediateAddress(cx, f, 4 * f.i)),
  ),
  inst('LDRD_imm', 'v6t2', '1110100pu1w1nnnnttttaaaaiiiiiiii', 'ldrd{c} {t}, {a}, {addr*4}', (cx, f) =>
    (f.p === 0 && f.w === 0) || (f.n === PC && (f.p === 0 || f.w === 1)) ? false : loadDual(cx, f.t, f.a, immediateAddress(cx, f, 4 * f.i)),
  ),
];

const EXCLUSIVE: readonly ArmRow[] = [
  inst('STREX', 'v6t2', '111010000100nnnnttttddddiiiiiiii', 'strex{c} {d}, {t}, {addr*4}', (cx, f) =>
    storeExclusive(cx, 'word', { ...f, i: 4 * f.i }),
  ),
  inst('LDREX', 'v6t2', '111010000101nnnntttt1111iiiiiiii', 'ldrex{c} {t}, {addr*4}', (cx, f) =>
    loadExclusive(cx, 'word', { ...f, i: 4 * f.i }),
  ),
  ...NARROW.flatMap(([suffix, code, size]) => [
    inst(`STREX${suffix}`, 'v7', `111010001100nnnntttt111101${code}dddd`, `strex${suffix.toLowerCase()}{c} {d}, {t}, [{n}]`, (cx, f) =>
      storeExclusive(cx, size, f),
    ),
    inst(`LDREX${suffix}`, 'v7', `111010001101nnnntttt111101${code}1111`, `ldrex${suffix.toLowerCase()}{c} {t}, [{n}]`, (cx, f) =>
      loadExclusive(cx, size, f),
    ),
  ]),
  inst('STREXD', 'v7', '111010001100nnnnttttuuuu0111dddd', 'strexd{c} {d}, {t}, {u}, [{n}]', (cx, f) => storeExclusive(cx, 'double', f)),
  inst('LDREXD', 'v7', '111010001101nnnnttttuuuu01111111', 'ldrexd{c} {t}, {u}, [{n}]', (cx, f) => loadExclusive(cx, 'double', f)),
  ...ACQUIRE_RELEASE.flatMap(([suffix, code, size]) => [
    inst(`STL${suffix}`, 'v8', `111010001100nnnntttt111110${code}1111`, `stl${suffix.toLowerCase()}{c} {t}, [{n}]`, (cx, f) =>
      storeRelease(cx, size, f),
    ),
    inst(`LDA${suffix}`, 'v8', `111010001101nnnntttt111110${code}1111`, `lda${suffix.toLowerCase()}{c} {t}, [{n}]`, (cx, f) =>
      loadAcquire(cx, size, f),
    ),
    inst(`STLEX${suffix}`, 'v8', `111010001100nnnntttt111111${code}dddd`, `stlex${suffix.toLowerCase()}{c} {d}, {t}, [{n}]`, (cx, f) =>
      storeReleaseExclusive(cx, size, f),
    ),
    inst(`LDAEX${suffix}`, 'v8', `111010001101nnnntttt111111${code}1111`, `ldaex${suffix.toLowerCase()}{c} {t}, [{n}]`, (cx, f) =>
      loadAcquireExclusive(cx, size, f),
    ),
  ]),
  inst('STLEXD', 'v8', '111010001100nnnnttttuuuu1111dddd', 'stlexd{c} {d}, {t}, {u}, [{n}]', (cx, f) =>
    storeReleaseExclusive(cx, 'double', f),
  ),
  inst('LDAEXD', 'v8', '111010001101nnnnttttuuuu11111111', 'ldaexd{c} {t}, {u}, [{n}]', (cx, f) => loadAcquireExclusive(cx, 'double', f)),
];

const TABLE_BRANCH: readonly ArmRow[] = [
  inst('TBB', 'v6t2', '111010001101nnnn111100000000mmmm', 'tbb{c} [{n}, {m}]', tableBranchByte),
  inst('TBH', 'v6t2', '111010001101nnnn111100000001mmmm', 'tbh{c} [{n}, {m}, lsl #1]', tableBranchHalfword),
];

export const DUAL_EXCLUSIVE_ROWS: readonly ArmRow[] = [...DUAL, ...EXCLUSIVE, ...TABLE_BRANCH];
