import { ANONYMOUS, type Backing } from './mapping';
import { VmaList, type Vma } from './vma-list';

const file: Backing = { name: '/lib/a.so', device: 1, inode: 7 };
const anonymous = (start: number, end: number, prot = 3): Vma => ({ start, end, prot, shared: false, offset: 0, backing: ANONYMOUS });
const mapped = (start: number, end: number, offset: number, prot = 5): Vma => ({ start, end, prot, shared: false, offset, backing: file });

describe('VmaList', () => {
  it('merges equal neighbours on both sides', () => {
    const list = new VmaList();
    list.insert(anonymous(0x1000, 0x2000));
    list.insert(anonymous(0x3000, 0x4000));
    list.insert(anonymous(0x2000, 0x3000));
    expect(list.all()).toEqual([anonymous(0x1000, 0x4000)]);
  });

  it('merges file mappings only where their offsets continue', () => {
    const list = new VmaList();
    list.insert(mapped(0x1000, 0x2000, 0));
    list.insert(mapped(0x2000, 0x3000, 0x1000));
    list.insert(mapped(0x3000, 0x4000, 0x8000));
    expect(list.all()).toEqual([mapped(0x1000, 0x3000, 0), mapped(0x3000, 0x4000, 0x8000)]);
  });

  it('keeps neighbours apart that differ in protection or sharing', () => {
    const list = new VmaList();
    list.insert(anonymous(0x1000, 0x2000, 1));
    list.insert(anonymous(0x2000, 0x3000, 3));
    list.insert({ ...anonymous(0x3000, 0x4000, 3), shared: true });
    expect(list.all()).toHaveLength(3);
  });

  it('splits a mapping and moves the file offset of its upper part', () => {
    const list = new VmaList();
    list.insert(mapped(0x1000, 0x5000, 0x10000));
    list.remove(0x2000, 0x3000);
    expect(list.all()).toEqual([mapped(0x1000, 0x2000, 0x10000), mapped(0x3000, 0x5000, 0x12000)]);
  });

  it('merges again what protect made equal', () => {
    const list = new VmaList();
    list.insert(anonymous(0x1000, 0x4000));
    list.protect(0x2000, 0x3000, 1);
    expect(list.all()).toHaveLength(3);
    list.protect(0x2000, 0x3000, 3);
    expect(list.all()).toEqual([anonymous(0x1000, 0x4000)]);
  });

  it('finds free ranges from either side', () => {
    const list = new VmaList();
    list.insert(anonymous(0x3000, 0x4000));
    list.insert(anonymous(0x6000, 0x8000));
    expect(list.findBelow(0x9000, 0x1000, 0x1000)).toBe(0x8000);
    expect(list.findBelow(0x8000, 0x1000, 0x2000)).toBe(0x4000);
    expect(list.findBelow(0x7000, 0x1000, 0x2000)).toBe(0x4000);
    expect(list.findBelow(0x8000, 0x2000, 0x3000)).toBeUndefined();
    expect(list.findAbove(0x1000, 0x9000, 0x2000)).toBe(0x1000);
    expect(list.findAbove(0x2000, 0x9000, 0x2000)).toBe(0x4000);
    expect(list.findAbove(0x2000, 0x9000, 0x3000)).toBeUndefined();
  });
});

/** A pseudo-random 32-bit generator (mulberry32). */
function generator(seed: number): (below: number) => number {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** The specification: one cell per page with what is mapped there. */
class PageModel {
  readonly cells: (string | undefined)[];
  constructor(readonly pages: number) {
    this.cells = new Array<string | undefined>(pages).fill(undefined);
  }
  static cell(v: Vma, page: number): string {
    const offset = v.backing.inode === 0 ? 0 : v.offset / 0x1000 + page - v.start / 0x1000;
    return `${v.prot} ${v.shared} ${v.backing.name} ${offset}${v.written === true ? ' written' : ''}`;
  }
  set(v: Vma): void {
    for (let p = v.start / 0x1000; p < v.end / 0x1000; p++) this.cells[p] = PageModel.cell(v, p);
  }
  protect(first: number, end: number, prot: number): void {
    for (let p = first; p < end; p++)
      this.cells[p] = this.cells[p]?.replace(/^\d+(.*?)( written)?$/, (_, rest: string, written = '') => {
        const file = !rest.endsWith(' 0') || rest.includes('/');
        return `${prot}${rest}${file && (prot & 2) !== 0 ? ' written' : (written as string)}`;
      });
  }
  freeRun(first: number, count: number): boolean {
    return this.cells.slice(first, first + count).every((c) => c === undefined);
  }
}

describe('VmaList against a page model', () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);
  const pages = 48;

  it(`agrees after every operation (TEST_SEED=${seed})`, () => {
    const below = generator(seed);
    for (let round = 0; round < 60; round++) {
      const list = new VmaList();
      const model = new PageModel(pages);
      for (let step = 0; step < 60; step++) {
        const first = below(pages);
        const end = first + 1 + below(pages - first);
        const prot = below(3);
        const [start, stop] = [first * 0x1000, end * 0x1000];
        const kind = below(4);
        if (kind < 2) {
          const vma = kind === 0 ? anonymous(start, stop, prot) : mapped(start, stop, below(2) * 0x1000 + start, prot);
          list.insert(vma);
          model.set(vma);
        } else if (kind === 2) {
          list.remove(start, stop);
          model.cells.fill(undefined, first, end);
        } else {
          list.protect(start, stop, prot);
          model.protect(first, end, prot);
        }
        compare(list, model, first, end);
      }
    }
  });

  function compare(list: VmaList, model: PageModel, first: number, end: number): void {
    const cells = new Array<string | undefined>(pages).fill(undefined);
    let last: Vma | undefined;
    for (const v of list.all()) {
      if (last !== undefined && v.start < last.end) throw new Error('unsorted or overlapping');
      if (last !== undefined && v.start === last.end) {
        const lower = PageModel.cell({ ...last, end: v.end }, v.start / 0x1000);
        expect(lower).not.toBe(PageModel.cell(v, v.start / 0x1000));
      }
      for (let p = v.start / 0x1000; p < v.end / 0x1000; p++) cells[p] = PageModel.cell(v, p);
      last = v;
    }
    expect(cells).toEqual(model.cells);

    const range = model.cells.slice(first, end);
    const [start, stop] = [first * 0x1000, end * 0x1000];
    expect(list.isFree(start, stop)).toBe(range.every((c) => c === undefined));
    expect(list.covers(start, stop)).toBe(range.every((c) => c !== undefined));
    expect(list.at(start) !== undefined).toBe(model.cells[first] !== undefined);
    const count = 1 + (first % 5);
    const starts = Array.from({ length: pages - count + 1 }, (_, p) => p).filter((p) => model.freeRun(p, count));
    const high = starts.findLast((p) => p >= 2 && p + count <= end);
    expect(list.findBelow(stop, 0x2000, count * 0x1000)).toBe(high === undefined ? undefined : high * 0x1000);
    const low = starts.find((p) => p >= first);
    expect(list.findAbove(start, pages * 0x1000, count * 0x1000)).toBe(low === undefined ? undefined : low * 0x1000);
  }
});
