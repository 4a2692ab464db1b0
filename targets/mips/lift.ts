/** Lifts MIPS code to IR blocks: fetching, delay slots and where a block ends. */
import { locationMode, locationPc, type Block, type Location } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import { Decoder, type DecodedRow } from '../decoder';
import { extractFields } from '../pattern';
import type { CodeReader, CpuModel, DisassembledInstruction, Lifter } from '../target';
import { formatInstruction, hex } from './disassemble';
import type { MipsRow } from './instruction';
import { LiftContext } from './lift-context';
import { fusePair } from './lift/load-store';
import { MIPS32_ROWS } from './mips32';
import { Mode } from './state';

/** Longest block: straight-line code beyond it goes on in another block. Real code hardly ever gets there. */
const MAX_BLOCK_INSTRUCTIONS = 128;

/** Opcode and function field. */
const BUCKETS = [
  { shift: 26, width: 6 },
  { shift: 0, width: 6 },
];

/** Opcodes whose instructions the function field tells apart; the others have an immediate there, which would only make buckets. */
const FUNCTION_OPCODES: ReadonlySet<number> = new Set([0x00, 0x11, 0x12, 0x13, 0x1c, 0x1e, 0x1f]);
const IMMEDIATE_BUCKETS = [
  { shift: 26, width: 6 },
  { shift: 16, width: 5 },
];

const opcodeOf = (row: MipsRow): number => parseInt(row.pattern.slice(0, 6), 2);

/** The tables of 32-bit encodings: those with a function field and those without. */
export const MIPS_TABLES = {
  functions: { rows: MIPS32_ROWS.filter((r) => FUNCTION_OPCODES.has(opcodeOf(r))), buckets: BUCKETS },
  immediates: { rows: MIPS32_ROWS.filter((r) => !FUNCTION_OPCODES.has(opcodeOf(r))), buckets: IMMEDIATE_BUCKETS },
} as const;

type TableName = keyof typeof MIPS_TABLES;

export class MipsLifter implements Lifter {
  private readonly decoders: { [K in TableName]?: Decoder<MipsRow> } = {};

  constructor(
    private readonly model: CpuModel,
    private readonly bigEndian: boolean,
  ) {}

  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block {
    ir.reset();
    const cx = new LiftContext(ir, this.model.features, this.bigEndian, this.model.features.has('fr1'));
    cx.pc = locationPc(at);
    cx.likelyTaken = (locationMode(at) & Mode.LikelyTaken) !== 0;
    const limit = Math.min(maxInstructions, MAX_BLOCK_INSTRUCTIONS);
    // A branch and its delay slot, or a pair that becomes one access, count as one
    for (let count = 0; ; count++) {
      if (count >= limit) return finish(cx, at, count);
      if ((cx.pc & 3) !== 0) return this.misaligned(cx, at);
      const word = code.fetch32(cx.pc);
      if (word === undefined) {
        // A trap block covers what it failed to read, so that mapping that page invalidates it
        if (count === 0) cx.trap('fetch', cx.pc);
        return finish(cx, at, count, count === 0 ? 4 : 0);
      }
      cx.reportedPc = cx.pc;
      ir.insn(cx.pc);
      this.liftInstruction(cx, code, word);
      if (cx.transfer !== undefined) this.liftDelaySlot(cx, code);
      cx.pc = (cx.pc + cx.size) >>> 0;
      if (cx.terminator !== undefined) return finish(cx, at, count + 1);
      cx.likelyTaken = false;
    }
  }

  /** A jump to an address that is no multiple of 4: an address error on the fetch. */
  private misaligned(cx: LiftContext, at: Location): Block {
    cx.terminator = { kind: 'trap', trap: 'alignment', info: cx.pc, at };
    return finish(cx, at, 0, 4);
  }

  /** Lifts what follows a branch, then ends the block with the branch. */
  private liftDelaySlot(cx: LiftContext, code: CodeReader): void {
    const { transfer } = cx;
    cx.transfer = undefined;
    cx.pc = (cx.pc + cx.size) >>> 0;
    cx.inDelaySlot = true;
    const word = code.fetch32(cx.pc);
    if (word === undefined) cx.trap('fetch', cx.pc);
    else this.liftInstruction(cx, code, word);
    // A branch in a delay slot is UNPREDICTABLE; qemu-mips raises SIGILL
    if (cx.transfer !== undefined || cx.terminator?.kind === 'branch') cx.trap('undefined');
    cx.terminator ??= transfer;
  }

  private liftInstruction(cx: LiftContext, code: CodeReader, word: number): void {
    const found = this.find(word);
    if (found === undefined) {
      cx.trap('undefined');
      if (!isKnown(word)) code.unimplemented(cx.pc, `MIPS instruction ${hex(word)}`);
      return;
    }
    const { partner } = found.row;
    if (partner === true && !cx.inDelaySlot) {
      const next = code.fetch32((cx.pc + 4) >>> 0);
      if (next !== undefined && fusePair(cx, word, next)) {
        cx.pc = (cx.pc + 4) >>> 0;
        return;
      }
    }
    if (found.row.lift(cx, extractFields(found.pattern, word) as never) === false) cx.trap('undefined');
  }

  private find(word: number): DecodedRow<MipsRow> | undefined {
    const name = tableOf(word);
    const { rows, buckets } = MIPS_TABLES[name];
    this.decoders[name] ??= new Decoder<MipsRow>(
      rows.filter((r) => r.feature === undefined || this.model.features.has(r.feature)),
      buckets,
    );
    return this.decoders[name].find(word);
  }

  disassemble(code: CodeReader, at: Location, end: number): readonly DisassembledInstruction[] {
    const out: DisassembledInstruction[] = [];
    for (let address = locationPc(at); address < end; address += 4) {
      const word = code.fetch32(address);
      if (word === undefined) break;
      const found = this.find(word);
      const text = found ? formatInstruction(found.row, extractFields(found.pattern, word), address) : `<undefined> ${hex(word)}`;
      out.push({ address, size: 4, word: word >>> 0, text });
    }
    return out;
  }
}

function tableOf(word: number): TableName {
  return FUNCTION_OPCODES.has(word >>> 26) ? 'functions' : 'immediates';
}

const fullDecoders: { [K in TableName]?: Decoder<MipsRow> } = {};

/** True if a row that the CPU model lacks has the encoding. */
function isKnown(word: number): boolean {
  const name = tableOf(word);
  const full = (fullDecoders[name] ??= new Decoder<MipsRow>(MIPS_TABLES[name].rows, MIPS_TABLES[name].buckets));
  return full.find(word) !== undefined;
}

/** Ends the block at the context's pc; `unread` bytes behind it belong to it too. */
function finish(cx: LiftContext, at: Location, count: number, unread = 0): Block {
  return cx.ir.finish(at, cx.pc + unread, count, cx.terminator ?? { kind: 'jump', target: cx.locationOf(cx.pc) });
}
