/** Signal numbers and sets between the guest's form and the host's. */
import type { Abi } from './abi/abi';
import { SIGNALS } from './constants';
import type { Context } from './context';
import { E } from './errno';
import { NSIG, SIGSET_BYTES } from './signal-state';
import { renumberBits } from './struct-codec';
import { differingBits } from './thunk';

export const isSignal = (n: number): boolean => n >= 1 && n <= NSIG;

/** Bytes of the guest's sigset_t, which calls are told for a check. */
export const guestSigsetBytes = (abi: Abi): number => (abi.signals ?? NSIG) / 8;

/** A sigset is an array of guest words, the lower signals first. */
function halves(c: Context): readonly [low: number, high: number] {
  return c.abi.wordSize === 8 && !c.memory.littleEndian ? [4, 0] : [0, 4];
}

/** The set at a guest address, in the host's numbering; undefined if the guest may not read it. */
export function readSet(c: Context, at: number): readonly [low: number, high: number] | undefined {
  if (!c.readable(at, guestSigsetBytes(c.abi))) return undefined;
  const [low, high] = halves(c);
  const { view, littleEndian } = c.memory;
  return [renumberBits(view.getInt32(at + low, littleEndian), signalBits(c.abi)), view.getInt32(at + high, littleEndian)];
}

/** The reverse of readSet. False if the guest may not write there. */
export function writeSet(c: Context, at: number, lowBits: number, highBits: number): boolean {
  const bytes = guestSigsetBytes(c.abi);
  if (!c.writable(at, bytes)) return false;
  const [low, high] = halves(c);
  const { view, littleEndian } = c.memory;
  view.setInt32(at + low, lowForGuest(c.abi, lowBits), littleEndian);
  view.setInt32(at + high, highBits, littleEndian);
  c.memory.u8.fill(0, at + SIGSET_BYTES, at + bytes);
  return true;
}

/** Signals 1 to 32 of a set as the guest numbers them. */
export function lowForGuest(abi: Abi, lowBits: number): number {
  const bits = signalBits(abi);
  return bits.length === 0
    ? lowBits
    : renumberBits(
        lowBits,
        bits.map(([guest, host]) => [host, guest] as const),
      );
}

/** Signals 1 to 32 of a set of the guest's as the host numbers them. */
export const lowFromGuest = (abi: Abi, lowBits: number): number => renumberBits(lowBits, signalBits(abi));

/** What the guest calls a signal. */
export function guestSignal(abi: Abi, signal: number): number {
  return signal > 32 ? signal : 32 - Math.clz32(lowForGuest(abi, 1 << (signal - 1)));
}

/** What the host calls a signal of the guest's. */
export function hostSignal(abi: Abi, signal: number): number {
  return signal > 32 || signal < 1 ? signal : 32 - Math.clz32(lowFromGuest(abi, 1 << (signal - 1)));
}

const bitsOf = new Map<Abi, readonly (readonly [guest: number, host: number])[]>();

/** Bits of a sigset's low word for the signals that the guest numbers otherwise. */
function signalBits(abi: Abi): readonly (readonly [guest: number, host: number])[] {
  let bits = bitsOf.get(abi);
  if (bits === undefined) {
    bits = differingBits(abi, 'signal', SIGNALS).map(([guest, host]) => [1 << (guest - 1), 1 << (host - 1)] as const);
    bitsOf.set(abi, bits);
  }
  return bits;
}

/**
 * The argument of a call that waits with another mask: host address of the set for the call, or 0.
 * @param at guest address of a set, or 0 for "as it is"
 * @param wait gets the host address of the set
 */
export function withMask(c: Context, at: number, size: number, wait: (set: number) => number): number {
  if (at === 0) return wait(0);
  if (size !== guestSigsetBytes(c.abi)) return -E.INVAL;
  const set = readSet(c, at);
  if (set === undefined) return -E.FAULT;
  const slot = c.arena.take(SIGSET_BYTES);
  return c.signals.waitWith(set[0], set[1], (mask) => {
    c.arena.view.setBigUint64(slot, mask, true);
    return wait(c.arena.host(slot));
  });
}
