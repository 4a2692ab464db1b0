/** What the programs of random cases of all targets have in common: where cases and records lie, and the ELF headers. */
import type { AnyCase, Run, Value } from './test-case';

const ELF_HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const SECTION_HEADER_SIZE = 40;
const ET_EXEC = 2;
export const PT_LOAD = 1;

export const PAGE = 0x1000;

export function align(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}

/** Bytes of the headers of a file with so many segments. */
export const headersSize = (segments: number): number => ELF_HEADER_SIZE + PROGRAM_HEADER_SIZE * segments;

/** Each case once for each of its inputs. */
export function runsOf<C extends AnyCase>(cases: readonly C[]): Run<C>[] {
  return cases.flatMap((testCase) => testCase.inputs.map((input): Run<C> => ({ testCase, input })));
}

/** Addresses for the code of cases, one behind the other, and the one behind the last. */
export function placeCases<C extends AnyCase>(
  cases: readonly C[],
  start: number,
  sizeOf: (c: C) => number,
): { readonly codeAddress: ReadonlyMap<C, number>; readonly end: number } {
  const codeAddress = new Map<C, number>();
  let end = start;
  for (const c of cases) {
    codeAddress.set(c, end);
    end += sizeOf(c);
  }
  return { codeAddress, end };
}

/** The word that a value stands for where these addresses are. */
export function resolve(v: Value, code: number, scratch: number): number {
  return typeof v === 'number' ? v : (v.base === 'code' ? code : scratch) + v.offset;
}

export interface Segment {
  readonly type?: number;
  /** In the file; the address lies as far from the program's. */
  readonly offset: number;
  readonly size: number;
  readonly flags: number;
  readonly alignment?: number;
}

export interface ElfFile {
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly flags?: number;
  /** Address of the file's first byte. */
  readonly base: number;
  readonly segments: readonly Segment[];
}

/** Writes the headers of a static program, which starts right behind them. */
export function writeElfHeaders(view: DataView, { littleEndian, machine, flags = 0, base, segments }: ElfFile, start: number): void {
  const half = (at: number, value: number): void => view.setUint16(at, value, littleEndian);
  const word = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  // ELFCLASS32, ELFDATA2LSB or ELFDATA2MSB, EV_CURRENT
  [0x7f, 0x45, 0x4c, 0x46, 1, littleEndian ? 1 : 2, 1].forEach((b, i) => view.setUint8(i, b));
  half(16, ET_EXEC);
  half(18, machine);
  word(20, 1);
  word(24, base + start); // e_entry
  word(28, ELF_HEADER_SIZE); // e_phoff
  word(36, flags);
  half(40, ELF_HEADER_SIZE);
  half(42, PROGRAM_HEADER_SIZE);
  half(44, segments.length);
  half(46, SECTION_HEADER_SIZE);
  segments.forEach(({ type = PT_LOAD, offset, size, flags: protection, alignment = PAGE }, i) => {
    const header = [type, offset, base + offset, base + offset, size, size, protection, alignment];
    header.forEach((v, k) => word(ELF_HEADER_SIZE + PROGRAM_HEADER_SIZE * i + 4 * k, v));
  });
}
