/**
 * Packed blocks, one behind another in a WebAssembly memory of their own, so that the interpreter in WebAssembly
 * (wasm-loop.ts) can follow a block to the next without going through JavaScript.
 */

const WASM_PAGE_WORDS = 65536 / 4;
const FIRST_PAGES = 4;
const MAX_PAGES = 1024;
/** When this many words are used it is time to start afresh; what is left holds the longest block many times over. */
const FULL = (MAX_PAGES - 16) * WASM_PAGE_WORDS;

/** Word indices of the memory's fixed part; blocks lie behind it. */
export const STORE = {
  /** Record of the block that runs. */
  current: 0,
  /** Byte address of the op that may throw, or that JavaScript is to go on with. */
  at: 1,
  /** Direct-mapped cache from guest pc in mode 0 to the byte address of its block: pairs of pc and address. */
  lookup: WASM_PAGE_WORDS,
  lookupEntries: 8192,
  blocks: 2 * WASM_PAGE_WORDS,
} as const;

/** Words of a block's record, its ops follow. */
export const RECORD = {
  /** How often it may still run before someone must look at it. */
  left: 0,
  /** Byte addresses of the records of its successors, 0 while unknown. */
  link0: 1,
  link1: 2,
  /** Number of the block in the order of packing. */
  id: 3,
  words: 4,
} as const;

/** Never the pc of code: an odd address in the last word of memory. */
const NO_PC = -1;

export class CodeStore {
  readonly memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MAX_PAGES });
  words = new Int32Array(this.memory.buffer);
  /** First free word. */
  end: number = STORE.blocks;
  /** Blocks since the last `clear`. */
  count = 0;
  /** How often it has been cleared. */
  generation = 0;

  /** True if the store should be cleared before the next block. */
  get full(): boolean {
    return this.end > FULL;
  }

  put(x: number): void {
    if (this.end === this.words.length) this.grow(1);
    this.words[this.end++] = x;
  }

  /** Doubles the memory as far as it may grow. @param least words that are needed */
  private grow(least: number): void {
    const pages = this.words.length / WASM_PAGE_WORDS;
    this.memory.grow(Math.max(Math.min(pages, MAX_PAGES - pages), Math.ceil(least / WASM_PAGE_WORDS)));
    this.words = new Int32Array(this.memory.buffer);
  }

  /** Appends the ops of a block. */
  append(code: Int32Array): void {
    if (this.end + code.length > this.words.length) this.grow(code.length);
    this.words.set(code, this.end);
    this.end += code.length;
  }

  /** Starts a block's record; returns its word index. */
  begin(runs: number): number {
    const record = this.end;
    this.put(runs);
    this.put(0);
    this.put(0);
    this.put(this.count++);
    return record;
  }

  /** Makes the block at a record known as what indirect jumps to a pc reach. */
  remember(pc: number, record: number): void {
    const at = STORE.lookup + ((pc >>> 1) & (STORE.lookupEntries - 1)) * 2;
    this.words[at] = pc;
    this.words[at + 1] = record * 4;
  }

  /** Forgets how blocks follow each other. @param records of all blocks */
  unlink(records: readonly number[]): void {
    const { words } = this;
    for (const r of records) words[r + RECORD.link0] = words[r + RECORD.link1] = 0;
  }

  /** Forgets which blocks indirect jumps reach. */
  forgetTargets(): void {
    this.words.fill(NO_PC, STORE.lookup, STORE.lookup + 2 * STORE.lookupEntries);
  }

  /** Forgets all blocks. */
  clear(): void {
    this.end = STORE.blocks;
    this.count = 0;
    this.generation++;
    this.forgetTargets();
  }
}
