/** Lifts MIPS code to IR blocks: fetching, delay slots and where a block ends. */
import { location, locationMode, locationPc, type Block, type Location } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import type { CpuState } from '../../translate/ir/cpu-state';
import { StatusReads } from '../../translate/ir/status-reads';
import { Decoder } from '../decoder';
import type { CodeReader, CpuModel, DisassembledInstruction, Lifter } from '../target';
import { implementationOf } from './cpu-models';
import { formatInstruction, hex } from './disassemble';
import type { MipsRow } from './instruction';
import { LiftContext } from './lift-context';
import { fusePair } from './lift/load-store';
import { MICROMIPS16_ROWS, MICROMIPS32_ROWS } from './micromips';
import { MIPS16_EXTENDED_ROWS, MIPS16_ROWS } from './mips16';
import { MIPS32_ROWS } from './mips32';
import { FCSR, MIPS_LAYOUT, Mode, MSACSR } from './state';

/** Longest block: straight-line code beyond it goes on in another block. Real code hardly ever gets there. */
const MAX_BLOCK_INSTRUCTIONS = 128;

const FCSR_WORD = MIPS_LAYOUT.offset('fcsr') >> 2;
const MSACSR_WORD = MIPS_LAYOUT.offset('msacsr') >> 2;
/** Causes and flags. */
const FCSR_READ = { exceptions: FCSR.causes | FCSR.flags, results: [MIPS_LAYOUT.index('v0')] } as const;

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

/** The tables: of MIPS32's encodings those with a function field and those without, and of the compressed sets by length. */
export const MIPS_TABLES = {
  functions: { rows: MIPS32_ROWS.filter((r) => FUNCTION_OPCODES.has(opcodeOf(r))), buckets: BUCKETS },
  immediates: { rows: MIPS32_ROWS.filter((r) => !FUNCTION_OPCODES.has(opcodeOf(r))), buckets: IMMEDIATE_BUCKETS },
  mips16: { rows: MIPS16_ROWS, buckets: [{ shift: 11, width: 5 }] },
  mips16Extended: {
    rows: MIPS16_EXTENDED_ROWS,
    buckets: [
      { shift: 27, width: 5 },
      { shift: 11, width: 5 },
    ],
  },
  micromips16: { rows: MICROMIPS16_ROWS, buckets: [{ shift: 10, width: 6 }] },
  micromips32: { rows: MICROMIPS32_ROWS, buckets: BUCKETS },
} as const;

type TableName = keyof typeof MIPS_TABLES;

export class MipsLifter implements Lifter {
  private readonly decoders: { [K in TableName]?: Decoder<MipsRow> } = {};
  /** Set for good once FCSR is not what native arithmetic is enough for. */
  private exact = false;
  /** Set for good once FCSR.FS was found set. */
  private flushing = false;
  /** Set for good once an exception was found enabled. */
  private trapping = false;
  /** Set for good once MSACSR was accessed. */
  private exactVectors = false;
  private readonly statusReads = new StatusReads(MIPS_LAYOUT, FCSR_READ);
  /** What addresses with bit 0 set mean to this model. */
  private readonly compressed: 'mips16' | 'micromips' | undefined;

  constructor(
    private readonly model: CpuModel,
    private readonly bigEndian: boolean,
  ) {
    this.compressed = model.features.has('micromips') ? 'micromips' : model.features.has('mips16') ? 'mips16' : undefined;
  }

  adapt(state: CpuState): boolean {
    const fcsr = state.i32[FCSR_WORD]!;
    const exact = this.exact || (fcsr & FCSR.special) !== 0;
    const flushing = this.flushing || (fcsr & FCSR.flush) !== 0;
    const trapping = this.trapping || (fcsr & FCSR.enables) !== 0;
    const exactVectors = this.exactVectors || (state.i32[MSACSR_WORD]! & MSACSR.tracked) !== 0;
    if (exact === this.exact && flushing === this.flushing && trapping === this.trapping && exactVectors === this.exactVectors)
      return false;
    this.exact = exact;
    this.flushing = flushing;
    this.trapping = trapping;
    this.exactVectors = exactVectors;
    return true;
  }

  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block {
    const mode = locationMode(at);
    if (!this.trapping && (mode & (Mode.EnablesChanged | Mode.Trapping)) !== 0) return this.lookAtEnables(ir, at);
    if ((mode & Mode.ForbiddenSlot) !== 0) return this.reserved(ir, at);
    const cx = this.context(ir, at);
    cx.exact = this.exact;
    cx.flushing = this.flushing;
    cx.trapping = this.trapping;
    cx.exactVectors = this.exactVectors;
    cx.branchFollows = () => this.fetch(code, cx, (cx.pc + cx.size) >>> 0)?.row?.branches === true;
    cx.slotSize = () => this.fetch(code, cx, (cx.pc + cx.size) >>> 0)?.size ?? (cx.compressed ? 2 : 4);
    cx.exceptionsWanted = () => cx.inDelaySlot || this.exceptionsWanted(code, cx.locationOf(cx.pc));
    return this.liftBlock(cx, code, at, maxInstructions);
  }

