/** A set of state fields, by index; dense bit sets for the data-flow analyses. */
export class FieldSet {
  private readonly words: Uint32Array;

  constructor(readonly size: number) {
    this.words = new Uint32Array((size + 31) >>> 5);
  }

  has(f: number): boolean {
    return ((this.words[f >>> 5]! >>> (f & 31)) & 1) !== 0;
  }

  add(f: number): void {
    this.words[f >>> 5]! |= 1 << (f & 31);
  }

  delete(f: number): void {
    this.words[f >>> 5]! &= ~(1 << (f & 31));
  }

  clear(): void {
    this.words.fill(0);
  }

  /** Adds all of `other`; returns whether this set grew. */
  addAll(other: FieldSet): boolean {
    let grew = false;
    for (let i = 0; i < this.words.length; i++) {
      const before = this.words[i]!;
      const after = (before | other.words[i]!) >>> 0;
      if (after !== before) {
        this.words[i] = after;
        grew = true;
      }
    }
    return grew;
  }

  /** Removes all of `other`. */
  deleteAll(other: FieldSet): void {
    for (let i = 0; i < this.words.length; i++) this.words[i]! &= ~other.words[i]!;
  }

  /** What is in both. */
  intersection(other: FieldSet): FieldSet {
    const s = new FieldSet(this.size);
    for (let i = 0; i < this.words.length; i++) s.words[i] = this.words[i]! & other.words[i]!;
    return s;
  }

  copy(): FieldSet {
    const s = new FieldSet(this.size);
    s.words.set(this.words);
    return s;
  }

  /** Members in increasing order. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.words.length; i++) for (let w = this.words[i]!; w !== 0; w &= w - 1) yield 32 * i + 31 - Math.clz32(w & -w);
  }

  static all(size: number): FieldSet {
    const s = new FieldSet(size);
    for (let f = 0; f < size; f++) s.add(f);
    return s;
  }
}
