import { listing } from './listing';
import { NAMES, PREFIXED } from './listing-names';
import { ACCESS, DIRECT, SIMD, W } from './opcodes';

/** A function without locals of its own. */
const fn = (code: readonly number[], positions: readonly { offset: number; pc: number; end: number }[] = []) => ({
  body: Uint8Array.from([0, ...code]),
  positions,
  unlikely: [],
  fieldLocals: new Map<number, number>(),
});
const lines = (...code: readonly number[]): string[] => listing(fn(code)).trimEnd().split('\n');

it('nests blocks and decodes immediates', () => {
  const body = Uint8Array.from([2, 3, 0x7f, 1, 0x7b, W.block, 0x40, W.loop, 0x40, W.i32_const, 0x7f, W.if, 0x40, W.br, 2, W.else, W.end]);
  expect(listing({ ...fn([]), body })).toBe(
    ['local 3 i32', 'local 1 v128', 'block', '  loop', '    i32.const -1', '    if', '      br 2', '    else', '    end', ''].join('\n'),
  );
  expect(lines(W.br_table, 2, 0, 1, 2)).toEqual(['br_table 0 1 2']);
  expect(lines(W.i32_const, 0x80, 0x01)).toEqual(['i32.const 128']);
  expect(lines(W.i64_const, ...Array<number>(9).fill(0x80), 0x7f)).toEqual(['i64.const -9223372036854775808']);
  expect(lines(W.f64_const, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f)).toEqual(['f64.const 1.5']);
  expect(lines(W.call_indirect, 0, 0)).toEqual(['call_indirect type 0 table 0']);
  expect(lines(W.i32_load, 2, 8, W.i64_store, 0x43, 1, 0x88, 0x01)).toEqual(['i32.load +8', 'i64.store state +136']);
});

it('names prefixed instructions and skips their immediates', () => {
  const bytes = Array.from({ length: 16 }, (_, i) => i);
  expect(lines(0xfd, 0, 4, 16, 0xfd, 12, ...bytes, 0xfd, 27, 3, 0xfd, 0xae, 0x01)).toEqual([
    'v128.load +16',
    `v128.const ${bytes.join(' ')}`,
    'i32x4.extract_lane 3',
    'i32x4.add',
  ]);
  expect(lines(0xfd, 84, 0x40, 1, 8, 5)).toEqual(['v128.load8_lane state +8 5']);
  expect(lines(0xfe, 0x48, 2, 0, 0xfe, 3, 0, 0xfe, 0x4a, 0, 0)).toEqual([
    'i32.atomic.rmw.cmpxchg',
    'atomic.fence 0',
    'i32.atomic.rmw8.cmpxchg_u',
  ]);
  expect(lines(0xfc, 2, 0xfc, 0x7f, 0xff)).toEqual(['i32.trunc_sat_f64_s', '0xfc 0x7f', '0xff']);
});

/** Opcodes of the specification (section 5.4.8) at both ends of each group of the table. */
it.each([
  [11, 'v128.store'],
  [34, 'f64x2.replace_lane'],
  [76, 'f64x2.ge'],
  [83, 'v128.any_true'],
  [93, 'v128.load64_zero'],
  [235, 'f32x4.pmax'],
  [255, 'f64x2.convert_low_i32x4_u'],
])('numbers vector instruction %i as %s', (code, name) => {
  expect(PREFIXED.get(W.simd)![code]?.name).toBe(name);
});

it('knows every instruction of the opcode tables', () => {
  for (const [op, bytes] of Object.entries(DIRECT)) {
    const first = bytes[0];
    if (first === undefined || first === W.i64_const) continue;
    expect([op, first === W.misc ? PREFIXED.get(W.misc)![bytes[1]!]?.name : NAMES.get(first)]).toEqual([op, expect.any(String)]);
  }
  for (const [op, { atomic, size, opcode }] of Object.entries(ACCESS)) {
    const prefixed = atomic !== undefined ? PREFIXED.get(W.atomic)![atomic] : size === 16 ? PREFIXED.get(W.simd)![opcode] : undefined;
    expect([op, prefixed?.name ?? NAMES.get(opcode)]).toEqual([op, expect.stringMatching(/load|store|cmpxchg/)]);
  }
  for (const [name, code] of Object.entries(SIMD)) expect(PREFIXED.get(W.simd)![code]?.name).toBe(name.replace(/_/, '.'));
});

it('puts the guest code before what it became, and names locals and cells', () => {
  const code = fn(
    [W.local_get, 1, W.i32_load, 0x42, 1, 20],
    [
      { offset: 1, pc: 0x8000, end: 0x8004 },
      { offset: 3, pc: 0x8004, end: 0x800c },
    ],
  );
  const text = listing(code, {
    annotate: ({ pc, end }) => [`${pc.toString(16)}..${end.toString(16)}`],
    localName: (index) => (index === 1 ? 'r0' : undefined),
    cellName: (offset) => (offset === 20 ? 'pc' : undefined),
  });
  expect(text).toBe(';; 8000..8004\nlocal.get $r0\n;; 8004..800c\ni32.load state.pc\n');
});
