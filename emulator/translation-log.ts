/** What `-d in_asm,op,op_opt,out_js,out_wasm` print. */
import type { Log, LogItem } from '../runtime/debug';
import type { CodeReader, DisassembledInstruction, Lifter } from '../targets/target';
import { JUMP_CACHE, listing, type WasmFunction } from '../translate/emit-wasm';
import { locationPc, type Block, type Location } from '../translate/ir/block';
import type { HelperTable } from '../translate/ir/helper-table';
import { printBlock, printRegion } from '../translate/ir/print';
import type { StateLayout } from '../translate/ir/state';
import type { Region } from '../translate/region';

/** The log items that this file prints. */
export const TRANSLATION_ITEMS: readonly LogItem[] = ['in_asm', 'op', 'op_opt', 'out_js', 'out_wasm'];

/** Local 0 of a region's function. */
const DEPTH = 0;

export class TranslationLog {
  constructor(
    private readonly log: Log,
    private readonly lifter: Lifter,
    private readonly reader: CodeReader,
    private readonly layout: StateLayout,
    private readonly helpers: HelperTable,
  ) {}

  /** After a block was lifted; `optimised` is what of it the interpreter runs. */
  lifted(block: Block, optimised: Block): void {
    if (this.log.enabled('in_asm')) {
      const lines = this.disassembly(block).map((i) => `${printInstruction(i)}\n`);
      this.log.write(`----------------\nIN:\n${lines.join('')}\n`);
    }
    if (this.log.enabled('op')) this.log.write(`OP:\n${printBlock(block, this.layout, this.helpers)}\n`);
    if (this.log.enabled('op_opt')) this.log.write(`OP after optimisation:\n${printBlock(optimised, this.layout, this.helpers)}\n`);
  }

  /** After a region was compiled. */
  compiled(region: Region, code: string | WasmFunction): void {
    if (this.log.enabled('op_opt')) this.log.write(`OP after optimisation, region:\n${printRegion(region, this.layout, this.helpers)}\n`);
    if (typeof code === 'string') {
      if (this.log.enabled('out_js')) this.log.write(`OUT: ${heading(region)}\n${code}\n\n`);
    } else if (this.log.enabled('out_wasm')) {
      this.log.write(`OUT: ${heading(region)}, ${code.body.length} bytes\n${this.webAssembly(region, code)}\n`);
    }
  }

  /** Gives the instructions of a region from an address up to another as lines of a listing. */
  annotator(region: Region): (pc: number, end: number) => readonly string[] {
    const lines = new Map<number, string>();
    for (const block of region.blocks) for (const i of this.disassembly(block)) lines.set(i.address, printInstruction(i));
    return (pc, end) => {
      const found: string[] = [];
      for (let at = (pc & ~1) >>> 0; at < end; at += 2) {
        const line = lines.get(at);
        if (line !== undefined) found.push(line);
      }
      return found;
    };
  }

  private webAssembly(region: Region, code: WasmFunction): string {
    const annotate = this.annotator(region);
    const fields = new Map([...code.fieldLocals].map(([field, local]) => [local, this.layout.fields[field]!.name]));
    return listing(code, {
      annotate: ({ pc, end }) => annotate(pc, end),
      localName: (index) => (index === DEPTH ? 'depth' : fields.get(index)),
      cellName: (offset) => this.cellName(offset),
    });
  }

  private cellName(offset: number): string | undefined {
    if (offset >= JUMP_CACHE.base) return `jump_cache+${offset - JUMP_CACHE.base}`;
    return this.layout.fields.find((f) => f.offset === offset)?.name;
  }

  private disassembly(block: { readonly start: Location; readonly end: number }): readonly DisassembledInstruction[] {
    return this.lifter.disassemble(this.reader, block.start, block.end);
  }
}

const hex = (address: number): string => `0x${address.toString(16).padStart(8, '0')}`;

function heading({ blocks }: Region): string {
  return `region ${hex(locationPc(blocks[0]!.start))}, ${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'}`;
}

function printInstruction({ address, size, word, text }: DisassembledInstruction): string {
  const bits = word.toString(16).padStart(size * 2, '0');
  return `${hex(address)}:  ${bits.padEnd(8)}  ${text}`;
}
