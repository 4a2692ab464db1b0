/** /proc/cpuinfo as a 32-bit ARM kernel prints it (arch/arm/kernel/setup.c, c_show). */
import type { CpuModel } from '../target';
import { hwcap, hwcap2, platform } from './hwcap';

/** Names of AT_HWCAP bits, lowest first (hwcap_str). */
const HWCAP_NAMES = [
  'swp', 'half', 'thumb', '26bit', 'fastmult', 'fpa', 'vfp', 'edsp', 'java', 'iwmmxt', 'crunch',
  'thumbee', 'neon', 'vfpv3', 'vfpv3d16', 'tls', 'vfpv4', 'idiva', 'idivt', 'vfpd32', 'lpae', 'evtstrm',
  'fphp', 'asimdhp', 'asimddp', 'asimdfhm', 'asimdbf16', 'i8mm',
]; // prettier-ignore

/** Names of AT_HWCAP2 bits (hwcap2_str). */
const HWCAP2_NAMES = ['aes', 'pmull', 'sha1', 'sha2', 'crc32', 'sb'];

/** Architecture number of a platform string: `v7l` is 7. */
function architecture(model: CpuModel): string {
  const level = /^v(\d)/.exec(platform(model.features))![1]!;
  return level === '5' ? '5TE' : level === '4' ? '4T' : level;
}

/**
 * @param processors how many to list
 * @param order byte order of the guest, which the model's name ends in
 */
export function cpuinfo(model: CpuModel, processors: number, order: 'little' | 'big' = 'little'): string {
  const names = (bits: number, table: readonly string[]): string[] => table.filter((_, i) => (bits & (1 << i)) !== 0);
  const features = [...names(hwcap(model.features), HWCAP_NAMES), ...names(hwcap2(model.features), HWCAP2_NAMES)].join(' ');
  const arch = architecture(model);
  const one = (i: number): string =>
    [
      `processor\t: ${i}`,
      `model name\t: ARMv${arch} Processor rev 0 (${platform(model.features, order)})`,
      'BogoMIPS\t: 100.00',
      `Features\t: ${features} `,
      'CPU implementer\t: 0x41',
      `CPU architecture: ${arch}`,
      'CPU variant\t: 0x0',
      'CPU part\t: 0x000',
      'CPU revision\t: 0',
      '',
      '',
    ].join('\n');
  const cpus = Array.from({ length: processors }, (_, i) => one(i)).join('');
  return `${cpus}Hardware\t: tsemu ${model.name}\nRevision\t: 0000\nSerial\t\t: 0000000000000000\n`;
}
