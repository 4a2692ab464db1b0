/** CPU models by qemu-arm's names, without those of the M profile, which run no Linux. A later architecture includes the earlier ones, so each level lists only what it adds. */
import type { CpuModel } from '../target';
import type { ArmFeature } from './instruction';

const V4: readonly ArmFeature[] = [];
const V4T: readonly ArmFeature[] = [...V4, 'v4t'];
const V5TE: readonly ArmFeature[] = [...V4T, 'v5', 'v5te'];
const V6: readonly ArmFeature[] = [...V5TE, 'v6'];
const V6K: readonly ArmFeature[] = [...V6, 'v6k'];
const V7: readonly ArmFeature[] = [...V6K, 'v6t2', 'v7'];
const NEON_V3: readonly ArmFeature[] = ['vfp2', 'vfp3', 'd32', 'neon'];
const NEON_V4: readonly ArmFeature[] = [...NEON_V3, 'vfp4'];
const V7VE: readonly ArmFeature[] = [...V7, 'mp', 'div', 'lpae', ...NEON_V4];
const V8_CRYPTOGRAPHY: readonly ArmFeature[] = ['crc32', 'aes', 'pmull', 'sha1', 'sha2'];
/** Armv8.1 to 8.6. */
const V8_LATER: readonly ArmFeature[] = ['rdm', 'dotprod', 'i8mm', 'fp16', 'fhm', 'fcma', 'jscvt', 'bf16', 'sb'];
const V8_EXTENSIONS: readonly ArmFeature[] = [...V8_CRYPTOGRAPHY, ...V8_LATER];
const ALL: readonly ArmFeature[] = [...V7VE, 'v8', ...V8_EXTENSIONS];
/** ARMv7-R. */
const V7R: readonly ArmFeature[] = [...V7, 'mp', 'div'];

type Model = readonly [name: string, description: string, features: readonly ArmFeature[]];

const MODELS: readonly Model[] = [
  ['max', 'everything tsemu implements', ALL],
  ['any', 'the same as max', ALL],
  ['sa1100', 'StrongARM SA-1100, ARMv4', V4],
  ['sa1110', 'StrongARM SA-1110, ARMv4', V4],
  ['ti925t', 'TI 925T, ARMv4T', V4T],
  ['arm926', 'ARM926EJ-S, ARMv5TE', [...V5TE, 'vfp2']],
  ['arm946', 'ARM946E-S, ARMv5TE', V5TE],
  ['arm1026', 'ARM1026EJ-S, ARMv5TE', [...V5TE, 'vfp2']],
  ['pxa250', 'XScale PXA250, ARMv5TE', V5TE],
  ['pxa255', 'XScale PXA255, ARMv5TE', V5TE],
  ...['pxa260', 'pxa261', 'pxa262', 'pxa270', 'pxa270-a0', 'pxa270-a1', 'pxa270-b0', 'pxa270-b1', 'pxa270-c0', 'pxa270-c5'].map(
    (name): Model => [name, `XScale ${name.toUpperCase()}, ARMv5TE`, V5TE],
  ),
  ['arm1136-r2', 'ARM1136JF-S r0p2, ARMv6', [...V6, 'vfp2']],
  ['arm1136', 'ARM1136JF-S r1p0, ARMv6K', [...V6K, 'vfp2']],
  ['arm1176', 'ARM1176JZF-S, ARMv6K', [...V6K, 'vfp2']],
  ['arm11mpcore', 'ARM11 MPCore, ARMv6K', [...V6K, 'vfp2']],
  ['cortex-a7', 'Cortex-A7, ARMv7-A with virtualisation extensions', V7VE],
  ['cortex-a8', 'Cortex-A8, ARMv7-A', [...V7, ...NEON_V3]],
  ['cortex-a9', 'Cortex-A9, ARMv7-A', [...V7, 'mp', ...NEON_V3]],
  ['cortex-a15', 'Cortex-A15, ARMv7-A with virtualisation extensions', V7VE],
  ['cortex-r5', 'Cortex-R5, ARMv7-R', V7R],
  ['cortex-r5f', 'Cortex-R5F, ARMv7-R with floating point', [...V7R, 'vfp2', 'vfp3']],
];

export const ARM_CPU_MODELS: readonly CpuModel[] = MODELS.map(([name, description, features]) => ({
  name,
  description,
  features: new Set<string>(features),
}));
