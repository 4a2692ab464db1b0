/**
 * The signals that this process was started with ignored or blocked. Node forgets both when it starts, so whoever starts
 * it says so by a word before the command's name (launcher/launcher-x64.s).
 */

/** Sets of signals: bit N-1 for signal N. */
export interface InheritedSignals {
  readonly ignored: bigint;
  readonly blocked: bigint;
}

/** What the word says; undefined if it is none. */
export function parseInheritedSignals(word: string): InheritedSignals | undefined {
  const [, ignored, blocked] = /^\*([0-9a-f]{16})([0-9a-f]{16})$/.exec(word) ?? [];
  return ignored === undefined || blocked === undefined ? undefined : { ignored: BigInt(`0x${ignored}`), blocked: BigInt(`0x${blocked}`) };
}

/** The word for a process that is started; undefined if it can do without. */
export function inheritedSignalsWord({ ignored, blocked }: InheritedSignals): string | undefined {
  const digits = (set: bigint): string => set.toString(16).padStart(16, '0');
  return ignored === 0n && blocked === 0n ? undefined : `*${digits(ignored)}${digits(blocked)}`;
}
