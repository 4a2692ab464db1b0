/** /proc/cpuinfo as a PowerPC kernel prints it (arch/powerpc/kernel/setup-common.c, show_cpuinfo). */
import type { CpuModel } from '../target';
import { ppcModel } from './cpu-models';

/** Ticks of the time base in a second: it counts nanoseconds here. */
const TIME_BASE = 1_000_000_000;

/**
 * @param processors how many to list
 */
export function cpuinfo(model: CpuModel, processors: number): string {
  const { pvr } = ppcModel(model);
  const altivec = model.features.has('altivec') ? ', altivec supported' : '';
  const revision = `${(pvr >>> 8) & 0xff}.${pvr & 0xff} (pvr ${(pvr >>> 16).toString(16).padStart(4, '0')} ${(pvr & 0xffff).toString(16).padStart(4, '0')})`;
  const one = (i: number): string =>
    [`processor\t: ${i}`, `cpu\t\t: ${model.name}${altivec}`, 'clock\t\t: 1000.000000MHz', `revision\t: ${revision}`, ''].join('\n');
  const cpus = Array.from({ length: processors }, (_, i) => one(i)).join('\n');
  return `${cpus}\ntimebase\t: ${TIME_BASE}\nplatform\t: tsemu\n`;
}
