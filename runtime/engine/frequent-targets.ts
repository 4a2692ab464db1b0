/** Where an indirect call or jump goes, counted while it is interpreted. */

/** Targets told apart at one place; a call with more is better left to the jump cache. */
const MOST = 4;

/** Share of the jumps that makes a target worth a comparison. */
const LEAST_SHARE = 1 / 16;

/** The most frequent items of a stream in little space (Misra and Gries, "Finding repeated elements", 1982). */
export class FrequentTargets {
  private readonly pcs: number[] = [];
  private readonly counts: number[] = [];
  private total = 0;

  record(pc: number): void {
    const { pcs, counts } = this;
    this.total++;
    const i = pcs.indexOf(pc);
    if (i >= 0) {
      counts[i]!++;
      return;
    }
    const free = pcs.length < MOST ? pcs.length : counts.indexOf(0);
    if (free >= 0) {
      pcs[free] = pc;
      counts[free] = 1;
    } else for (let k = 0; k < MOST; k++) counts[k]!--;
  }

  /** As unsigned addresses, most frequent first. */
  get(): readonly number[] {
    const order = this.pcs.map((_, i) => i).sort((x, y) => this.counts[y]! - this.counts[x]!);
    return order.filter((i) => this.counts[i]! > this.total * LEAST_SHARE).map((i) => this.pcs[i]! >>> 0);
  }
}
