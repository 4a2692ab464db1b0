/** The groups of tests that `difftest --group` knows. */
import { branchGenerator } from './branches';
import { exclusiveGenerator } from './exclusives';
import type { Format } from './format';
import type { Random } from './random';
import { SCRATCH_WORDS } from './memory-operand';
import { StraightLineGenerator, type StraightLineGroup } from './straight-line';
import { deadlyGenerator, systemGenerator } from './system';
import type { TestCase } from './test-case';
import { unallocatedGenerator } from './unallocated';
import { CASES_PER_BATCH, VFP_MEMORY_SCRATCH_WORDS, VFP_SCRATCH_WORDS, VfpGenerator, type Extension } from './vfp';

/** Ten groups of integer instructions make 100,000. */
const SUITE_COUNT = 10_000;

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly scratchWords: number;
  /** Cases that share one program. */
  readonly casesPerBatch: number;
  /** Instructions to compare in the test suite. */
  readonly suiteCount: number;
  /** Most instructions to compare as one of many groups, where each takes a process. */
  readonly most?: number;
  /** A source of random cases. */
  readonly generator: (rng: Random, format: Format, casesPerBatch: number) => () => TestCase;
}

function straightLine(name: string, description: string, group: StraightLineGroup): Group {
  return {
    name,
    description,
    scratchWords: group.memory ? SCRATCH_WORDS : 0,
    casesPerBatch: CASES_PER_BATCH,
    suiteCount: SUITE_COUNT,
    generator: (rng, format) => {
      const g = new StraightLineGenerator(rng, group, format);
      return () => g.next();
    },
  };
}

/** Of vectors and floating point the registers' loads and stores, which are not counted, are the larger part. */
const VFP_SUITE_COUNT = 2000;

/** What ARMv8 added calls functions for most lanes, so that programs of it take long in all modes. */
const SLOW_CASES = 160;

function vfp(name: string, description: string, extension: Extension, thumb: boolean, memory: boolean, exact = false): Group {
  return {
    name,
    description,
    scratchWords: memory ? VFP_MEMORY_SCRATCH_WORDS : VFP_SCRATCH_WORDS,
    casesPerBatch: extension === 'neon-v8' ? SLOW_CASES : CASES_PER_BATCH,
    suiteCount: VFP_SUITE_COUNT,
    generator: (rng, _, casesPerBatch) => {
      const g = new VfpGenerator(rng, extension, thumb, memory, exact, casesPerBatch);
      return () => g.next();
    },
  };
}

function system(name: string, description: string, thumb: boolean): Group {
  return {
    name,
    description,
    scratchWords: 0,
    casesPerBatch: CASES_PER_BATCH,
    suiteCount: CASES_PER_BATCH,
    generator: (rng) => systemGenerator(rng, thumb),
  };
}

/** Cases that each end their process. */
function deadly(name: string, description: string, generator: (rng: Random, thumb: boolean) => () => TestCase, thumb: boolean): Group {
  return {
    name,
    description,
    scratchWords: 0,
    casesPerBatch: 10,
    suiteCount: 10,
    most: 200,
    generator: (rng) => generator(rng, thumb),
  };
}

