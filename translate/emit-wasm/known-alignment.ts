/** Which alignment checks of a block can be left out. */
import { alignmentMask, MemFlag } from '../ir/types';

interface Checked {
  /** Of the access from the value. */
  readonly offset: number;
  readonly mask: number;
}

const DOUBLEWORD = 8;

export class KnownAlignment {
  private innermost = false;
  /** By the value that an address is made from. */
  private readonly checked = new Map<number, Checked>();
  /** What was checked before the open `if`, whose body may not run. */
  private before: ReadonlyMap<number, Checked> = new Map();

  /** @param innermost the block is in an innermost loop */
  begin(innermost: boolean): void {
    this.innermost = innermost;
    this.checked.clear();
  }

  beginIf(): void {
    this.before = new Map(this.checked);
  }

  endIf(): void {
    this.checked.clear();
    for (const [base, known] of this.before) this.checked.set(base, known);
  }

  /**
   * Bits of an address that must be 0. Doublewords that are to be aligned like words, which are those of VLDR, VSTR, VLDM and
   * VSTM, go unchecked in innermost loops: checks would cost floating-point kernels 5 to 17 %. At another address the access
   * is made there, where Linux sends SIGBUS. The other tiers do check, the interpreter until the loop is hot.
   */
  wanted(flags: number, size: number): number {
    return alignmentMask(this.innermost && size === DOUBLEWORD ? flags & ~MemFlag.WordAligned : flags, size);
  }

  /** Notes a check of base + offset; false if an earlier one has told the same. Loads of neighbouring doubles are checked once. */
  needsCheck(base: number, offset: number, mask: number): boolean {
    const known = this.checked.get(base);
    if (known !== undefined && known.mask >= mask && ((offset - known.offset) & mask) === 0) return false;
    this.checked.set(base, { offset, mask });
    return true;
  }
}
