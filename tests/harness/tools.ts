/** External programs that tests need, and what to install where one is missing. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Tool to Debian package. */
export const PACKAGES = {
  'qemu-arm': 'qemu-user',
  'qemu-armeb': 'qemu-user',
  'arm-linux-gnueabihf-gcc': 'gcc-arm-linux-gnueabihf',
  'arm-linux-gnueabi-gcc': 'gcc-arm-linux-gnueabi',
  'arm-linux-gnueabihf-objdump': 'binutils-arm-linux-gnueabihf',
  'qemu-mips': 'qemu-user',
  'qemu-mipsel': 'qemu-user',
  'qemu-ppc': 'qemu-user',
  'mips-linux-gnu-gcc': 'gcc-mips-linux-gnu',
  'mipsel-linux-gnu-gcc': 'gcc-mipsel-linux-gnu',
  'powerpc-linux-gnu-gcc': 'gcc-powerpc-linux-gnu',
  'powerpc-linux-gnu-g++': 'g++-powerpc-linux-gnu',
  'powerpc-linux-gnu-objdump': 'binutils-powerpc-linux-gnu',
  'mips-linux-gnu-objdump': 'binutils-mips-linux-gnu',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  gcc: 'build-essential',
} as const;

export type Tool = keyof typeof PACKAGES;

/** Path of a program on PATH, or undefined. */
export function findTool(name: Tool): string | undefined {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(dir, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** `describe` if the tools are there; otherwise a skipped block and a line on stderr that says what to install. */
export function describeIf(tools: readonly Tool[], title: string, body: () => void): void {
  const missing = tools.filter((t) => findTool(t) === undefined);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const packages = missing.map((t) => PACKAGES[t]).join(' ');
  process.stderr.write(`SKIPPED ${title}: ${missing.join(', ')} not found; apt-get install ${packages}\n`);
  describe.skip(title, body);
}
