/**
 * The function symbols of an ELF file (System V gABI chapter 4), for profiles and traces. Nothing in the file is
 * trusted: one that makes no sense has no symbols.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export interface FunctionSymbol {
  readonly name: string;
  /** Virtual address as in the file, without the instruction-set bit. */
  readonly address: number;
  /** Bytes. Where the file does not say, up to the next symbol. */
  readonly size: number;
}

const MAGIC = 0x7f454c46;
const PT_LOAD = 1;
const SHT = { SYMTAB: 2, DYNSYM: 11 } as const;
/** Sections from here on are not sections but marks (SHN_ABS and others). */
const SHN_LORESERVE = 0xff00;
const STT = { NOTYPE: 0, FUNC: 2, GNU_IFUNC: 10 } as const;
const FOUR_GIB = 2 ** 32;
/** Far more than any program has; bounds what a corrupt file can make us read. */
const MAX_BYTES = 2 ** 29;
const MAX_HEADERS = 65536;
/** Symbols that one address may lie behind and still belong to an enclosing one. */
const MAX_NESTING = 16;

/** Marks of what kind of code or data follows (ELF for the Arm Architecture, section 5.5.5). */
const MAPPING_SYMBOL = /^\$[atdx](\.|$)/;

/** Where the fields lie that we read, by ELF class. */
const LAYOUT = {
  32: {
    header: { size: 52, phoff: 28, shoff: 32, phentsize: 42, phnum: 44, shentsize: 46, shnum: 48 },
    program: { size: 32, type: 0, offset: 4, vaddr: 8, filesz: 16 },
    section: { size: 40, type: 4, offset: 16, length: 20, link: 24 },
    symbol: { size: 16, name: 0, value: 4, length: 8, info: 12, section: 14 },
  },
  64: {
    header: { size: 64, phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shentsize: 58, shnum: 60 },
    program: { size: 56, type: 0, offset: 8, vaddr: 16, filesz: 32 },
    section: { size: 64, type: 4, offset: 24, length: 32, link: 40 },
    symbol: { size: 24, name: 0, value: 8, length: 16, info: 4, section: 6 },
  },
} as const;

/** A candidate with what decides between several at one address. */
interface Candidate extends FunctionSymbol {
  readonly isFunction: boolean;
  readonly rank: number;
}

interface LoadedRange {
  readonly offset: number;
  readonly end: number;
  readonly vaddr: number;
}

export class SymbolTable {
  private constructor(
    /** By address; at most one at each. */
    readonly symbols: readonly FunctionSymbol[],
    private readonly loaded: readonly LoadedRange[],
  ) {}

