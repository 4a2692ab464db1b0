/** Which rows of the MIPS decode tables were compared with the reference. */
import { Decoder } from '../../../targets/decoder';
import type { MipsRow } from '../../../targets/mips/instruction';
import { MIPS_TABLES } from '../../../targets/mips/lift';
import type { Shape, TestCase } from './program';

type TableName = keyof typeof MIPS_TABLES;
const NAMES = Object.keys(MIPS_TABLES) as TableName[];

/** Tables of a case's instruction set, for instructions of a size. */
function tablesOf({ compressed }: Shape, size: number): readonly TableName[] {
  if (compressed === 'mips16') return [size === 2 ? 'mips16' : 'mips16Extended'];
  if (compressed === 'micromips') return [size === 2 ? 'micromips16' : 'micromips32'];
  return ['functions', 'immediates'];
}

/** Release 6 uses encodings again that it has taken from others. */
function isOfRelease({ release6 }: Shape, { feature }: MipsRow): boolean {
  return release6 === true ? feature !== 'pre6' && feature !== 'fpu-pre6' : feature !== 'r6';
}

export class Coverage {
  private readonly counts = new Map<string, number>();
  private readonly decoders = new Map<string, Decoder<MipsRow>>();

  /** Counts the instructions of a case that was compared. */
  add({ code }: TestCase, shape: Shape): void {
    // Cases return by JALX
    if (shape.compressed !== undefined && shape.returnsByLink !== true) this.count(`${tablesOf(shape, 4)[0]} JALX`);
    for (const { word, size = 4 } of code) {
      for (const table of tablesOf(shape, size)) {
        const row = this.decoder(table, shape).find(word)?.row;
        if (row === undefined) continue;
        this.count(`${table} ${row.name}`);
      }
    }
  }

  private count(key: string): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  private decoder(table: TableName, shape: Shape): Decoder<MipsRow> {
    const key = `${table} ${shape.release6 === true}`;
    let decoder = this.decoders.get(key);
    if (decoder === undefined) {
      const { rows, buckets } = MIPS_TABLES[table];
      decoder = new Decoder<MipsRow>(
        rows.filter((r) => isOfRelease(shape, r)),
        buckets,
      );
      this.decoders.set(key, decoder);
    }
    return decoder;
  }

  /** How often each row was compared, as `table NAME`, the least often first. */
  rows(): readonly (readonly [row: string, count: number])[] {
    const names = new Set(NAMES.flatMap((table) => MIPS_TABLES[table].rows.map((row) => `${table} ${row.name}`)));
    return [...names].map((name) => [name, this.counts.get(name) ?? 0] as const).sort((a, b) => a[1] - b[1]);
  }
}
