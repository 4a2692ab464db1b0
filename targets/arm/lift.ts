/** Lifts A32 and T32 code to IR blocks: fetching, conditional execution, IT blocks and where a block ends. */
import { locationMode, locationPc, type Block, type Location } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import type { CpuState } from '../../translate/ir/cpu-state';
import { StatusReads } from '../../translate/ir/status-reads';
import type { I1 } from '../../translate/ir/types';
import { Decoder, type DecodedInstruction } from '../decoder';
import type { CodeReader, CpuModel, DisassembledInstruction, Lifter } from '../target';
import { A32_ROWS, A32_UNCONDITIONAL_ROWS } from './a32';
import { ARM_CPU_MODELS } from './cpu-models';
import { formatInstruction, hex } from './disassemble';
import type { ArmRow } from './instruction';
import { itAdvance, LiftContext } from './lift-context';
import { NEON_COPROCESSOR_ROWS, NEON_ROWS, NEON_TRANSFER_ROWS, thumbNeonPattern } from './neon';
import { followsDivision } from './lift/library-division';
import { ARM_LAYOUT, FPSCR, Mode, type DataOrder } from './state';
import { T16_ROWS } from './t16';
import { T32_ROWS } from './t32';
import { VFP_ROWS, VFP_UNCONDITIONAL_ROWS } from './vfp';

/** Longest block: straight-line code beyond it goes on in another block. Real code hardly ever gets there. */
const MAX_BLOCK_INSTRUCTIONS = 128;

const FPSCR_WORD = ARM_LAYOUT.offset('fpscr') >> 2;

/** FPSCR.{IDC,IXC,UFC,OFC,DZC,IOC} */
const FPSCR_READ = { exceptions: 0x9f, results: [ARM_LAYOUT.index('r0')] } as const;

/** Condition codes AL and above always pass. */
const ALWAYS = 14;

const A32_BUCKETS = [
  { shift: 20, width: 8 },
  { shift: 4, width: 4 },
];
const T16_BUCKETS = [{ shift: 6, width: 10 }];
const T32_BUCKETS = [
  { shift: 20, width: 9 },
  { shift: 4, width: 4 },
];

/** The page of helper routines (Documentation/arch/arm/kernel_user_helpers.rst), the same for every CPU model. */
const KERNEL_PAGE = 0xffff_0000;
const KERNEL_MODEL = ARM_CPU_MODELS.find((m) => m.name === 'max')!;

/** Floating point and Advanced SIMD among the conditional instructions. */
const VECTOR_ROWS: readonly ArmRow[] = [...VFP_ROWS, ...NEON_TRANSFER_ROWS];

function unconditional(row: ArmRow): ArmRow {
  return { ...row, pattern: row.pattern.replace('cccc', '1110') };
}

/** The tables, each with what makes it up. VFP encodings of T32 are those of A32 with the condition AL. */
export const ARM_TABLES = {
  a32: { rows: [...A32_ROWS, ...VECTOR_ROWS], buckets: A32_BUCKETS },
  a32Unconditional: {
    rows: [...A32_UNCONDITIONAL_ROWS, ...VFP_UNCONDITIONAL_ROWS, ...NEON_COPROCESSOR_ROWS, ...NEON_ROWS],
    buckets: A32_BUCKETS,
  },
  t16: { rows: T16_ROWS, buckets: T16_BUCKETS },
  t32: {
    rows: [
      ...T32_ROWS,
      ...VECTOR_ROWS.map(unconditional),
      ...VFP_UNCONDITIONAL_ROWS,
      ...NEON_COPROCESSOR_ROWS,
      ...NEON_ROWS.map((row) => ({ ...row, pattern: thumbNeonPattern(row.pattern) })),
    ],
    buckets: T32_BUCKETS,
  },
} as const;

type TableName = keyof typeof ARM_TABLES;

/** An open `if` over conditional instructions. */
interface OpenIf {
  readonly cond: number;
  readonly condition: I1;
  /** Its first instruction. */
  readonly pc: number;
  readonly itState: number;
  /** Instructions before it. */
  readonly count: number;
  /** Ops up to its start. */
  readonly ops: number;
}

export class ArmLifter implements Lifter {
  private readonly decoders: { [K in TableName]?: Decoder<ArmRow> } = {};
  // The instruction that fetch() read
  private word = 0;
  private size = 4;
  /** For the kernel's helper routines, which use what the CPU model may lack. */
  private kernel: ArmLifter | undefined;

  /** Set for good once FPSCR is not what native arithmetic is enough for. */
  private exact = false;
  /** Set for good once FPSCR.FZ was found set. */
  private flushing = false;
  private readonly statusReads = new StatusReads(ARM_LAYOUT, FPSCR_READ);

