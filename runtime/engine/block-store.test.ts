import { eitherStore, type BlockStore } from './block-store';
import type { MadeBlock, StoredBlock } from './stored-format';

function fake(found: StoredBlock | undefined, region: boolean): BlockStore & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    find: () => found,
    add: () => told.push('add'),
    dropped: () => told.push('dropped'),
    hasRegion: () => region,
    retire: () => told.push('retire'),
  };
}

it('asks one store after the other, and tells both', () => {
  const [one, other] = [{}, {}] as [StoredBlock, StoredBlock];
  const both = [fake(one, false), fake(other, true)] as const;
  const either = eitherStore(...both);
  expect([either.find(0), either.hasRegion(0)]).toEqual([one, true]);
  expect(eitherStore(fake(undefined, false), both[1]).find(0)).toBe(other);
  either.add({} as MadeBlock);
  either.dropped?.();
  either.retire();
  for (const { told } of both) expect(told).toEqual(['add', 'dropped', 'retire']);
});
