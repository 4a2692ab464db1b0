/** Encodings of a row of a decode table, for tests of the tables. */
import type { Pattern } from './pattern';

export interface Example<Row> {
  readonly row: Row;
  readonly word: number;
  readonly fields: Readonly<Record<string, number>>;
}

/** The bits of an encoding that belong to fields. */
export function fieldMask(pattern: Pattern): number {
  let mask = 0;
  for (const [, parts] of pattern.fields) for (const part of parts) mask |= part.mask << part.shift;
  return mask;
}