  /** @param order byte order of data that the program is built for */
  constructor(
    private readonly model: CpuModel,
    private readonly order: DataOrder = 'little',
  ) {}

  adapt(state: CpuState): boolean {
    const fpscr = state.i32[FPSCR_WORD]!;
    const exact = this.exact || (fpscr & FPSCR.special) !== 0;
    const flushing = this.flushing || (fpscr & FPSCR.flush) !== 0;
    if (exact === this.exact && flushing === this.flushing) return false;
    this.exact = exact;
    this.flushing = flushing;
    return true;
  }

  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block {
    if (instructionAddress(at) >= KERNEL_PAGE && this.model !== KERNEL_MODEL)
      return (this.kernel ??= new ArmLifter(KERNEL_MODEL, this.order)).lift(ir, code, at, maxInstructions);
    const cx = contextAt(new LiftContext(ir, this.model.features, this.order), at);
    cx.exact = this.exact;
    cx.flushing = this.flushing;
    cx.exceptionsWanted = () => this.exceptionsWanted(code, cx.locationAt(cx.pc, cx.itState | Mode.ConditionPassed));
    cx.callsDivision = () => followsDivision(code, cx.pc + cx.size, cx.thumb);
    return this.liftBlock(cx, code, at, maxInstructions);
  }

  /** Whether the VMRS at a location is for the exceptions. */
  exceptionsWanted(code: CodeReader, at: Location): boolean {
    const { word, size } = this;
    const wanted = this.statusReads.wantExceptions((ir, maxInstructions, read) => {
      const cx = contextAt(new LiftContext(ir, this.model.features, this.order), at);
      cx.fpscrRead = () => read(cx.word('fpscr'));
      return this.liftBlock(cx, code, at, maxInstructions);
    });
    this.word = word;
    this.size = size;
    return wanted;
  }

  private liftBlock(cx: LiftContext, code: CodeReader, at: Location, maxInstructions: number): Block {
    const { ir } = cx;
    ir.reset();
    const limit = Math.min(maxInstructions, MAX_BLOCK_INSTRUCTIONS);
    let passed = (locationMode(at) & Mode.ConditionPassed) !== 0;
    let count = 0;
    let shared: OpenIf | undefined; // the latest if
    let alone = -1; // address of an instruction that must have an if of its own

    for (;;) {
      if (count >= limit) return finish(cx, at, cx.pc, count);
      if (!this.fetch(code, cx.pc, cx.thumb)) {
        if (count === 0) cx.trap('fetch', cx.pc);
        // A trap block covers what it failed to read, so that mapping that page invalidates it.
        return finish(cx, at, count === 0 ? cx.pc + 4 : cx.pc, count);
      }
      cx.size = this.size;
      cx.inItBlock = cx.itState !== 0;
      const found = this.decoder(this.tableOf(cx.thumb)).decode(this.word);
      const cond = passed ? ALWAYS : conditionOf(this.word, cx.thumb, cx.itState);
      passed = false;
      const resumed = ir.insideIf && cx.pc === shared?.pc;
      if (!resumed) {
        if (ir.insideIf && (cond !== shared?.cond || cx.flagsChanged || cx.pc === alone)) ir.endIf();
        ir.insn(cx.thumb ? cx.pc | 1 : cx.pc);
        if (cond < ALWAYS && !ir.insideIf) shared = beginConditional(cx, cond, count);
      }
      this.liftInstruction(cx, code, found);
      count++;

      if (cx.terminator === undefined) {
        cx.pc = (cx.pc + cx.size) >>> 0;
        if (cx.inItBlock) cx.itState = itAdvance(cx.itState);
      } else if (cond >= ALWAYS || shared === undefined) {
        return finish(cx, at, cx.pc + cx.size, count);
      } else if (shared.pc === cx.pc) {
        endConditionally(cx, shared, at);
        return finish(cx, at, cx.pc + cx.size, count);
      } else {
        // Only known now: this instruction ends the block, so it cannot share the if of those before
        // it. Lift them again without it.
        alone = cx.pc;
        count = resume(cx, shared);
      }
    }
  }

  disassemble(code: CodeReader, at: Location, end: number): readonly DisassembledInstruction[] {
    const out: DisassembledInstruction[] = [];
    const thumb = (locationPc(at) & 1) !== 0;
    let itState = locationMode(at) & Mode.ItMask;
    let address = instructionAddress(at);
    while (address < end && this.fetch(code, address, thumb)) {
      const { word, size } = this;
      const found = this.decoder(this.tableOf(thumb)).decode(word);
      const text = found ? formatInstruction(found.row, found.fields, { address, thumb, itState }) : `<undefined> ${hex(word)}`;
      out.push({ address, size, word: word >>> 0, text });
      itState = isIt(word, size) ? word & 0xff : itAdvance(itState);
      address += size;
    }
    return out;
  }