  /** Reads a file's table; one without symbols if there is no such file, or nothing useful in it. */
  static read(path: string): SymbolTable {
    let fd: number | undefined;
    try {
      // O_NONBLOCK: never wait for the writer of a FIFO
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = fstatSync(fd);
      if (!stat.isFile()) return EMPTY;
      return SymbolTable.parse(new ElfReader(fd, stat.size));
    } catch {
      return EMPTY;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  private static parse(elf: ElfReader): SymbolTable {
    const loaded = elf.loadedRanges();
    for (const type of [SHT.SYMTAB, SHT.DYNSYM]) {
      const symbols = elf.functions(type);
      if (symbols.length > 0) return new SymbolTable(settle(symbols), loaded);
    }
    return new SymbolTable([], loaded);
  }

  static readonly none = new SymbolTable([], []);

  /** Virtual address of what is at a file offset; undefined if it is not loaded. */
  addressOf(offset: number): number | undefined {
    const range = this.loaded.find((r) => r.offset <= offset && offset < r.end);
    return range === undefined ? undefined : range.vaddr + (offset - range.offset);
  }

  /** The function that contains a virtual address. */
  at(address: number): FunctionSymbol | undefined {
    const { symbols } = this;
    let low = 0;
    let high = symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (symbols[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && i >= low - MAX_NESTING; i--) {
      const s = symbols[i]!;
      if (address < s.address + s.size) return s;
    }
    return undefined;
  }
}

const EMPTY = SymbolTable.none;

/** One symbol per address, none that only labels a place inside a function, and a size for each. */
function settle(candidates: Candidate[]): FunctionSymbol[] {
  candidates.sort((a, b) => a.address - b.address || b.rank - a.rank);
  const kept: Candidate[] = [];
  let functionEnd = 0;
  for (const c of candidates) {
    if (kept[kept.length - 1]?.address === c.address) continue;
    if (!c.isFunction && c.address < functionEnd) continue;
    kept.push(c);
    if (c.isFunction) functionEnd = Math.max(functionEnd, c.address + c.size);
  }
  return kept.map(({ name, address, size }, i) => ({
    name,
    address,
    size: size !== 0 ? size : (kept[i + 1]?.address ?? FOUR_GIB) - address,
  }));
}

/** Which of several names of an address to show: functions, sized ones, exported ones, plain ones first. */
function rankOf(name: string, type: number, size: number, global: boolean): number {
  const underscores = /^_*/.exec(name)![0].length;
  return (type !== STT.NOTYPE ? 64 : 0) + (size !== 0 ? 32 : 0) + (global ? 16 : 0) - Math.min(underscores, 8);
}

/** Reads tables of an ELF file; throws RangeError where they reach beyond it. */
class ElfReader {
  private readonly header: Buffer;
  private readonly class: 32 | 64;
  private readonly little: boolean;

  constructor(
    private readonly fd: number,
    private readonly fileSize: number,
  ) {
    const ident = this.bytes(0, 16);
    if (ident.readUInt32BE(0) !== MAGIC) throw new RangeError('not an ELF file');
    this.class = ident[4] === 2 ? 64 : 32;
    this.little = ident[5] !== 2;
    this.header = this.bytes(0, LAYOUT[this.class].header.size);
  }

  loadedRanges(): LoadedRange[] {
    const { header, program } = LAYOUT[this.class];
    const table = this.table(header.phoff, header.phentsize, header.phnum, program.size);
    return table
      .filter((p) => this.word(p, program.type) === PT_LOAD)
      .map((p) => {
        const offset = this.address(p, program.offset);
        return { offset, end: offset + this.address(p, program.filesz), vaddr: this.address(p, program.vaddr) };
      });
  }

  /** The functions of the first section of a type; none if it makes no sense. */
  functions(type: number): Candidate[] {
    const { header, section } = LAYOUT[this.class];
    const sections = this.table(header.shoff, header.shentsize, header.shnum, section.size);
    const found = sections.find((s) => this.word(s, section.type) === type);
    const strings = found === undefined ? undefined : sections[this.word(found, section.link)];
    if (found === undefined || strings === undefined) return [];
    const entries = this.bytes(this.address(found, section.offset), this.address(found, section.length));
    const names = this.bytes(this.address(strings, section.offset), this.address(strings, section.length));
    const { size } = LAYOUT[this.class].symbol;
    const functions: Candidate[] = [];
    for (let at = 0; at + size <= entries.length; at += size) {
      const f = this.candidate(entries.subarray(at, at + size), names);
      if (f !== undefined) functions.push(f);
    }
    return functions;
  }

  private candidate(entry: Buffer, names: Buffer): Candidate | undefined {
    const { symbol } = LAYOUT[this.class];
    const info = entry[symbol.info]!;
    const type = info & 15;
    const section = this.half(entry, symbol.section);
    if (type !== STT.FUNC && type !== STT.GNU_IFUNC && type !== STT.NOTYPE) return undefined;
    if (section === 0 || section >= SHN_LORESERVE) return undefined;
    const name = textAt(names, this.word(entry, symbol.name));
    if (name === '' || MAPPING_SYMBOL.test(name)) return undefined;
    const value = this.address(entry, symbol.value);
    const size = this.address(entry, symbol.length);
    const isFunction = type !== STT.NOTYPE;
    // Bit 0 of a function is the instruction set: Thumb, MIPS16, microMIPS
    const address = isFunction && this.class === 32 ? value - (value % 2) : value;
    return { name, address, size, isFunction, rank: rankOf(name, type, size, info >> 4 !== 0) };
  }

  /** Entries of a header table whose place the ELF header gives in the fields at these offsets. */
  private table(offsetField: number, sizeField: number, countField: number, least: number): Buffer[] {
    const size = this.half(this.header, sizeField);
    const count = this.half(this.header, countField);
    if (count === 0 || size < least || count > MAX_HEADERS) return [];
    const bytes = this.bytes(this.address(this.header, offsetField), size * count);
    return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
  }

  private bytes(offset: number, length: number): Buffer {
    if (!(offset + length <= this.fileSize) || length > MAX_BYTES) throw new RangeError('beyond the end of the file');
    const result = Buffer.alloc(length);
    for (let done = 0; done < length;) {
      const n = readSync(this.fd, result, done, length - done, offset + done);
      if (n === 0) throw new RangeError('the file shrank');
      done += n;
    }
    return result;
  }

  private half(from: Buffer, at: number): number {
    return this.little ? from.readUInt16LE(at) : from.readUInt16BE(at);
  }

  private word(from: Buffer, at: number): number {
    return this.little ? from.readUInt32LE(at) : from.readUInt32BE(at);
  }

  /** A word or doubleword by class; inexact beyond 2^53, where no guest has anything. */
  private address(from: Buffer, at: number): number {
    if (this.class === 32) return this.word(from, at);
    return Number(this.little ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
  }
}

function textAt(strings: Buffer, offset: number): string {
  const end = strings.indexOf(0, offset);
  return offset >= strings.length ? '' : strings.toString('latin1', offset, end < 0 ? strings.length : end);
}
