import { MemFlag } from '../ir/types';
import { KnownAlignment } from './known-alignment';

const BASE = 7;

function inBlock(innermost = false): KnownAlignment {
  const alignment = new KnownAlignment();
  alignment.begin(innermost);
  return alignment;
}

it('checks neighbouring words once', () => {
  const alignment = inBlock();
  expect([0, 4, 8, -4].map((offset) => alignment.needsCheck(BASE, offset, 3))).toEqual([true, false, false, false]);
  expect(alignment.needsCheck(BASE + 1, 0, 3)).toBe(true);
});

it('checks again what is at another place in a word, or wants more', () => {
  const alignment = inBlock();
  expect([0, 1, 5, 2].map((offset) => alignment.needsCheck(BASE, offset, 3))).toEqual([true, true, false, true]);
  expect([2, 2].map((offset) => alignment.needsCheck(BASE, offset, 7))).toEqual([true, false]);
  expect(alignment.needsCheck(BASE, 6, 3)).toBe(false);
});

it('forgets behind an if what was checked in it, and in another block everything', () => {
  const alignment = inBlock();
  alignment.needsCheck(BASE, 0, 3);
  alignment.beginIf();
  expect(alignment.needsCheck(BASE, 4, 3)).toBe(false);
  expect(alignment.needsCheck(BASE + 1, 0, 3)).toBe(true);
  alignment.endIf();
  expect(alignment.needsCheck(BASE + 1, 0, 3)).toBe(true);
  expect(alignment.needsCheck(BASE, 8, 3)).toBe(false);
  alignment.begin(false);
  expect(alignment.needsCheck(BASE, 0, 3)).toBe(true);
});

it.each([
  [false, MemFlag.WordAligned, 8, 3],
  [false, MemFlag.Aligned, 8, 7],
  [false, 0, 8, 0],
  [true, MemFlag.WordAligned, 8, 0],
  [true, MemFlag.WordAligned, 4, 3],
  [true, MemFlag.WordAligned | MemFlag.Aligned, 8, 7],
  [true, MemFlag.Aligned, 16, 15],
])('leaves out nothing but doublewords that are aligned like words, in innermost loops (%s, %i, %i)', (innermost, flags, size, mask) => {
  expect(inBlock(innermost).wanted(flags, size)).toBe(mask);
});
