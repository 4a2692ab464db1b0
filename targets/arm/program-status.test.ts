import { CpuState } from '../../translate/ir/cpu-state';
import { readFpscr, recordExceptions, writeFpscr } from './program-status';
import { ARM_LAYOUT, FPSCR } from './state';

describe('FPSCR as a whole', () => {
  it('does not take the mark of exact floating point for N, and keeps it', () => {
    const state = new CpuState(ARM_LAYOUT);
    recordExceptions(state);
    expect(readFpscr(state)).toBe(0);
    writeFpscr(state, 0x60000010);
    expect(readFpscr(state)).toBe(0x60000010);
    expect(state.get('fn')).toBe(0);
    expect(state.get('fpscr')).toBe(FPSCR.tracked | FPSCR.inexact);
  });
});
