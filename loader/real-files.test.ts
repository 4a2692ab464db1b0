/** Every library and program of the cross compiler's and of Debian's own ARM root directories loads. */
import { existsSync, openSync, readdirSync, readSync, closeSync } from 'node:fs';
import path from 'node:path';
import { AddressSpace, GuestMemory } from '../runtime/memory';
import { load } from './load';

const LIMIT = 0xffff_0000;
const ROOTS = ['/usr/arm-linux-gnueabihf', '/usr/arm-linux-gnueabi', ...(process.env.TSEMU_TEST_SYSROOT?.split(':') ?? [])];

/** ELF files for ARM that are not object files, core dumps or detached debug information. */
function programs(directory: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const name = path.join(directory, entry.name);
    if (entry.isDirectory()) found.push(...programs(name));
    else if (entry.isFile() && isProgram(name)) found.push(name);
  }
  return found;
}

function isProgram(name: string): boolean {
  const head = Buffer.alloc(20);
  const fd = openSync(name, 'r');
  readSync(fd, head);
  closeSync(fd);
  return head.toString('latin1', 0, 4) === '\x7fELF' && (head[16] === 2 || head[16] === 3) && head[18] === 40 && !name.includes('/.debug/');
}

const space = new AddressSpace(new GuestMemory('little'), LIMIT);

for (const root of ROOTS) {
  (existsSync(root) ? it : it.skip)(`loads every program and library under ${root}`, () => {
    const files = programs(root);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      space.unmap(0, LIMIT);
      // By descriptor, as binfmt_misc does: libraries are not marked executable
      const image = load(file, space, {
        targets: ['arm'],
        argv: [Buffer.from(file)],
        envp: [],
        hwcap: 0,
        sysroot: root,
        fd: openSync(file, 'r'),
      });
      const { address, size, count } = image.programHeaders;
      expect(space.memory.accessible(address, size * count, 1)).toBe(true);
      if (image.interpreter !== undefined) expect(image.interpreter.startsWith(root)).toBe(true);
    }
  });
}
