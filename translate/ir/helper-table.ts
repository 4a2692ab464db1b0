/**
 * Functions a target adds to the IR where a computation is too long or too rare to spell out in ops
 * (CRC-32, saturating dot products). They see only their operands, so every tier may call them,
 * fold them and drop them.
 */
export interface Helper {
  readonly name: string;
  /** Words in, word out; reading nothing but its operands unless it has none. */
  readonly run: (a: number, b: number, c: number) => number;
}

export type HelperTable = readonly Helper[];
