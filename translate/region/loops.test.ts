import type { Region } from './region';
import { blocksThatStore, innermostLoopBlocks } from './loops';

/** A region of so many blocks with edges between them. */
function graph(successors: readonly (readonly number[])[]): Region {
  return { blocks: successors.map(() => ({})), edges: successors.map((list) => list.map((block) => ({ block }))) } as unknown as Region;
}

describe('innermostLoopBlocks', () => {
  it('finds a block that is a loop by itself', () => {
    expect([...innermostLoopBlocks(graph([[1], [1, 2], []]))]).toEqual([0, 1, 0]);
  });

  it('leaves out outer loops, and what follows a loop', () => {
    // 1 encloses the loop of 2 and 3; 4 closes it, 5 is behind
    expect([...innermostLoopBlocks(graph([[1], [2], [3], [2, 4], [1, 5], [-1]]))]).toEqual([0, 0, 1, 1, 0, 0]);
  });

  it('joins loops with one head', () => {
    expect([...innermostLoopBlocks(graph([[1], [2, 3], [1], [1, 4], []]))]).toEqual([0, 1, 1, 1, 0]);
  });
});

describe('blocksThatStore', () => {
  it('are those outside of loops', () => {
    expect([...blocksThatStore(graph([[1], [2], [3], [2, 4], [1, 5], [-1]]))]).toEqual([1, 0, 0, 0, 0, 1]);
  });

  it('are those of large loops, too', () => {
    const next = Array.from({ length: 100 }, (_, i) => [(i + 1) % 100]);
    expect(blocksThatStore(graph(next)).every((x) => x === 1)).toBe(true);
  });
});
