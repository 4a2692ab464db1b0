/** Lifts MIPS code to IR blocks: fetching, delay slots and where a block ends. */
import { location, locationMode, locationPc, type Block, type Location } from '../../translate/ir/block';
import { Builder } from '../../translate/ir/builder';
import type { CpuState } from '../../translate/ir/cpu-state';
import { Decoder, type DecodedRow } from '../decoder';
import { wantsExceptions } from '../exceptions-wanted';
import { extractFields } from '../pattern';
import type { CodeReader, CpuModel, DisassembledInstruction, Lifter } from '../target';
import { implementationOf } from './cpu-models';
import { formatInstruction, hex } from './disassemble';
import type { MipsRow } from './instruction';
import { LiftContext } from './lift-context';
import { fusePair } from './lift/load-store';
import { MIPS32_ROWS } from './mips32';
import { FCSR, MIPS_LAYOUT, Mode } from './state';

/** Longest block: straight-line code beyond it goes on in another block. Real code hardly ever gets there. */
const MAX_BLOCK_INSTRUCTIONS = 128;

const FCSR_WORD = MIPS_LAYOUT.offset('fcsr') >> 2;
/** Causes and flags. */
const FCSR_READ = { exceptions: FCSR.causes | FCSR.flags, result: MIPS_LAYOUT.index('v0') } as const;
/** How far behind a read of FCSR its uses are looked for. */
const PROBED_INSTRUCTIONS = 16;

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
  /** Set for good once FCSR is not what native arithmetic is enough for. */
  private exact = false;
  /** Set for good once FCSR.FS was found set. */
  private flushing = false;
  /** Set for good once an exception was found enabled. */
  private trapping = false;
  private prober: Builder | undefined;

  constructor(
    private readonly model: CpuModel,
    private readonly bigEndian: boolean,
  ) {}

  adapt(state: CpuState): boolean {
    const fcsr = state.i32[FCSR_WORD]!;
    const exact = this.exact || (fcsr & FCSR.special) !== 0;
    const flushing = this.flushing || (fcsr & FCSR.flush) !== 0;
    const trapping = this.trapping || (fcsr & FCSR.enables) !== 0;
    if (exact === this.exact && flushing === this.flushing && trapping === this.trapping) return false;
    this.exact = exact;
    this.flushing = flushing;
    this.trapping = trapping;
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
    cx.branchFollows = () => this.find(code.fetch32((cx.pc + cx.size) >>> 0) ?? 0)?.row.branches === true;
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
    cx.pc = locationPc(at);
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
    const cx = this.context((this.prober ??= new Builder(MIPS_LAYOUT)), at);
    let fcsr = -1;
    cx.fcsrRead = () => {
      const read = cx.word('fcsr');
      if (fcsr < 0) fcsr = read;
      return read;
    };
    return wantsExceptions(this.liftBlock(cx, code, at, PROBED_INSTRUCTIONS), fcsr, FCSR_READ);
  }

  private liftBlock(cx: LiftContext, code: CodeReader, at: Location, maxInstructions: number): Block {
    const { ir } = cx;
    ir.reset();
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
    if (transfer !== undefined) cx.terminator ??= cx.modeAfterSlot === 0 ? transfer : cx.withMode(transfer, cx.modeAfterSlot);
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
