import { MIPS_CPU_MODELS } from './cpu-models';
import { hwcap } from './hwcap';

// HWCAP_MIPS_MIPS16, _DSP, _DSP2, _MSA and _R6 of arch/mips/include/uapi/asm/hwcap.h
it.each([
  ['24Kf', 0x008],
  ['74Kf', 0x188],
  ['P5600', 0x002],
  ['mips32r6-generic', 0x001],
])('AT_HWCAP of a %s', (name, bits) => {
  const model = MIPS_CPU_MODELS.find((m) => m.name === name)!;
  expect(hwcap(model.features)).toBe(bits);
});
