import { CpuState } from '../../translate/ir/cpu-state';
import { floatExceptionMode, floatSignalCode, readCr, readXer, writeCr, writeCr0Summary, writeXer } from './status';
import { PPC_LAYOUT, SUMMARY_TRACKED } from './state';

it('keeps all values of a condition field apart', () => {
  const state = new CpuState(PPC_LAYOUT);
  for (const cr of [0x01234567, 0x89abcdef | 0, -1]) {
    writeCr(state, cr);
    expect(readCr(state)).toBe(cr);
  }
});

it('changes CR0.SO alone after a system call', () => {
  const state = new CpuState(PPC_LAYOUT);
  const high = (PPC_LAYOUT.offset('cr0') >> 2) + 1;
  for (let field = 0; field < 16; field++)
    for (const summary of [false, true]) {
      writeCr(state, field << 28);
      writeCr0Summary(state, summary);
      expect(readCr(state) >>> 28).toBe((field & 14) | Number(summary));
    }
  // The difference of two equal numbers
  writeCr(state, 0);
  state.i32[high] = state.i32[high - 1] = 0;
  writeCr0Summary(state, true);
  expect(readCr(state) >>> 28).toBe(3);
});

it('does not show what it notes in XER', () => {
  const state = new CpuState(PPC_LAYOUT);
  state.i32[PPC_LAYOUT.offset('xer') >> 2] = SUMMARY_TRACKED;
  writeXer(state, 0xa0000012 | 0);
  expect(readXer(state)).toBe(0xa0000012 | 0);
});

it('raises signals for floating-point exceptions until it is told not to', () => {
  const state = new CpuState(PPC_LAYOUT);
  expect([floatExceptionMode(state), floatExceptionMode(state, 0), floatExceptionMode(state), floatExceptionMode(state, 2)]).toEqual([
    3, 0, 0, 2,
  ]);
});

it.each([
  ['invalid', 0x60800080, 7],
  ['division by zero', 0x44000010, 3],
  ['overflow', 0x52024040, 4],
  ['underflow', 0x4a024020, 5],
  ['inexact', 0x42024008, 6],
  ['nothing', 0x00000080, 14],
])('tells of %s by the code of Linux', (_, fpscr, code) => {
  const state = new CpuState(PPC_LAYOUT);
  state.i32[PPC_LAYOUT.offset('fpscr') >> 2] = fpscr;
  expect(floatSignalCode(state)).toBe(code);
});
