import type { Interpreter, PackedBlock } from '../translate/interpret';
import type { Block } from '../translate/ir/block';
import { InterpreterCounts } from './profile-interpreter';
import type { GuestFunction } from './profile-symbols';

const [F, G] = ['f', 'g'].map((name): GuestFunction => ({ name, object: '/a', isSymbol: true })) as [GuestFunction, GuestFunction];

/** Counts down as the real one does; its blocks are only numbers. */
class Counter {
  private counts: number[] = [];
  prepare(_block: Block, _keep?: Uint8Array, runs = Infinity): PackedBlock {
    this.counts.push(Math.min(runs, 1e9));
    return { record: this.counts.length - 1 } as PackedBlock;
  }
  allow({ record }: PackedBlock, runs: number): void {
    this.counts[record] = Math.min(runs, 1e9);
  }
  left({ record }: PackedBlock): number {
    return this.counts[record] ?? NaN;
  }
  clear(): void {
    this.counts = [];
  }
  run({ record }: PackedBlock, times: number): void {
    this.counts[record]! -= times;
  }
}

const block = (start: number, instructions: number): Block => ({ start, instructions }) as Block;

it('adds up what ran of each function, however often counts are set anew', () => {
  const counter = new Counter();
  const counts = new InterpreterCounts(counter as unknown as Interpreter, (at) => (at < 0x2000 ? F : G));
  const a = counter.prepare(block(0x1000, 3), undefined, 5999);
  const b = counter.prepare(block(0x1100, 10));
  const c = counter.prepare(block(0x2000, 1), undefined, 5999);
  counter.run(a, 5999);
  counter.allow(a, 0); // compiled
  counter.run(b, 7);
  counter.allow(b, Infinity);
  counter.run(b, 1);
  expect([...counts.byFunction()]).toEqual([[F, 3 * 5999 + 80]]);
  counter.run(c, 2);
  counter.clear(); // no room for more
  const d = counter.prepare(block(0x2000, 1), undefined, 5999);
  counter.run(d, 1);
  expect([...counts.byFunction()]).toEqual([
    [F, 3 * 5999 + 80],
    [G, 3],
  ]);
});
