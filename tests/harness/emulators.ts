/** The emulator under test and the reference it is compared with. */
import { resolve } from 'node:path';

export const PROJECT_ROOT = resolve(__dirname, '../..');

/** Reference implementation. */
export const ORACLE: readonly string[] = ['qemu-arm'];

/** The command under test; TSEMU_TEST_SUBJECT (words separated by spaces) replaces the launcher of this project. */
export const SUBJECT: readonly string[] = process.env['TSEMU_TEST_SUBJECT']?.split(' ').filter((w) => w !== '') ?? [
  resolve(PROJECT_ROOT, 'bin/tsemu-arm'),
];

/** Reference implementation for a target. */
export function oracleOf(target: string): readonly string[] {
  return [`qemu-${target}`];
}

/** The command under test for a target other than ARM: the launcher of that name beside the one for ARM. */
export function subjectOf(target: string): readonly string[] {
  return SUBJECT.map((word) => word.replace(/\btsemu-arm$/, `tsemu-${target}`));
}

/** A way to run guest code that must not change what it computes. */
export interface ExecutionMode {
  readonly name: string;
  readonly options: readonly string[];
}

// --hot=1: code that runs a few times only has to be compiled too
const TIERS = [
  { name: 'interp', options: ['--emit=interp'] },
  { name: 'js', options: ['--emit=js', '--hot=1'] },
  { name: 'wasm', options: ['--emit=auto', '--hot=1'] },
] as const;

const ALL_MODES: readonly ExecutionMode[] = TIERS.flatMap(({ name, options }) => [
  { name, options: [...options, '--opt=none'] },
  { name: `${name}+opt`, options: [...options, '--opt=all'] },
]);

/** The modes to compare. A subject other than tsemu (the harness run against the oracle itself) has none of these options. */
export const MODES: readonly ExecutionMode[] = SUBJECT.some((w) => w.includes('tsemu')) ? ALL_MODES : [{ name: 'plain', options: [] }];
