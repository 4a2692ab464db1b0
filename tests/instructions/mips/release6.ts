/** Branches of Release 6: those without a delay slot, and what may not follow them. */
import type { MipsFeature } from '../../../targets/mips/instruction';
import type { CaseBuilder, Construct } from './generators';

export const RELEASE6: ReadonlySet<MipsFeature> = new Set(['r2', 'r5', 'r6', 'fpu', 'fpu-r2']);

/** Puts the word of a compact branch, then code that it may skip. */
function skippingCompact(c: CaseBuilder, name: string, encode: (words: number) => number): void {
  const at = c.code.length;
  c.emit(0, name);
  const skipped = c.rng.between(1, 3);
  c.fill(skipped);
  c.code[at] = { word: encode(skipped) | 0, name, essential: true };
}

/** Two registers with values that are often the same, or one of them 0; an opcode stands for several branches. */
const twoRegisters =
  (opcode: number): Construct =>
  (c) => {
    const value = c.rng.pick([0, 1, -1, 0x7fffffff, -0x80000000, c.rng.registerValue()]);
    const any = (): number => (c.rng.chance(40) ? value : c.rng.registerValue());
    const links = opcode === 6 || opcode === 7 || opcode === 8 || opcode === 0x18;
    const first = c.register(any);
    const second = c.rng.chance(30) ? first : c.register(any);
    const s = c.rng.chance(20) && !(links && c.code.some((e) => e.name === 'links')) ? 0 : first;
    const isLink = links && (s === 0 || s === second) && (opcode < 8 || s < second);
    if (isLink && c.code.some((e) => e.name === 'links')) return;
    skippingCompact(c, isLink ? 'links' : 'compact branch', (words) => (opcode << 26) | (s << 21) | (second << 16) | words);
  };

const onZero =
  (opcode: number): Construct =>
  (c) => {
    const s = c.register(() => c.rng.pick([0, 1, c.rng.registerValue()]));
    skippingCompact(c, 'beqzc', (words) => (opcode << 26) | (s << 21) | words);
  };

const jump =
  (opcode: number): Construct =>
  (c) => {
    const i = c.rng.between(-100, 100);
    const target = { offset: 0 };
    if (opcode === 0x3e && c.code.some((e) => e.name === 'links')) return;
    const t = c.register(() => ({ base: 'code', offset: target.offset - i }));
    skippingCompact(c, opcode === 0x3e ? 'links' : 'jic', () => {
      target.offset = c.here;
      return (opcode << 26) | (t << 16) | (i & 0xffff);
    });
  };

/** BC1EQZ and BC1NEZ, which have a delay slot. */
const onFloating: Construct = (c) => {
  const at = c.code.length;
  c.emit(0, 'bc1');
  c.code.push(c.filler());
  const skipped = c.rng.below(3);
  c.fill(skipped);
  c.code[at] = { word: c.rng.pick([0x45200000, 0x45a00000]) | (c.rng.below(32) << 16) | (skipped + 1), name: 'bc1', essential: true };
};

/** Reads a word of the case so far. */
const relativeLoad: Construct = (c) => {
  const s = c.register(() => c.rng.registerValue());
  c.emit(0xec080000 | (s << 21) | (-c.rng.below(c.code.length + 1) & 0x7ffff), 'lwpc', false);
};

export const COMPACT_CONSTRUCTS: readonly Construct[] = [
  ...[6, 7, 8, 0x18, 0x16, 0x17].map(twoRegisters),
  ...[6, 7, 8, 0x18, 0x16, 0x17].map(twoRegisters),
  ...[0x36, 0x3e].map(onZero),
  ...[0x36, 0x3e].map(jump),
  onFloating,
  relativeLoad,
  (c) => skippingCompact(c, 'bc', (words) => (0x32 << 26) | words),
  (c) => {
    if (!c.code.some((e) => e.name === 'links')) skippingCompact(c, 'links', (words) => (0x3a << 26) | words);
  },
  // NAL and BAL, with a delay slot
  (c) => {
    if (c.code.some((e) => e.name === 'links')) return;
    const bal = c.rng.below(2);
    c.emit(0x04100001 | (bal << 16), 'links');
    c.code.push(c.filler());
  },
];

/** What ends a process: branches in forbidden slots and what Release 6 has taken away. */
export const DEADLY_RELEASE6: readonly Construct[] = [
  (c) => c.emit((8 << 26) | (4 << 21) | (5 << 16) | 1, 'beqc') ?? c.emit(0x10000001, 'b'),
  (c) => c.emit((0x18 << 26) | (4 << 21) | (4 << 16) | 1, 'bnvc') ?? c.emit(0x10000001, 'b'),
  (c) => c.emit((0x32 << 26) | 0, 'bc') ?? c.emit(0x0000000d, 'break'),
  (c) => c.emit(0x10000001, 'b') ?? c.emit(0xc8000001 | 0, 'bc'),
  (c) =>
    c.emit(
      c.rng.pick([0x88000000, 0x50000000, 0x00000018, 0x70000002, 0x7000003f, 0x2000ffff, 0x04080000, 0x4c000020, 0x46000032, 0xc0000000]) |
        0,
      'removed',
    ),
  (c) => c.emit(c.rng.pick([0x04170000, 0x7c000025, 0x58010000, 0x5c200000]) | 0, 'reserved'),
];
