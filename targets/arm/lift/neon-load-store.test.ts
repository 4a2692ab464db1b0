/** Structures in memory and in registers, in both byte orders. */
import type { LiftContext } from '../lift-context';
import { multipleStructures, oneLane, type MultipleStructures } from './neon-load-store';
import { runSemantics, smallMemory, type Fields } from './semantics-fixture';

const BASE = 0x100;

/** Type field of VLD1/VST1 of one register, and of VLD2, VLD3 and VLD4 of registers in a row. */
const TYPE = { one: 7, two: 8, three: 4, four: 0 } as const;

const access = (l: number, x: number, s: number): MultipleStructures => ({ l, d: 0, D: 0, n: 1, m: 15, x, s, a: 0 });

function bigEndian(cx: LiftContext): void {
  cx.bigEndianData = true;
}

/** Words of d0, d1, ... after a load of bytes 0, 1, 2, ... */
function load(lift: (cx: LiftContext) => void | false, words: number, prepare?: (cx: LiftContext) => void): string[] {
  const memory = smallMemory();
  for (let i = 0; i < 32; i++) memory.u8[BASE + i] = i;
  const { state } = runSemantics(lift, { r1: BASE }, 'simplified', memory, prepare);
  return Array.from({ length: words }, (_, i) => (state.get(`s${i}`) >>> 0).toString(16).padStart(8, '0'));
}

/** Bytes in memory after a store of registers that hold bytes 0, 1, 2, ... */
function store(lift: (cx: LiftContext) => void | false, bytes: number, prepare?: (cx: LiftContext) => void): number[] {
  const memory = smallMemory();
  const inputs: Record<string, number> = { r1: BASE };
  for (let i = 0; i < 8; i++) inputs[`s${i}`] = 0x03020100 + 0x04040404 * i;
  runSemantics(lift, inputs satisfies Fields, 'simplified', memory, prepare);
  return [...memory.u8.subarray(BASE, BASE + bytes)];
}

describe('structures', () => {
  it('are taken apart', () => {
    const two = (cx: LiftContext): void | false => multipleStructures(cx, access(1, TYPE.two, 1));
    expect(load(two, 4)).toEqual(['05040100', '0d0c0908', '07060302', '0f0e0b0a']);
    const three = (cx: LiftContext): void | false => multipleStructures(cx, access(1, TYPE.three, 0));
    expect(load(three, 6)).toEqual(['09060300', '15120f0c', '0a070401', '1613100d', '0b080502', '1714110e']);
  });

  it('are put together', () => {
    const three = (cx: LiftContext): void | false => multipleStructures(cx, access(0, TYPE.three, 1));
    expect(store(three, 12)).toEqual([0, 1, 8, 9, 16, 17, 2, 3, 10, 11, 18, 19]);
    const four = (cx: LiftContext): void | false => multipleStructures(cx, access(0, TYPE.four, 2));
    expect(store(four, 32).filter((_, i) => i % 4 === 0)).toEqual([0, 8, 16, 24, 4, 12, 20, 28]);
  });

  it('have the bytes of every element reversed when data is big-endian', () => {
    const one = (s: number) => (cx: LiftContext) => multipleStructures(cx, access(1, TYPE.one, s));
    expect(load(one(0), 2, bigEndian)).toEqual(['03020100', '07060504']);
    expect(load(one(1), 2, bigEndian)).toEqual(['02030001', '06070405']);
    expect(load(one(2), 2, bigEndian)).toEqual(['00010203', '04050607']);
    expect(load(one(3), 2, bigEndian)).toEqual(['04050607', '00010203']);
    const two = (cx: LiftContext): void | false => multipleStructures(cx, access(0, TYPE.two, 1));
    expect(store(two, 8, bigEndian)).toEqual([1, 0, 9, 8, 3, 2, 11, 10]);
  });

  it('go to one lane', () => {
    // vld2.16 {d0[1], d1[1]}, [r1]
    const lane = (cx: LiftContext): void | false => oneLane(cx, { l: 1, d: 0, D: 0, n: 1, m: 15, x: 1, s: 1, a: 4 });
    expect(load(lane, 4)).toEqual(['01000000', '00000000', '03020000', '00000000']);
  });
});
