/** The DSP extension and MSA in C programs: compiled here for both byte orders, under the reference and under the emulator. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODES, oracleOf, subjectOf } from './harness/emulators';
import { run } from './harness/run';
import { describeIf } from './harness/tools';
import { compileCross } from './programs/compile-cross';

const EF_MIPS_NAN2008 = 0x400;
const E_FLAGS = 36;

const dir = mkdtempSync(join(tmpdir(), 'tsemu-mips-extensions-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** The program as one for IEEE 754-2008, which qemu's P5600 insists on; the C library here is not. */
function asNan2008(executable: string, bigEndian: boolean): string {
  const copy = join(dir, `2008-${bigEndian ? 'be' : 'le'}`);
  copyFileSync(executable, copy);
  const elf = readFileSync(copy);
  const view = new DataView(elf.buffer, elf.byteOffset);
  view.setUint32(E_FLAGS, view.getUint32(E_FLAGS, !bigEndian) | EF_MIPS_NAN2008, !bigEndian);
  writeFileSync(copy, elf);
  return copy;
}

/** Tiers of code: every one for one byte order, the usual mixture for the other. */
const modesFor = (target: string): readonly (readonly string[])[] =>
  target === 'mips' ? MODES.filter((m) => m.name.endsWith('+opt')).map((m) => m.options) : [[]];

describeIf(['qemu-mips', 'qemu-mipsel', 'mips-linux-gnu-gcc', 'mipsel-linux-gnu-gcc'], 'MIPS extensions agree with qemu-mips(el)', () => {
  describe.each(['mips', 'mipsel'] as const)('%s', (target) => {
    const under = (emulator: readonly string[], options: readonly string[], guest: readonly string[]) => {
      const { status, stdout } = run([...emulator, ...options, ...guest]);
      return { status, stdout: stdout.toString() };
    };

    it('DSP', () => {
      const guest = [compileCross('mips-dsp', { target, flags: ['-O2', '-mips32r2', '-mdspr2'], linkage: 'static' })];
      const expected = under(oracleOf(target), ['-cpu', '74Kf'], guest);
      expect(expected.stdout).toContain('signals 1, 1004003 -385 2fffffffd');
      for (const options of modesFor(target)) expect(under(subjectOf(target), ['-cpu', '74Kf', ...options], guest)).toEqual(expected);
    });

    const vectors = (): string => {
      const flags = ['-O3', '-mips32r5', '-mfp64', '-mmsa', '-ffp-contract=off'];
      return asNan2008(compileCross('mips-msa', { target, flags, linkage: 'static' }), target === 'mips');
    };

    it('MSA', () => {
      const guest = [vectors()];
      const expected = under(oracleOf(target), ['-cpu', 'P5600'], guest);
      expect(expected.status).toBe(0);
      for (const options of modesFor(target)) expect(under(subjectOf(target), ['-cpu', 'P5600', ...options], guest)).toEqual(expected);
    });

    it('keeps vector registers in signal frames, and traps', () => {
      const line = 'across a signal 12345678 00001111 00002222 00003333\n';
      expect(under(subjectOf(target), ['-cpu', 'P5600'], [vectors(), 'signals'])).toEqual({
        status: 0,
        stdout: `${line}${line}control 2\nsignal 8, code 128, status 400\n`,
      });
    });
  });
});
