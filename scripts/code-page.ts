/**
 * Assembles the code pages: `npm run code-page` writes runtime/host/code-page/image-*.ts for every host
 * whose assembler is installed (Debian: binutils, binutils-aarch64-linux-gnu).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODE_BYTES, RESTART, SHARED, SIGINFO_BYTES, SIGNAL_SLOTS, THREAD } from '../runtime/host/code-page/layout';

const FOLDER = join(__dirname, '../runtime/host/code-page');

/** Hosts by the name in the file of the image: source folder and prefix of GNU binutils. */
export const HOSTS = {
  x64: { sources: 'x86-64', tools: process.arch === 'x64' ? '' : 'x86_64-linux-gnu-' },
  arm64: { sources: 'aarch64', tools: process.arch === 'arm64' ? '' : 'aarch64-linux-gnu-' },
} as const;

export type Host = keyof typeof HOSTS;

const SYMBOLS = { ...SHARED, ...THREAD, CODE_BYTES, SIGNAL_SLOTS, SIGINFO_BYTES, RESTART };

export function hasAssembler(host: Host): boolean {
  return spawnSync(`${HOSTS[host].tools}as`, ['--version']).status === 0;
}

export const imageFile = (host: Host): string => join(FOLDER, `image-${host}.ts`);

/** The text of the image's source file. */
export function assemble(host: Host): string {
  const { sources, tools } = HOSTS[host];
  const folder = mkdtempSync(join(tmpdir(), 'code-page-'));
  try {
    const object = join(folder, 'page.o');
    const flat = join(folder, 'page.bin');
    const symbols = Object.entries(SYMBOLS).flatMap(([name, value]) => ['--defsym', `${name}=${value}`]);
    execFileSync(`${tools}as`, ['-I', join(FOLDER, sources), ...symbols, '-o', object, join(FOLDER, sources, 'page.s')]);
    const relocations = execFileSync(`${tools}objdump`, ['-r', '-j', '.text', object], { encoding: 'utf8' });
    if (/R_(X86_64|AARCH64)_/.test(relocations)) throw new Error(`the code page must not need relocation:\n${relocations}`);
    execFileSync(`${tools}objcopy`, ['-O', 'binary', '-j', '.text', object, flat]);
    return imageText(sources, readFileSync(flat), entries(execFileSync(`${tools}nm`, ['-n', object], { encoding: 'utf8' })));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Labels of the text section: what is not `.L`. */
function entries(nm: string): [string, number][] {
  return [...nm.matchAll(/^([0-9a-f]+) t (\w+)$/gm)].map(([, at, name]) => [name!, parseInt(at!, 16)]);
}

const BYTES_PER_LINE = 48;

function imageText(sources: string, code: Buffer, labels: readonly [string, number][]): string {
  if (code.length > CODE_BYTES) throw new Error(`the code page has ${code.length} bytes, more than ${CODE_BYTES}`);
  const lines: string[] = [];
  for (let at = 0; at < code.length; at += BYTES_PER_LINE) lines.push(`    '${code.toString('hex', at, at + BYTES_PER_LINE)}',`);
  return `/** Generated from ${sources}/ by \`npm run code-page\`. */
export const IMAGE = {
  code: [
${lines.join('\n')}
  ].join(''),
  entries: {
${labels.map(([name, at]) => `    ${name}: ${at},`).join('\n')}
  },
} as const;
`;
}

if (require.main === module) {
  for (const host of Object.keys(HOSTS) as Host[]) {
    if (!hasAssembler(host)) console.warn(`${imageFile(host)}: not made, there is no assembler for ${host}`);
    else writeFileSync(imageFile(host), assemble(host));
  }
}
