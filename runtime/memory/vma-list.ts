/** Sorted, non-overlapping list of guest mappings. Addresses are numbers in [0, 2^32]; ends are exclusive. */
import type { Backing } from './mapping';
import { Prot } from './guest-memory';

export interface Vma {
  readonly start: number;
  readonly end: number;
  /** PROT_* bits. */
  readonly prot: number;
  readonly shared: boolean;
  /** File offset of `start` in bytes. */
  readonly offset: number;
  readonly backing: Backing;
  /** Of a file: it has been writable since it was mapped, so that a private page may show something else than the file. */
  readonly written?: boolean | undefined;
}

export class VmaList {
  private list: Vma[] = [];
  /** Counts changes. */
  changes = 0;

  /** All mappings, lowest first. */
  all(): readonly Vma[] {
    return this.list;
  }

  clear(): void {
    this.adopt([]);
  }

  /** Replaces all mappings by others, lowest first. */
  adopt(vmas: readonly Vma[]): void {
    this.list = [...vmas];
    this.changes++;
  }

  /** Index of the first mapping that ends above `address`. */
  private firstEndingAbove(address: number): number {
    let lo = 0;
    let hi = this.list.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.list[mid]!.end > address) hi = mid;
      else lo = mid + 1;
    }
    return lo;
  }

  /** The mapping that contains an address. */
  at(address: number): Vma | undefined {
    const v = this.list[this.firstEndingAbove(address)];
    return v !== undefined && v.start <= address ? v : undefined;
  }

  overlapping(start: number, end: number): readonly Vma[] {
    const first = this.firstEndingAbove(start);
    let last = first;
    while (last < this.list.length && this.list[last]!.start < end) last++;
    return this.list.slice(first, last);
  }

  isFree(start: number, end: number): boolean {
    const v = this.list[this.firstEndingAbove(start)];
    return v === undefined || v.start >= end;
  }

  /** True if mappings cover the whole range. */
  covers(start: number, end: number): boolean {
    let at = start;
    for (const v of this.overlapping(start, end)) {
      if (v.start > at) return false;
      at = v.end;
    }
    return at >= end;
  }

  /** Adds a mapping, replacing whatever it overlaps, and merges it with equal neighbours. */
  insert(vma: Vma): void {
    this.remove(vma.start, vma.end);
    let i = this.firstEndingAbove(vma.start);
    let merged = vma;
    const before = this.list[i - 1];
    const after = this.list[i];
    let count = 0;
    if (before !== undefined && mergeable(before, vma)) {
      merged = { ...merged, start: before.start, offset: before.offset };
      i--;
      count++;
    }
    if (after !== undefined && mergeable(vma, after)) {
      merged = { ...merged, end: after.end };
      count++;
    }
    this.list.splice(i, count, merged);
    this.changes++;
  }

  /** Removes a range, splitting mappings at its edges. */
  remove(start: number, end: number): void {
    this.replace(start, end, () => undefined);
  }

  /** Changes the protection of a range. */
  protect(start: number, end: number, prot: number): void {
    const changed: Vma[] = [];
    this.replace(start, end, (v) => {
      const written = v.backing.inode !== 0 && (prot & Prot.Write) !== 0;
      changed.push(written ? { ...v, prot, written } : { ...v, prot });
      return undefined;
    });
    for (const v of changed) this.insert(v);
  }

  private replace(start: number, end: number, f: (inside: Vma) => Vma | undefined): void {
    const first = this.firstEndingAbove(start);
    const out: Vma[] = [];
    let last = first;
    for (; last < this.list.length && this.list[last]!.start < end; last++) {
      const v = this.list[last]!;
      if (v.start < start) out.push({ ...v, end: start });
      const s = Math.max(v.start, start);
      const e = Math.min(v.end, end);
      const inside = f({ ...v, start: s, end: e, offset: v.offset + (s - v.start) });
      if (inside !== undefined) out.push(inside);
      if (v.end > end) out.push({ ...v, start: end, offset: v.offset + (end - v.start) });
    }
    this.list.splice(first, last - first, ...out);
    this.changes++;
  }

  /** Highest free range of `length` bytes ending at or below `top` and starting at or above `bottom`. */
  findBelow(top: number, bottom: number, length: number): number | undefined {
    let end = top;
    for (let i = this.list.length - 1; i >= 0 && end - length >= bottom; i--) {
      const v = this.list[i]!;
      if (v.start >= end) continue;
      if (v.end <= end - length) break;
      end = v.start;
    }
    return end - length >= bottom ? end - length : undefined;
  }

  /** Lowest free range of `length` bytes starting at or above `bottom` and ending at or below `top`. */
  findAbove(bottom: number, top: number, length: number): number | undefined {
    let at = bottom;
    for (const v of this.list) {
      if (v.end <= at) continue;
      if (v.start >= at + length) break;
      at = v.end;
    }
    return at + length <= top ? at : undefined;
  }
}

function mergeable(a: Vma, b: Vma): boolean {
  return (
    a.end === b.start &&
    a.prot === b.prot &&
    (a.written === true) === (b.written === true) &&
    a.shared === b.shared &&
    a.backing.name === b.backing.name &&
    a.backing.inode === b.backing.inode &&
    a.backing.device === b.backing.device &&
    a.backing.version === b.backing.version &&
    ((a.backing.inode === 0 && a.backing.device === 0) || a.offset + (a.end - a.start) === b.offset)
  );
}
