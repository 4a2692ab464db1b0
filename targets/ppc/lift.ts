/** Lifts PowerPC code to IR blocks: fetching, decoding and where a block ends. */
import { location, locationMode, locationPc, type Block, type Location, type Terminator } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import type { CpuState } from '../../translate/ir/cpu-state';
import { StatusReads } from '../../translate/ir/status-reads';
import { Decoder, type DecodedInstruction } from '../decoder';
import type { CodeReader, CpuModel, DisassembledInstruction, Lifter } from '../target';
import { ppcModel, type PpcModel } from './cpu-models';
import { formatInstruction, hex } from './disassemble';
import { FPSCR } from './fpscr';
import type { PpcRow } from './instruction';
import { divideByLibrary, divisionRoutine } from './lift/library-division';
import { LiftContext } from './lift-context';
import { Mode, PPC_LAYOUT, SUMMARY_TRACKED } from './state';
import { PPC_ROWS } from './tables';

/** Longest block: straight-line code beyond it goes on in another block. Real code hardly ever gets there. */
const MAX_BLOCK_INSTRUCTIONS = 128;

const FPSCR_WORD = PPC_LAYOUT.offset('fpscr') >> 2;
const SO_WORD = PPC_LAYOUT.offset('so') >> 2;
const XER_WORD = PPC_LAYOUT.offset('xer') >> 2;

/** mffs reads FPSCR into a floating-point register, and programs get at its word in the stack. */
const FPSCR_READ = {
  exceptions: FPSCR.exceptions & ~FPSCR.enables,
  results: ['r3', 'r4', 'f1'].map((name) => PPC_LAYOUT.index(name)),
  stack: PPC_LAYOUT.index('r1'),
} as const;

/** Primary opcodes whose instructions the extended opcode, at the end of the word, tells apart. */
const EXTENDED_OPCODES: ReadonlySet<number> = new Set([4, 19, 31, 59, 63]);

const opcodeOf = (row: PpcRow): number => parseInt(row.pattern.slice(0, 6), 2);

/** The tables of encodings with an extended opcode and of those without. */
export const PPC_TABLES = {
  extended: {
    rows: PPC_ROWS.filter((r) => EXTENDED_OPCODES.has(opcodeOf(r))),
    buckets: [
      { shift: 26, width: 6 },
      { shift: 0, width: 6 },
    ],
  },
  immediates: { rows: PPC_ROWS.filter((r) => !EXTENDED_OPCODES.has(opcodeOf(r))), buckets: [{ shift: 26, width: 6 }] },
} as const;

type TableName = keyof typeof PPC_TABLES;

export class PpcLifter implements Lifter {
  private readonly decoders: { [K in TableName]?: Decoder<PpcRow> } = {};
  private readonly model: PpcModel;

  /** Set for good once FPSCR is not what native arithmetic is enough for. */
  private exact = false;
  /** Set for good once XER.SO may be set, which hardly any program does. */
  private summary = false;
  private readonly statusReads = new StatusReads(PPC_LAYOUT, FPSCR_READ);

  constructor(model: CpuModel) {
    this.model = ppcModel(model);
  }

  adapt({ i32 }: CpuState): boolean {
    const exact = this.exact || (i32[FPSCR_WORD]! & (FPSCR.tracked | FPSCR.exceptions)) !== 0;
    const summary = this.summary || (i32[SO_WORD]! | (i32[XER_WORD]! & SUMMARY_TRACKED)) !== 0;
    const changed = exact !== this.exact || summary !== this.summary;
    this.exact = exact;
    this.summary = summary;
    return changed;
  }

  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block {
    const cx = this.contextAt(ir, at);
    cx.exceptionsWanted = () => this.exceptionsWanted(code, location(cx.pc, locationMode(at) & Mode.Directed));
    return this.liftBlock(cx, code, at, maxInstructions);
  }

  private contextAt(ir: Builder, at: Location): LiftContext {
    const mode = locationMode(at);
    const cx = new LiftContext(ir, this.model.features, this.model.cacheLine, this.model.pvr);
    cx.pc = locationPc(at);
    cx.taken = (mode & Mode.Taken) !== 0;
    cx.exact = this.exact;
    cx.tracksSummary = this.summary;
    cx.summaryWanted = (mode & Mode.SummaryWanted) !== 0;
    cx.directed = !this.exact && (mode & Mode.Directed) !== 0;
    cx.fpscrStep = mode & (Mode.FpscrSpecial | Mode.FpscrForeign);
    return cx;
  }

