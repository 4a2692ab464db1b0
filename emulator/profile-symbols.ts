/** Which function guest code belongs to, by the symbol tables of the files it was mapped from. */
import type { VmaList } from '../runtime/memory';
import { SymbolTable, type FunctionSymbol } from '../loader/symbol-table';

export interface GuestFunction {
  /** The symbol; for code without one `FILE+0x1234`, the address in the file's own address space. */
  readonly name: string;
  /** Host path of the file, or what else is mapped there, in brackets. */
  readonly object: string;
  /** False if the name is only that of a place. */
  readonly isSymbol: boolean;
}

const hex = (x: number): string => `0x${x.toString(16)}`;

export class GuestSymbols {
  private readonly tables = new Map<string, SymbolTable>();
  /** A function is always the same GuestFunction. */
  private readonly functions = new Map<FunctionSymbol, GuestFunction>();
  private readonly places = new Map<string, GuestFunction>();

  constructor(private readonly vmas: VmaList) {}

  /**
   * The function at a pc (bit 0, the instruction set, does not matter).
   * @param grain code without a symbol is told apart by units of this many bytes, a power of two
   */
  at(pc: number, grain = 1): GuestFunction {
    const address = (pc & ~1) >>> 0;
    const vma = this.vmas.at(address);
    const object = vma?.backing.name ?? '';
    if (vma === undefined || !object.startsWith('/')) return this.place(object === '' ? '[anonymous]' : object, address, '', grain);
    const table = this.tableOf(object);
    const inFile = table.addressOf(address - vma.start + vma.offset);
    const symbol = inFile === undefined ? undefined : table.at(inFile);
    if (symbol !== undefined) return this.function(symbol, object);
    return this.place(object, inFile ?? address - vma.start + vma.offset, `${object.slice(object.lastIndexOf('/') + 1)}+`, grain);
  }

  private function(symbol: FunctionSymbol, object: string): GuestFunction {
    let found = this.functions.get(symbol);
    if (found === undefined) this.functions.set(symbol, (found = { name: symbol.name, object, isSymbol: true }));
    return found;
  }

  private place(object: string, address: number, prefix: string, grain: number): GuestFunction {
    const name = `${prefix}${hex((address & -grain) >>> 0)}`;
    const key = `${object}\0${name}`;
    let found = this.places.get(key);
    if (found === undefined) this.places.set(key, (found = { name, object, isSymbol: false }));
    return found;
  }

  private tableOf(path: string): SymbolTable {
    let table = this.tables.get(path);
    if (table === undefined) this.tables.set(path, (table = SymbolTable.read(path)));
    return table;
  }
}
