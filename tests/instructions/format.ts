/** In which byte orders the test program is: an ARM program is little-endian or one of two kinds of big-endian. */

export interface Format {
  readonly name: 'little' | 'be8' | 'be32';
  /** What runs such programs, as in `qemu-TARGET`. */
  readonly target: 'arm' | 'armeb';
  readonly littleEndianCode: boolean;
  readonly littleEndianData: boolean;
  readonly elfFlags: number;
}

const EF_ARM_EABI_VER5 = 0x0500_0000;
const EF_ARM_BE8 = 0x0080_0000;

export const LITTLE: Format = {
  name: 'little',
  target: 'arm',
  littleEndianCode: true,
  littleEndianData: true,
  elfFlags: EF_ARM_EABI_VER5,
};

export const FORMATS: readonly Format[] = [
  LITTLE,
  { name: 'be8', target: 'armeb', littleEndianCode: true, littleEndianData: false, elfFlags: EF_ARM_EABI_VER5 | EF_ARM_BE8 },
  { name: 'be32', target: 'armeb', littleEndianCode: false, littleEndianData: false, elfFlags: EF_ARM_EABI_VER5 },
];
