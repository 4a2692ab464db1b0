/** What `-d in_asm,op,op_opt,out_js` print. */
import type { Log } from '../runtime/debug';
import type { CodeReader, Lifter } from '../targets/target';
import { printBlock, printRegion } from '../translate/ir/print';
import type { Block } from '../translate/ir/block';
import type { HelperTable } from '../translate/ir/helper-table';
import type { StateLayout } from '../translate/ir/state';
import type { Region } from '../translate/region';

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
    if (this.log.enabled('in_asm')) this.log.write(this.listing(block));
    if (this.log.enabled('op')) this.log.write(`OP:\n${printBlock(block, this.layout, this.helpers)}\n`);
    if (this.log.enabled('op_opt')) this.log.write(`OP after optimisation:\n${printBlock(optimised, this.layout, this.helpers)}\n`);
  }

  /** After a region was compiled. */
  compiled(region: Region, code: string | Uint8Array): void {
    if (this.log.enabled('op_opt')) this.log.write(`OP after optimisation, region:\n${printRegion(region, this.layout, this.helpers)}\n`);
    if (this.log.enabled('out_js') && typeof code === 'string') this.log.write(`OUT:\n${code}\n\n`);
  }

  private listing(block: Block): string {
    const lines = this.lifter.disassemble(this.reader, block.start, block.end).map(({ address, size, word, text }) => {
      const bits = word.toString(16).padStart(size * 2, '0');
      return `0x${address.toString(16).padStart(8, '0')}:  ${bits.padEnd(8)}  ${text}\n`;
    });
    return `----------------\nIN:\n${lines.join('')}\n`;
  }
}
