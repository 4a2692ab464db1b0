/** A machine that runs test regions in the interpreter and reports everything the guest can see. */
import { GuestAccess, GuestFault } from '../guest-access';
import { GuestTrap, Interpreter, type PackedBlock } from '../interpret';
import type { Block } from '../ir/block';
import type { BlockGraph } from '../ir/block-graph';
import { CpuState } from '../ir/cpu-state';
import { Random, TEST_LAYOUT } from '../ir/random-block';

const PAGE = 4096;
/** Accesses around the end of the only page, so that some fault; others do as they are not aligned. */
export const MEMORY = { base: PAGE - 208, mask: 0xff, unaligned: true };
export const HELPERS = [
  { name: 'mix', run: (a: number, b: number, c: number): number => (Math.imul(a, 31) + Math.imul(b, 17) + c) | 0 },
  { name: 'swap', run: (a: number, b: number): number => (a >>> 16) ^ (b << 16) },
];

/** Blocks after which a run is taken to be endless. */
const MAX_BLOCKS = 40;

const STATE_WORDS = TEST_LAYOUT.size / 4;

/** Leaves the region on a back edge, as the poll for signals does, and goes on in the guest's own code. */
export interface Poll {
  /** Back edges to take before that. */
  readonly after: number;
  readonly original: BlockGraph;
}

/** How a run ended, with everything the guest can see then. */
export interface Outcome {
  readonly end: string;
  /** All words. */
  readonly state: string;
  /** Every word that differs from how memory began. */
  readonly memory: string;
}

export class Machine {
  private readonly cpu = new CpuState(TEST_LAYOUT);
  private readonly buffer = new ArrayBuffer(2 * PAGE);
  private readonly words = new Int32Array(this.buffer);
  private readonly initial = Int32Array.from(this.words, (_, i) => Math.imul(i + 1, 0x9e3779b1));
  private readonly pages = new Uint8Array(1 << 20);
  private readonly interpreter: Interpreter;

  constructor() {
    this.pages[0] = 3;
    const views = { u8: new Uint8Array(this.buffer), i32: new Int32Array(this.buffer), view: new DataView(this.buffer), pages: this.pages };
    this.interpreter = new Interpreter(this.cpu, new GuestAccess(views), HELPERS);
  }

  /** Fills the state from the seed and memory with what it always begins with. */
  private reset(start: number): void {
    const random = new Random(start);
    for (let i = 0; i < STATE_WORDS; i++) this.cpu.i32[i] = random.interesting();
    TEST_LAYOUT.fields.forEach((f) => {
      if (f.type === 'i1') this.cpu.i32[f.offset >> 2]! &= 1;
    });
    this.words.set(this.initial);
  }

  private outcome(end: string): Outcome {
    const { words, initial } = this;
    let memory = '';
    for (let i = 0; i < words.length; i++) if (words[i] !== initial[i]) memory += `${i}:${words[i]} `;
    return { end, state: this.cpu.i32.subarray(0, STATE_WORDS).join(' '), memory };
  }

  /** Runs a region from block 0, but not for ever; undefined if it runs on. */
  run(region: BlockGraph, start: number, poll?: Poll): Outcome | undefined {
    this.reset(start);
    return this.continue(region, poll);
  }

  /** Runs only those ops of each block that `needed` marks. */
  runNeeded(region: BlockGraph, start: number, needed: (block: Block) => Uint8Array): Outcome | undefined {
    this.reset(start);
    return this.continue(region, undefined, needed);
  }

  /** Runs a region from given values of some fields. */
  runWith(region: BlockGraph, fields: Readonly<Record<string, number>>): Outcome | undefined {
    this.reset(0);
    for (const [name, x] of Object.entries(fields)) this.cpu.set(name, x);
    return this.continue(region);
  }

  private continue(region: BlockGraph, poll?: Poll, needed?: (block: Block) => Uint8Array): Outcome | undefined {
    let at = 0;
    let backEdges = 0;
    for (let n = 0; n < MAX_BLOCKS; n++) {
      const block = region.blocks[at]!;
      if (this.interpreter.full) this.interpreter.clear();
      const packed = this.interpreter.prepare(block, needed?.(block));
      try {
        this.interpreter.execute(packed);
      } catch (e) {
        return this.outcome(this.exception(packed, e));
      }
      const t = block.terminator;
      const k = t.kind === 'branch' && this.interpreter.words[packed.result] === 0 ? 1 : 0;
      const edge = region.edges[at]![k]!;
      if (edge.block < 0) return this.outcome(`exit to ${edge.location}`);
      if (edge.block <= at && backEdges++ === poll?.after) {
        region = poll.original;
        at = region.blocks.findIndex((b) => b.start === edge.location);
      } else at = edge.block;
    }
    return undefined;
  }

  private exception(block: PackedBlock, e: unknown): string {
    if (e instanceof GuestTrap) return `${e.kind} trap at ${e.pc}`;
    if (!(e instanceof GuestFault)) throw e;
    return `${e.message} by ${this.interpreter.faultingPc(block)}`;
  }
}