export const GROUPS: readonly Group[] = [
  straightLine('a32-data', 'A32 data processing, multiplies, media and status', {
    sets: ['a32', 'a32Unconditional'],
    memory: false,
    it: false,
  }),
  straightLine('a32-memory', 'A32 loads and stores among data processing', { sets: ['a32', 'a32Unconditional'], memory: true, it: false }),
  straightLine('t16-data', '16-bit Thumb data processing', { sets: ['t16'], memory: false, it: false }),
  straightLine('t32-data', '32-bit Thumb data processing', { sets: ['t32'], memory: false, it: false }),
  straightLine('thumb-memory', 'Thumb loads and stores among data processing', { sets: ['t16', 't32'], memory: true, it: false }),
  straightLine('thumb-it', 'IT blocks of data processing and memory accesses', { sets: ['t16', 't32'], memory: true, it: true }),
  {
    name: 'a32-branches',
    description: 'A32 branches, calls, returns and interworking',
    scratchWords: SCRATCH_WORDS,
    casesPerBatch: CASES_PER_BATCH,
    suiteCount: SUITE_COUNT,
    generator: (rng, format) => branchGenerator(rng, false, format),
  },
  {
    name: 'thumb-branches',
    description: 'Thumb branches, calls, returns, table branches and interworking',
    scratchWords: SCRATCH_WORDS,
    casesPerBatch: CASES_PER_BATCH,
    suiteCount: SUITE_COUNT,
    generator: (rng, format) => branchGenerator(rng, true, format),
  },
  {
    name: 'a32-exclusives',
    description: 'A32 exclusive loads and stores',
    scratchWords: SCRATCH_WORDS,
    casesPerBatch: CASES_PER_BATCH,
    suiteCount: SUITE_COUNT,
    generator: (rng, format) => exclusiveGenerator(rng, false, format),
  },
  {
    name: 't32-exclusives',
    description: 'T32 exclusive loads and stores',
    scratchWords: SCRATCH_WORDS,
    casesPerBatch: CASES_PER_BATCH,
    suiteCount: SUITE_COUNT,
    generator: (rng, format) => exclusiveGenerator(rng, true, format),
  },
  system('a32-system', 'A32 hints, system calls and coprocessor registers', false),
  system('thumb-system', 'Thumb hints, system calls and coprocessor registers', true),
  deadly('a32-deadly', 'A32 instructions that raise a signal', deadlyGenerator, false),
  deadly('thumb-deadly', 'Thumb instructions that raise a signal', deadlyGenerator, true),
  deadly('a32-unallocated', 'A32 words that are no instruction', unallocatedGenerator, false),
  deadly('t32-unallocated', 'T32 words that are no instruction', unallocatedGenerator, true),
  vfp('a32-vfp', 'A32 floating point', 'vfp', false, false),
  vfp('a32-vfp-exact', 'A32 floating point in all modes of FPSCR, with its exceptions', 'vfp', false, false, true),
  vfp('a32-vfp-memory', 'A32 floating-point loads and stores', 'vfp', false, true),
  vfp('t32-vfp', 'T32 floating point', 'vfp', true, false),
  vfp('t32-vfp-exact', 'T32 floating point in all modes of FPSCR, with its exceptions', 'vfp', true, false, true),
  vfp('t32-vfp-memory', 'T32 floating-point loads and stores', 'vfp', true, true),
  vfp('a32-neon', 'A32 vectors', 'neon', false, false),
  vfp('a32-neon-exact', 'A32 vectors in all modes of FPSCR, with its exceptions', 'neon', false, false, true),
  vfp('a32-neon-v8', 'A32 vectors: what ARMv8 added', 'neon-v8', false, false),
  vfp('t32-neon-v8', 'T32 vectors: what ARMv8 added', 'neon-v8', true, false),
  vfp('a32-neon-v8-exact', 'A32 vectors: what ARMv8 added, in all modes of FPSCR, with its exceptions', 'neon-v8', false, false, true),
  vfp('t32-neon-v8-exact', 'T32 vectors: what ARMv8 added, in all modes of FPSCR, with its exceptions', 'neon-v8', true, false, true),
  vfp('a32-neon-memory', 'A32 vector loads and stores', 'neon', false, true),
  vfp('t32-neon', 'T32 vectors', 'neon', true, false),
  vfp('t32-neon-exact', 'T32 vectors in all modes of FPSCR, with its exceptions', 'neon', true, false, true),
  vfp('t32-neon-memory', 'T32 vector loads and stores', 'neon', true, true),
];

export function groupNamed(name: string): Group | undefined {
  return GROUPS.find((g) => g.name === name);
}
