import { location } from '../../translate/ir/block';
import { CodeCache, Translation } from './code-cache';
import { JUMP_CACHE_ENTRIES } from './tunables';

const PAGE = 4096;

function translation(start: number, length: number, mode = 0): Translation {
  const key = location(start, mode);
  const packed = { record: 0, id: 0, generation: 0, result: -1, positions: [] };
  return new Translation(key, start + length, packed, { kind: 'jump', target: key });
}

describe('CodeCache', () => {
  it('finds translations by location', () => {
    const cache = new CodeCache();
    const plain = translation(0x1000, 8);
    const other = translation(0x1000, 8, 1);
    cache.add(plain);
    cache.add(other);
    expect(cache.get(location(0x1000))).toBe(plain);
    expect(cache.get(location(0x1000, 1))).toBe(other);
    expect(cache.get(location(0x1002))).toBeUndefined();
  });

  it('remembers the last of those that share a jump-cache entry, in mode 0 only', () => {
    const cache = new CodeCache();
    const a = translation(0x1000, 8);
    const b = translation(0x1000 + 2 * JUMP_CACHE_ENTRIES, 8);
    cache.remember(a);
    cache.remember(translation(0x1000, 8, 1));
    expect(cache.cached(0x1000)).toBe(a);
    cache.remember(b);
    expect(cache.cached(0x1000)).toBeUndefined();
    expect(cache.cached(0x1000 + 2 * JUMP_CACHE_ENTRIES)).toBe(b);
  });

  it('takes a pc as a signed word', () => {
    const cache = new CodeCache();
    const high = translation(0xffff0fe0, 8);
    cache.remember(high);
    expect(cache.cached(0xffff0fe0 | 0)).toBe(high);
  });

  it('says which instruction ran first, also of those within blocks', () => {
    const cache = new CodeCache();
    const first = translation(PAGE - 0x40, 0x80);
    const second = translation(PAGE + 0x20, 0x40);
    cache.add(first);
    const within = [PAGE - 0x20, PAGE, PAGE + 0x30].map((at) => cache.firstRun(at));
    expect([...within].sort((a, b) => a - b)).toEqual(within);
    expect(cache.firstRun(PAGE + 0x40)).toBe(Infinity);
    cache.add(second);
    expect(cache.firstRun(PAGE + 0x20)).toBe(within[2]! - 0x10);
    expect(cache.firstRun(PAGE + 0x50)).toBeGreaterThan(within[2]!);
    expect(cache.firstRun(location(PAGE + 0x50, 1))).toBe(Infinity);
    cache.invalidate(0, PAGE);
    expect(cache.firstRun(PAGE - 0x20)).toBe(Infinity);
    expect(cache.firstRun(PAGE)).toBe(Infinity);
    expect(cache.firstRun(PAGE + 0x30)).toBeGreaterThan(within[2]!);
  });

  it('knows which instruction ran first where blocks depend on pages far away', () => {
    const cache = new CodeCache();
    const high = translation(0xffff0fe0, 8);
    const low = translation(PAGE, 8);
    cache.add(high);
    cache.add(low);
    const [first, second] = [cache.firstRun(high.key), cache.firstRun(low.key)];
    cache.dependsOnPage(high, 1);
    cache.dependsOnPage(low, 0xffff0);
    expect([cache.firstRun(high.key), cache.firstRun(low.key)]).toEqual([first, second]);
    expect(cache.firstRun(PAGE + 4)).toBe(second + 4);
  });

  it('drops what a changed page was part of, and every way there', () => {
    const cache = new CodeCache();
    const before = translation(PAGE - 8, 8);
    const across = translation(2 * PAGE - 8, 16);
    const behind = translation(3 * PAGE, 8);
    for (const t of [before, across, behind]) {
      cache.add(t);
      cache.remember(t);
    }
    before.next0 = across;
    behind.next1 = across;
    before.next1 = behind;
    expect(cache.invalidate(2 * PAGE, 2 * PAGE + 4)).toEqual([across.key]);
    expect(cache.get(across.key)).toBeUndefined();
    expect([cache.get(before.key), cache.get(behind.key)]).toEqual([before, behind]);
    expect([before.next0, before.next1, behind.next1]).toEqual([undefined, behind, undefined]);
    expect(cache.cached(across.key)).toBeUndefined();
    expect(cache.size).toBe(2);
  });

  it('says when nothing was made from a range, however large', () => {
    const cache = new CodeCache();
    cache.add(translation(PAGE, 8));
    expect(cache.invalidate(2 * PAGE, 3 * PAGE)).toEqual([]);
    expect(cache.invalidate(2 * PAGE, 2 ** 32)).toEqual([]);
    expect(cache.invalidate(0, 2 ** 32)).toEqual([PAGE]);
    expect(cache.size).toBe(0);
  });

  it('drops the head of a region for each page of the region', () => {
    const cache = new CodeCache();
    const head = translation(PAGE, 8);
    cache.add(head);
    cache.dependsOn(head, 5 * PAGE, 5 * PAGE + 4);
    expect(cache.invalidate(5 * PAGE, 6 * PAGE)).toEqual([head.key]);
    expect(cache.get(head.key)).toBeUndefined();
  });

  it('drops what found no code when code comes there', () => {
    // A jump to 0 used to be listed under every page there is, and one to the start of another page under none.
    const cache = new CodeCache();
    const nowhere = [0, PAGE, 2 * PAGE + 4].map((start) => translation(start, 0));
    nowhere.forEach((t) => cache.add(t));
    expect(nowhere.map((t) => t.pages)).toEqual([[0], [1], [2]]);
    expect(cache.invalidate(PAGE, 2 * PAGE)).toEqual([PAGE]);
    expect(nowhere.map((t) => cache.get(t.key))).toEqual([nowhere[0], undefined, nowhere[2]]);
  });

  it('does not confuse a dropped translation with its successor at the same location', () => {
    // The old one was still listed under its other page; dropping that page took the new one out of the
    // map, so that later invalidations did not see its links, and stale code was reached through them.
    const cache = new CodeCache();
    const old = translation(PAGE, 8);
    cache.add(old);
    cache.dependsOn(old, 5 * PAGE, 5 * PAGE + 4);
    cache.invalidate(PAGE, PAGE + 4);
    const fresh = translation(PAGE, 8);
    const target = translation(7 * PAGE, 8);
    cache.add(fresh);
    cache.add(target);
    fresh.next0 = target;
    cache.invalidate(5 * PAGE, 6 * PAGE);
    expect(cache.get(fresh.key)).toBe(fresh);
    cache.invalidate(7 * PAGE, 8 * PAGE);
    expect(fresh.next0).toBeUndefined();
  });
});
