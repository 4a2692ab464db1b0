/** The groups of MIPS16e and microMIPS. */
import type { Random } from '../random';
import { CompressedBuilder, fillersAmong, generatorOf, sourcesOf } from './compressed';
import { controlGenerator, deadlyGenerator } from './compressed-control';
import type { Group } from './generators';
import type { CompressedSet, TestCase } from './program';

function group(set: CompressedSet, name: string, generator: Group['generator']): Group {
  const micromips = set === 'micromips';
  return { name, wideFpu: false, compressed: set, softFloat: micromips, ...(micromips ? { model: 'M14Kc' } : {}), generator };
}

const groupsOf = (set: CompressedSet): readonly Group[] => [
  group(set, set, generatorOf(set, false)),
  group(set, `${set}-branches`, generatorOf(set, true)),
  group(set, `${set}-control`, controlGenerator(set)),
  group(set, `deadly-${set}`, deadlyGenerator(set)),
];

const RA = 31;
/**
 * What Release 6 has taken away from microMIPS, or made into something else: qemu 7.2 has floating point of microMIPS on its model
 * of Release 6 only.
 */
const NOT_ON_RELEASE6 = /^(C|MADD|MSUB|NMADD|NMSUB|MOVCF|MOVZ|MOVN)_[sd]_32$|^(MOVCI|[LS][WDU]XC1|BC1|CFC1|CTC1)_32$/;

/** Floating point of microMIPS. */
function floating(rng: Random): () => TestCase {
  const rows = fillersAmong(sourcesOf('micromips', ['fpu', 'fpu-r2', 'fpu-pre6'])).filter(
    ({ row }) => row.feature?.startsWith('fpu') === true && !NOT_ON_RELEASE6.test(row.name),
  );
  return () => {
    const b = new CompressedBuilder(rng, rows, 'micromips');
    b.touch(RA);
    for (let k = rng.between(1, 5); k > 0 && !b.crowded; k--) b.code.push(b.filler());
    return b.finish();
  };
}

export const COMPRESSED_GROUPS: readonly Group[] = [
  ...groupsOf('mips16'),
  ...groupsOf('micromips'),
  {
    name: 'micromips-floating',
    wideFpu: true,
    nan2008: true,
    release6: true,
    compressed: 'micromips',
    returnsByLink: true,
    model: 'mips32r6-generic',
    subjectModel: 'P5600',
    generator: floating,
  },
];
