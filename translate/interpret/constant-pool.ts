/**
 * The constants of packed code, in the state memory behind the temporaries. Code refers to them by their place, so it can
 * be used by other processes that agree on the places: those of one family, which share an area of memory.
 */

/** Word indices in the state memory. */
export const CONSTANTS = 0x1000;
const CONSTANTS_END = 0x2000;

/** Where results go that nothing reads (a load kept for its fault): four words behind the pool's last constant. */
export const UNUSED = CONSTANTS_END - 4;

/** Constants that fit into the pool. */
export const MAX_POOL = UNUSED - CONSTANTS;

/** The shared area: a count of places that have been given, then for each place the constant and 1 if it is there. */
export const SHARED_POOL_WORDS = 2 + 2 * MAX_POOL;

export class ConstantPool {
  private readonly places = new Map<number, number>();
  /** Places below are known here, but for `missing`. */
  private known = 0;
  /** Places that others have taken and not filled yet, or never will. */
  private missing: number[] = [];
  private area: Int32Array | undefined;

  /** @param words the state memory */
  constructor(private readonly words: Int32Array) {}

  /** The constants in the order of their places; what others have in use only is 0. */
  get all(): Int32Array {
    return this.words.slice(CONSTANTS, CONSTANTS + this.known);
  }

  /** Takes over the constants of another process while there are none. Some may be there twice: see `add` and `all`. */
  adopt(constants: Int32Array): void {
    if (this.known > 0 || constants.length > MAX_POOL) throw new RangeError('the constant pool is in use or too large');
    this.words.set(constants, CONSTANTS);
    constants.forEach((x, k) => this.places.set(x, CONSTANTS + k));
    this.known = constants.length;
  }

  /**
   * Agrees on places with all processes that are forked from here on, or with those that have the area already.
   * @param area SHARED_POOL_WORDS words; the first to use it finds 0
   */
  share(area: Int32Array): void {
    if (area[0] !== 0) {
      if (this.known > 0) throw new RangeError('the constant pool is in use');
      this.area = area;
      this.learn();
      return;
    }
    this.all.forEach((x, k) => {
      area[2 + 2 * k] = x;
      area[3 + 2 * k] = 1;
    });
    area[0] = this.known;
    this.area = area;
  }

  /** Word of the state memory that holds a constant; -1 if there is no room. */
  place(x: number): number {
    let k = this.places.get(x);
    if (k === undefined && this.area !== undefined) {
      this.learn();
      k = this.places.get(x);
    }
    return k ?? this.add(x);
  }

  private add(x: number): number {
    const { area } = this;
    // Two processes may give a constant a place each: either will do
    const k = area === undefined ? this.known++ : Atomics.add(area, 0, 1);
    if (k >= MAX_POOL) {
      if (area === undefined) this.known--;
      else Atomics.sub(area, 0, 1);
      return -1;
    }
    if (area !== undefined) {
      area[2 + 2 * k] = x;
      Atomics.store(area, 3 + 2 * k, 1);
      this.learn();
    }
    this.words[CONSTANTS + k] = x;
    this.places.set(x, CONSTANTS + k);
    return CONSTANTS + k;
  }

  /** Takes over what others have added: before code of theirs is used. */
  learn(): void {
    const { area } = this;
    if (area === undefined) return;
    const count = Math.min(Atomics.load(area, 0), MAX_POOL);
    if (count === this.known && this.missing.length === 0) return;
    const wanted = this.missing;
    for (; this.known < count; this.known++) wanted.push(this.known);
    this.missing = wanted.filter((k) => !this.take(area, k));
  }

  private take(area: Int32Array, k: number): boolean {
    if (Atomics.load(area, 3 + 2 * k) === 0) return false;
    const x = area[2 + 2 * k]!;
    this.words[CONSTANTS + k] = x;
    if (!this.places.has(x)) this.places.set(x, CONSTANTS + k);
    return true;
  }
}