  /** A branch where none may be. */
  private reserved(ir: Builder, at: Location): Block {
    ir.reset();
    const cx = this.context(ir, at);
    cx.reportedPc = cx.pc;
    cx.trap('undefined');
    return finish(cx, at, 0, 4);
  }

  private context(ir: Builder, at: Location): LiftContext {
    const { features, name } = this.model;
    const cx = new LiftContext(ir, features, this.bigEndian, features.has('fr1'), implementationOf(name));
    cx.compressed = (locationPc(at) & 1) !== 0 && this.compressed !== undefined;
    cx.pc = cx.compressed ? locationPc(at) - 1 : locationPc(at);
    cx.likelyTaken = (locationMode(at) & Mode.LikelyTaken) !== 0;
    return cx;
  }

  /**
   * A block that only finds out whether an exception is enabled. If so it leaves for a location that is not there yet, so
   * that `adapt` is asked.
   */
  private lookAtEnables(ir: Builder, at: Location): Block {
    ir.reset();
    const cx = this.context(ir, at);
    const pc = locationPc(at);
    if ((locationMode(at) & Mode.Trapping) !== 0)
      cx.terminator = { kind: 'indirect', target: ir.const32(pc), hint: 'jump', mode: Mode.FcsrAccessed | Mode.Trapping };
    else {
      const enabled = ir.ne32(ir.and32(cx.word('fcsr'), ir.const32(FCSR.enables)), ir.const32(0));
      cx.terminator = { kind: 'branch', cond: enabled, taken: location(pc, Mode.Trapping), otherwise: location(pc) };
    }
    return finish(cx, at, 0, 4);
  }

  /** Whether the CFC1 at a location is for the exceptions. */
  private exceptionsWanted(code: CodeReader, at: Location): boolean {
    return this.statusReads.wantExceptions((ir, maxInstructions, read) => {
      const cx = this.context(ir, at);
      cx.fcsrRead = () => read(cx.word('fcsr'));
      return this.liftBlock(cx, code, at, maxInstructions);
    });
  }

