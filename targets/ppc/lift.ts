/** Lifts PowerPC code to IR blocks: fetching, decoding and where a block ends. */
import { locationMode, locationPc, type Block, type Location } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import { Decoder, type DecodedRow } from '../decoder';
import { extractFields } from '../pattern';
import type { CodeReader, CpuModel, DisassembledInstruction, Lifter } from '../target';
import { ppcModel, type PpcModel } from './cpu-models';
import { formatInstruction, hex } from './disassemble';
import type { PpcRow } from './instruction';
import { LiftContext } from './lift-context';
import { Mode } from './state';
import { PPC_ROWS } from './tables';

/** Longest block: straight-line code beyond it goes on in another block. Real code hardly ever gets there. */
const MAX_BLOCK_INSTRUCTIONS = 128;

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

  constructor(model: CpuModel) {
    this.model = ppcModel(model);
  }

  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block {
    ir.reset();
    const cx = new LiftContext(ir, this.model.features, this.model.cacheLine, this.model.pvr);
    cx.pc = locationPc(at);
    cx.taken = (locationMode(at) & Mode.Taken) !== 0;
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
      cx.taken = false;
    }
  }

  private liftInstruction(cx: LiftContext, code: CodeReader, word: number): void {
    const found = this.find(word);
    if (found === undefined) {
      cx.trap('undefined');
      if (!isKnown(word)) code.unimplemented(cx.pc, `PowerPC instruction ${hex(word)}`);
      return;
    }
    if (found.row.lift(cx, extractFields(found.pattern, word) as never) === false) cx.trap('undefined');
  }

  private find(word: number): DecodedRow<PpcRow> | undefined {
    const name = tableOf(word);
    const { rows, buckets } = PPC_TABLES[name];
    this.decoders[name] ??= new Decoder<PpcRow>(
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
      const text = found ? formatInstruction(found.row, extractFields(found.pattern, word), address) : `.long ${hex(word)}`;
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
  return cx.ir.finish(at, cx.pc + unread, count, cx.terminator ?? { kind: 'jump', target: cx.pc });
}