  /** Whether the mffs at a location is for the exceptions. */
  private exceptionsWanted(code: CodeReader, at: Location): boolean {
    return this.statusReads.wantExceptions((ir, maxInstructions, read) => {
      const cx = this.contextAt(ir, at);
      cx.fpscrRead = () => read(ir.extend_u32(cx.word('fpscr')));
      return this.liftBlock(cx, code, at, maxInstructions);
    });
  }

  private liftBlock(cx: LiftContext, code: CodeReader, at: Location, maxInstructions: number): Block {
    const { ir } = cx;
    ir.reset();
    const division = maxInstructions > 1 ? divisionRoutine(code, cx.pc) : undefined;
    if (division !== undefined) {
      ir.insn(cx.pc);
      divideByLibrary(cx, division);
      return finish(cx, at, 1, 4 * division.words);
    }
    const limit = Math.min(maxInstructions, MAX_BLOCK_INSTRUCTIONS);
    for (let count = 0; ; count++) {
      if (count >= limit) return finish(cx, at, count);
      const word = code.fetch32(cx.pc);
      if (word === undefined) {
        // A trap block covers what it failed to read, so that mapping that page invalidates it
        if (count === 0) cx.trap('fetch', cx.pc);
        return finish(cx, at, count, count === 0 ? 4 : 0);
      }
      ir.insn(cx.pc);
      this.liftInstruction(cx, code, word);
      cx.pc = cx.next;
      if (cx.terminator !== undefined) return finish(cx, at, count + 1);
      cx.taken = cx.summaryWanted = false;
      cx.fpscrStep = 0;
    }
  }

  private liftInstruction(cx: LiftContext, code: CodeReader, word: number): void {
    const found = this.decode(word);
    if (found === undefined) {
      cx.trap('undefined');
      if (!isKnown(word)) code.unimplemented(cx.pc, `PowerPC instruction ${hex(word)}`);
      return;
    }
    if (found.row.lift(cx, found.fields as never) === false) cx.trap('undefined');
  }

  private decode(word: number): DecodedInstruction<PpcRow> | undefined {
    const name = tableOf(word);
    const { rows, buckets } = PPC_TABLES[name];
    this.decoders[name] ??= new Decoder<PpcRow>(
      rows.filter((r) => r.feature === undefined || this.model.features.has(r.feature)),
      buckets,
    );
    return this.decoders[name].decode(word);
  }

  disassemble(code: CodeReader, at: Location, end: number): readonly DisassembledInstruction[] {
    const out: DisassembledInstruction[] = [];
    for (let address = locationPc(at); address < end; address += 4) {
      const word = code.fetch32(address);
      if (word === undefined) break;
      const found = this.decode(word);
      const text = found ? formatInstruction(found.row, found.fields, address) : `.long ${hex(word)}`;
      out.push({ address, size: 4, word: word >>> 0, text });
    }
    return out;
  }
}

function tableOf(word: number): TableName {
  return EXTENDED_OPCODES.has(word >>> 26) ? 'extended' : 'immediates';
}

const fullDecoders: { [K in TableName]?: Decoder<PpcRow> } = {};

/** True if a row that the CPU model lacks has the encoding. */
function isKnown(word: number): boolean {
  const name = tableOf(word);
  const full = (fullDecoders[name] ??= new Decoder<PpcRow>(PPC_TABLES[name].rows, PPC_TABLES[name].buckets));
  return full.find(word) !== undefined;
}

/** Ends the block at the context's pc; `unread` bytes behind it belong to it too. */
function finish(cx: LiftContext, at: Location, count: number, unread = 0): Block {
  const terminator = cx.terminator ?? { kind: 'jump', target: cx.pc };
  return cx.ir.finish(at, cx.pc + unread, count, cx.directed && !cx.modesSettled ? directed(terminator) : terminator);
}

const directedLocation = (l: Location): Location => location(locationPc(l), locationMode(l) | Mode.Directed);

/** The same in Mode.Directed. */
function directed(t: Terminator): Terminator {
  switch (t.kind) {
    case 'jump':
      return { ...t, target: directedLocation(t.target) };
    case 'branch':
      return { ...t, taken: directedLocation(t.taken), otherwise: directedLocation(t.otherwise) };
    case 'call':
      return { ...t, target: directedLocation(t.target), returns: directedLocation(t.returns) };
    case 'indirect': {
      const mode = t.mode | Mode.Directed;
      return t.returns === undefined ? { ...t, mode } : { ...t, mode, returns: directedLocation(t.returns) };
    }
    case 'syscall':
      return { ...t, next: directedLocation(t.next) };
    default:
      return t;
  }
}