  private liftBlock(cx: LiftContext, code: CodeReader, at: Location, maxInstructions: number): Block {
    const { ir } = cx;
    ir.reset();
    const limit = Math.min(maxInstructions, MAX_BLOCK_INSTRUCTIONS);
    // A branch and its delay slot, or a pair that becomes one access, count as one
    for (let count = 0; ; count++) {
      if (count >= limit) return finish(cx, at, count);
      if ((cx.pc & 3) !== 0 && !cx.compressed) return this.misaligned(cx, at);
      const found = this.fetch(code, cx, cx.pc);
      if (found === undefined) {
        // A trap block covers what it failed to read, so that mapping that page invalidates it
        if (count === 0) cx.trap('fetch', cx.pc);
        return finish(cx, at, count, count === 0 ? 4 : 0);
      }
      cx.reportedPc = cx.pc;
      ir.insn(cx.compressed ? cx.pc | 1 : cx.pc);
      this.liftInstruction(cx, code, found);
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
    const found = this.fetch(code, cx, cx.pc);
    if (found === undefined) cx.trap('fetch', cx.pc);
    // The branch has linked to behind a slot of the size that it prescribes
    else if (cx.delaySlotSize !== 0 && cx.delaySlotSize !== found.size) cx.trap('undefined');
    else this.liftInstruction(cx, code, found);
    // A branch in a delay slot is UNPREDICTABLE; qemu-mips raises SIGILL
    if (cx.transfer !== undefined || cx.terminator?.kind === 'branch') cx.trap('undefined');
    if (transfer !== undefined) cx.terminator ??= cx.modeAfterSlot === 0 ? transfer : cx.withMode(transfer, cx.modeAfterSlot);
  }

  private liftInstruction(cx: LiftContext, code: CodeReader, { word, size, table, row, fields }: Fetched): void {
    cx.size = size;
    if (row === undefined) {
      cx.trap('undefined');
      if (!isKnown(table, word)) code.unimplemented(cx.pc, `${SETS[table]} instruction ${hex(word)}`);
      return;
    }
    const { partner } = row;
    if (partner === true && !cx.inDelaySlot) {
      const next = code.fetch32((cx.pc + 4) >>> 0);
      if (next !== undefined && fusePair(cx, word, next)) {
        cx.pc = (cx.pc + 4) >>> 0;
        return;
      }
    }
    if (row.lift(cx, fields as never) === false) cx.trap('undefined');
  }

  /** The instruction at an address, in the instruction set of the context; undefined if part of it is not executable. */
  private fetch(code: CodeReader, { compressed }: { readonly compressed: boolean }, address: number): Fetched | undefined {
    let word: number | undefined;
    let size = 4;
    if (!compressed) word = code.fetch32(address);
    else {
      word = code.fetch16(address);
      if (word === undefined) return undefined;
      if (this.isLong(word)) {
        const low = code.fetch16((address + 2) >>> 0);
        word = low === undefined ? undefined : (word << 16) | low;
      } else size = 2;
    }
    if (word === undefined) return undefined;
    const table = this.tableOf(word, size, compressed);
    const found = this.decoder(table).decode(word);
    return { word, size, table, row: found?.row, fields: found?.fields };
  }

  /** Whether a halfword begins an instruction of 32 bits. */
  private isLong(halfword: number): boolean {
    if (this.compressed === 'mips16') return MIPS16_LONG.has(halfword >>> 11);
    const minor = (halfword >>> 10) & 7;
    return minor === 0 || minor > 3;
  }

  private tableOf(word: number, size: number, compressed: boolean): TableName {
    if (!compressed) return FUNCTION_OPCODES.has(word >>> 26) ? 'functions' : 'immediates';
    if (this.compressed === 'mips16') return size === 2 ? 'mips16' : 'mips16Extended';
    return size === 2 ? 'micromips16' : 'micromips32';
  }

  /** A decoder of the rows that the CPU model has, built on first use. */
  private decoder(name: TableName): Decoder<MipsRow> {
    const { rows, buckets } = MIPS_TABLES[name];
    return (this.decoders[name] ??= new Decoder<MipsRow>(
      rows.filter((r) => r.feature === undefined || this.model.features.has(r.feature)),
      buckets,
    ));
  }

  disassemble(code: CodeReader, at: Location, end: number): readonly DisassembledInstruction[] {
    const out: DisassembledInstruction[] = [];
    const compressed = (locationPc(at) & 1) !== 0 && this.compressed !== undefined;
    for (let address = compressed ? locationPc(at) - 1 : locationPc(at); address < end;) {
      const found = this.fetch(code, { compressed }, address);
      if (found === undefined) break;
      const { word, size, row, fields } = found;
      const text = row === undefined ? `<undefined> ${hex(word)}` : formatInstruction(row, fields!, address);
      out.push({ address, size, word: word >>> 0, text });
      address += size;
    }
    return out;
  }
}

/** Opcodes of MIPS16e that take two halfwords: JAL(X) and EXTEND. */
const MIPS16_LONG: ReadonlySet<number> = new Set([0b00011, 0b11110]);

/** What the tables are called in messages. */
const SETS: Readonly<Record<TableName, string>> = {
  functions: 'MIPS',
  immediates: 'MIPS',
  mips16: 'MIPS16e',
  mips16Extended: 'MIPS16e',
  micromips16: 'microMIPS',
  micromips32: 'microMIPS',
};

/** An instruction as it was read, with the row that it matches. */
interface Fetched {
  readonly word: number;
  /** Bytes. */
  readonly size: number;
  readonly table: TableName;
  readonly row: MipsRow | undefined;
  readonly fields: Readonly<Record<string, number>> | undefined;
}

const fullDecoders: { [K in TableName]?: Decoder<MipsRow> } = {};

/** True if a row that the CPU model lacks has the encoding. */
function isKnown(table: TableName, word: number): boolean {
  const full = (fullDecoders[table] ??= new Decoder<MipsRow>(MIPS_TABLES[table].rows, MIPS_TABLES[table].buckets));
  return full.find(word) !== undefined;
}

/** Ends the block at the context's pc; `unread` bytes behind it belong to it too. */
function finish(cx: LiftContext, at: Location, count: number, unread = 0): Block {
  return cx.ir.finish(at, cx.pc + unread, count, cx.terminator ?? { kind: 'jump', target: cx.locationOf(cx.pc) });
}