  /** Reads the instruction at an address; false if part of it is not executable. */
  private fetch(code: CodeReader, address: number, thumb: boolean): boolean {
    let word: number | undefined;
    if (!thumb) {
      word = code.fetch32(address);
      this.size = 4;
    } else {
      word = code.fetch16(address);
      this.size = 2;
      if (word !== undefined && word >>> 11 >= 0b11101) {
        const low = code.fetch16(address + 2);
        word = low === undefined ? undefined : (word << 16) | low;
        this.size = 4;
      }
    }
    if (word === undefined) return false;
    this.word = word;
    return true;
  }

  /** The table that the fetched instruction belongs to. */
  private tableOf(thumb: boolean): TableName {
    if (thumb) return this.size === 2 ? 't16' : 't32';
    return this.word >>> 28 === 15 ? 'a32Unconditional' : 'a32';
  }

  /** A decoder of the rows that the CPU model has, built on first use. */
  private decoder(name: TableName): Decoder<ArmRow> {
    return (this.decoders[name] ??= new Decoder<ArmRow>(
      ARM_TABLES[name].rows.filter((r) => r.feature === undefined || this.model.features.has(r.feature)),
      ARM_TABLES[name].buckets,
    ));
  }

  private liftInstruction(cx: LiftContext, code: CodeReader, found: DecodedInstruction<ArmRow> | undefined): void {
    if (found === undefined) {
      cx.trap('undefined');
      if (!isKnown(this.tableOf(cx.thumb), this.word))
        code.unimplemented(cx.pc, `${cx.thumb ? 'Thumb' : 'ARM'} instruction ${hex(this.word)}`);
    } else if (found.row.lift(cx, found.fields as never) === false) {
      cx.trap('undefined');
    }
  }
}

const fullDecoders: { [K in TableName]?: Decoder<ArmRow> } = {};

/** True if a row that the CPU model lacks has the encoding. */
function isKnown(table: TableName, word: number): boolean {
  const full = (fullDecoders[table] ??= new Decoder<ArmRow>(ARM_TABLES[table].rows, ARM_TABLES[table].buckets));
  return full.find(word) !== undefined;
}

function instructionAddress(at: Location): number {
  const pc = locationPc(at);
  return (pc & 1 ? pc & ~1 : pc & ~3) >>> 0;
}

function contextAt(cx: LiftContext, at: Location): LiftContext {
  const mode = locationMode(at);
  cx.pc = instructionAddress(at);
  cx.thumb = (locationPc(at) & 1) !== 0;
  cx.itState = mode & Mode.ItMask;
  cx.setDataMode(mode);
  return cx;
}

function isIt(word: number, size: number): boolean {
  return size === 2 && (word & 0xff00) === 0xbf00 && (word & 0xf) !== 0;
}

/** Condition of an instruction: of its cond field in A32, of ITSTATE in T32. */
function conditionOf(word: number, thumb: boolean, itState: number): number {
  if (!thumb) return word >>> 28;
  return itState === 0 ? ALWAYS : itState >> 4;
}

function beginConditional(cx: LiftContext, cond: number, count: number): OpenIf {
  const condition = cx.condition(cond);
  cx.ir.beginIf(condition);
  cx.flagsChanged = false;
  return { cond, condition, pc: cx.pc, itState: cx.itState, count, ops: cx.ir.count };
}

/** Empties the open if and goes back to its first instruction; returns the number of instructions before it. */
function resume(cx: LiftContext, start: OpenIf): number {
  cx.ir.abandonIf();
  cx.ir.beginIf(start.condition);
  cx.flagsChanged = false;
  cx.terminator = undefined;
  cx.pc = start.pc;
  cx.itState = start.itState;
  return start.count;
}

/**
 * Ends the block after a conditional instruction that ended it: a direct branch goes straight to its
 * target, anything else is lifted again, unconditionally, as a block of its own.
 */
function endConditionally(cx: LiftContext, own: OpenIf, at: Location): void {
  const { ir, terminator } = cx;
  const nothingElse = ir.count === own.ops;
  ir.abandonIf();
  cx.setDataMode(locationMode(at));
  const taken = terminator?.kind === 'jump' && nothingElse ? terminator.target : cx.locationAt(cx.pc, cx.itState | Mode.ConditionPassed);
  cx.terminator = { kind: 'branch', cond: own.condition, taken, otherwise: cx.nextLocation() };
}

function finish(cx: LiftContext, at: Location, end: number, count: number): Block {
  const terminator = cx.terminator ?? { kind: 'jump', target: cx.locationAt(cx.pc, cx.itState) };
  return cx.ir.finish(at, end, count, terminator);
}
