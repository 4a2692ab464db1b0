import { location, type Block, type Location } from '../ir/block';
import { parseBlocks } from '../ir/parse';
import { TEST_LAYOUT } from '../ir/random-block';
import { foldBranches } from '../opt/branch-folding';
import { parseSelection } from '../opt/passes';
import { optimiseRegion } from '../opt/optimise';
import { discover, type FoundRegion } from './discover';
import type { InlineBodies } from './inline';

const CALLER = `
block 0x00001000 {
  %0 = const32 4104
  set32 r1, %0
  call 0x00002000, returns 0x00001008
}
block 0x00001008 {
  %0 = get32 r0
  set32 r2, %0
  syscall 1, next 0x0000100c
}
`;
const LEAF = `
block 0x00002000 {
  %0 = get32 r0
  %1 = add32 %0, %0
  set32 r0, %1
  %2 = get32 r1
  indirect %2, return
}
`;

function region(text: string, bodies: InlineBodies | undefined): FoundRegion {
  const blocks = new Map<Location, Block>(parseBlocks(text, TEST_LAYOUT, []).map((b) => [b.start, b]));
  return discover(location(0x1000), (at) => blocks.get(at), { followCalls: true, bodies })!;
}
const kinds = (r: FoundRegion['region']): string[] => r.blocks.map((b) => b.terminator.kind);

describe('inlining', () => {
  it('puts a leaf in the place of its call', () => {
    expect(kinds(region(CALLER + LEAF, undefined).region)).toEqual(['call', 'syscall']);
    const bodies: InlineBodies = new Map();
    const { region: found } = region(CALLER + LEAF, bodies);
    expect(kinds(found)).toEqual(['jump', 'return', 'syscall']);
    expect(found.edges.map((list) => list.map((e) => e.block))).toEqual([[1], [2], []]);
    expect(found.blocks[1]!.terminator).toMatchObject({ expected: 0x1008 });
    expect([...bodies.keys()]).toEqual([0x2000]);
    const options = { passes: parseSelection('all'), precise: false };
    expect(kinds(optimiseRegion(found, TEST_LAYOUT, options))).toEqual(['jump', 'jump', 'syscall']);
  });

  it('keeps the comparison where the link register may have changed', () => {
    const { region: found } = region(
      CALLER + LEAF.replace('indirect', '%3 = add32 %2, %1\n  indirect').replace('%2, return', '%3, return'),
      new Map(),
    );
    const options = { passes: parseSelection('all'), precise: false };
    expect(kinds(optimiseRegion(found, TEST_LAYOUT, options))).toEqual(['jump', 'return', 'syscall']);
    expect(kinds(foldBranches(found))).toEqual(['jump', 'return', 'syscall']);
  });

  it('turns the jump of a linkage stub into the call', () => {
    const { region: found } = region(CALLER + LEAF.replace('return', 'jump'), new Map());
    expect(found.blocks[1]!.terminator).toMatchObject({ kind: 'indirect', hint: 'call', returns: 0x1008 });
    expect(found.edges[1]).toEqual([{ block: 2, location: 0x1008 }]);
  });

  it('leaves calls of what calls, traps or is long', () => {
    const calls = LEAF.replace('indirect %2, return', 'call 0x00002000, returns 0x00002008');
    expect(kinds(region(CALLER + calls, new Map()).region)).toEqual(['call', 'syscall']);
    const long = LEAF.replace('0x00002000 {', '0x00002000..0x00002080, 32 insns {');
    expect(kinds(region(CALLER + long, new Map()).region)).toEqual(['call', 'syscall']);
    const system = LEAF.replace('indirect %2, return', 'syscall 1, next 0x00002008');
    expect(kinds(region(CALLER + system, new Map()).region)).toEqual(['call', 'syscall']);
  });
});
