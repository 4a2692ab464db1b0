/** Shorthand for the struct tables. */
import type { FieldSpec } from '../struct-codec';

/** Fields of one type. */
export const list = (type: string, ...names: string[]): readonly FieldSpec[] => names.map((n) => [n, type]);
