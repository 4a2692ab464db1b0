import type { Block } from '../../translate/ir/block';
import { LiftedBlocks } from './lifted-blocks';

const NONE = new Int32Array(0);

function block(start: number, end: number): Block {
  const terminator = { kind: 'jump', target: 0 } as const;
  return { start, end, instructions: 1, count: 0, op: new Uint8Array(0), a: NONE, b: NONE, c: NONE, d: NONE, terminator };
}

/** Blocks of eight bytes, and how often each was lifted. */
function counting(protection: Uint8Array): { readonly blocks: LiftedBlocks; readonly lift: (at: number) => number } {
  const blocks = new LiftedBlocks(protection);
  const times = new Map<number, number>();
  const lift = (at: number): number => {
    blocks.get(at, () => {
      times.set(at, (times.get(at) ?? 0) + 1);
      return block(at, at + 8);
    });
    return times.get(at)!;
  };
  return { blocks, lift };
}

describe('lifted blocks', () => {
  const READ_EXECUTE = 5;

  it('are lifted once', () => {
    const { lift } = counting(new Uint8Array(16).fill(READ_EXECUTE));
    expect([lift(0x1000), lift(0x1000), lift(0x1008)]).toEqual([1, 1, 1]);
  });

  it('are lifted again if any page of their code has changed', () => {
    const { blocks, lift } = counting(new Uint8Array(16).fill(READ_EXECUTE));
    lift(0x1ffc);
    blocks.invalidate(0x3000, 0x4000);
    expect(lift(0x1ffc)).toBe(1);
    blocks.invalidate(0x2000, 0x3000);
    expect(lift(0x1ffc)).toBe(2);
    blocks.invalidate(0, 2 ** 32);
    expect(lift(0x1ffc)).toBe(3);
  });

  it('are lifted each time from pages that the guest can write', () => {
    const protection = new Uint8Array(16).fill(READ_EXECUTE);
    protection[2] = 7;
    const { lift } = counting(protection);
    lift(0x1ffc);
    expect(lift(0x1ffc)).toBe(2);
  });

  it('make room for others', () => {
    const { lift } = counting(new Uint8Array(1024).fill(READ_EXECUTE));
    for (let i = 0; i < 3000; i++) lift(0x1000 + 8 * i);
    expect([lift(0x1000 + 8 * 2999), lift(0x1000)]).toEqual([1, 2]);
  });
});
