/** Which guest an ELF file is for: qemu-user's target names by e_machine, class, byte order and e_flags. */

export interface MachineSpec {
  /** The guest's name as in `tsemu-NAME`. */
  readonly target: string;
  /** e_machine (ELF registry of machine numbers, include/uapi/linux/elf-em.h). */
  readonly machine: number;
  readonly class: 32 | 64;
  readonly order: 'little' | 'big';
  /** Bits of e_flags that tell ABIs of the same machine and class apart, and their value. */
  readonly flags?: readonly [mask: number, value: number];
}

/** EF_MIPS_ABI2: the n32 ABI, 64-bit registers in a 32-bit file. */
const MIPS_N32 = 0x20;

// prettier-ignore
export const MACHINES: readonly MachineSpec[] = [
  { target: 'sparc',        machine: 2,      class: 32, order: 'big' },
  { target: 'i386',         machine: 3,      class: 32, order: 'little' },
  { target: 'i386',         machine: 6,      class: 32, order: 'little' },
  { target: 'm68k',         machine: 4,      class: 32, order: 'big' },
  { target: 'mips',         machine: 8,      class: 32, order: 'big',    flags: [MIPS_N32, 0] },
  { target: 'mipsel',       machine: 8,      class: 32, order: 'little', flags: [MIPS_N32, 0] },
  { target: 'mipsn32',      machine: 8,      class: 32, order: 'big',    flags: [MIPS_N32, MIPS_N32] },
  { target: 'mipsn32el',    machine: 8,      class: 32, order: 'little', flags: [MIPS_N32, MIPS_N32] },
  { target: 'mips64',       machine: 8,      class: 64, order: 'big' },
  { target: 'mips64el',     machine: 8,      class: 64, order: 'little' },
  { target: 'hppa',         machine: 15,     class: 32, order: 'big' },
  { target: 'sparc32plus',  machine: 18,     class: 32, order: 'big' },
  { target: 'ppc',          machine: 20,     class: 32, order: 'big' },
  { target: 'ppc64',        machine: 21,     class: 64, order: 'big' },
  { target: 'ppc64le',      machine: 21,     class: 64, order: 'little' },
  { target: 's390x',        machine: 22,     class: 64, order: 'big' },
  { target: 'arm',          machine: 40,     class: 32, order: 'little' },
  { target: 'armeb',        machine: 40,     class: 32, order: 'big' },
  { target: 'sh4',          machine: 42,     class: 32, order: 'little' },
  { target: 'sh4eb',        machine: 42,     class: 32, order: 'big' },
  { target: 'sparc64',      machine: 43,     class: 64, order: 'big' },
  { target: 'x86_64',       machine: 62,     class: 64, order: 'little' },
  { target: 'cris',         machine: 76,     class: 32, order: 'little' },
  { target: 'or1k',         machine: 92,     class: 32, order: 'big' },
  { target: 'xtensa',       machine: 94,     class: 32, order: 'little' },
  { target: 'xtensaeb',     machine: 94,     class: 32, order: 'big' },
  { target: 'nios2',        machine: 113,    class: 32, order: 'little' },
  { target: 'hexagon',      machine: 164,    class: 32, order: 'little' },
  { target: 'aarch64',      machine: 183,    class: 64, order: 'little' },
  { target: 'aarch64_be',   machine: 183,    class: 64, order: 'big' },
  { target: 'microblaze',   machine: 189,    class: 32, order: 'big' },
  { target: 'microblazeel', machine: 189,    class: 32, order: 'little' },
  { target: 'riscv32',      machine: 243,    class: 32, order: 'little' },
  { target: 'riscv64',      machine: 243,    class: 64, order: 'little' },
  { target: 'loongarch64',  machine: 258,    class: 64, order: 'little' },
  { target: 'alpha',        machine: 0x9026, class: 64, order: 'little' },
];

/** Targets whose programs the host kernel runs itself, by Node's name of the host. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  x64: ['x86_64', 'i386'],
  arm64: ['aarch64'],
  riscv64: ['riscv64'],
};

/** The fields of an ELF header that decide the target. */
export interface MachineFields {
  readonly machine: number;
  readonly class: 32 | 64;
  readonly order: 'little' | 'big';
  readonly flags: number;
}

/** The target a file is for, or undefined if we know no such machine. */
export function targetOf(elf: MachineFields): string | undefined {
  return MACHINES.find(
    (m) =>
      m.machine === elf.machine &&
      m.class === elf.class &&
      m.order === elf.order &&
      (m.flags === undefined || (elf.flags & m.flags[0]) === m.flags[1]),
  )?.target;
}

/** True if this machine runs the target's programs without us. */
export function isNative(target: string): boolean {
  return NATIVE[process.arch]?.includes(target) ?? false;
}
