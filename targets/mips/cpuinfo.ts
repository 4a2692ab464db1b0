/** /proc/cpuinfo as a MIPS kernel prints it (arch/mips/kernel/proc.c, show_cpuinfo). */
import type { CpuModel } from '../target';

const ISAS: readonly (readonly [feature: string, isa: string])[] = [
  ['pre6', 'mips1 mips2 mips32r1'],
  ['r2', 'mips32r2'],
  ['r5', 'mips32r5'],
  ['r6', 'mips32r6'],
];

const EXTENSIONS: readonly (readonly [feature: string, name: string])[] = [
  ['mips16', 'mips16'],
  ['dsp', 'dsp'],
  ['dspr2', 'dsp2'],
  ['micromips', 'micromips'],
  ['msa', 'msa'],
];

/**
 * @param processors how many to list
 */
export function cpuinfo(model: CpuModel, processors: number): string {
  const having = (table: readonly (readonly [string, string])[]): string =>
    table
      .filter(([feature]) => model.features.has(feature))
      .map(([, name]) => ` ${name}`)
      .join('');
  const fpu = model.features.has('fpu') ? '  FPU V0.0' : '';
  const one = (i: number): string =>
    [
      `processor\t\t: ${i}`,
      `cpu model\t\t: MIPS ${model.name} V0.0${fpu}`,
      'BogoMIPS\t\t: 100.00',
      'wait instruction\t: yes',
      'microsecond timers\t: yes',
      'tlb_entries\t\t: 16',
      'extra interrupt vector\t: yes',
      'hardware watchpoint\t: no',
      `isa\t\t\t:${having(ISAS)}`,
      `ASEs implemented\t:${having(EXTENSIONS)}`,
      'shadow register sets\t: 1',
      'kscratch registers\t: 0',
      'package\t\t\t: 0',
      `core\t\t\t: ${i}`,
      'VCED exceptions\t\t: not available',
      'VCEI exceptions\t\t: not available',
      '',
    ].join('\n');
  const cpus = Array.from({ length: processors }, (_, i) => one(i)).join('\n');
  return `system type\t\t: tsemu\nmachine\t\t\t: Unknown\n${cpus}\n`;
}
