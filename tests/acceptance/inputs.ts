/** Files that the acceptance rows work on: the same bytes everywhere. */
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Linear congruential generator of Numerical Recipes: 32 bits. */
function* lcg(seed: number): Generator<number, never> {
  for (let x = seed; ;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x;
  }
}

/** Lines of six words that look like `cde417 fg83`. */
function textFile(lines: number): string {
  const numbers = lcg(12345);
  const word = (): string => {
    const n = numbers.next().value;
    const start = (n >>> 8) % 7;
    return 'abcdefghij'.slice(start, start + 2 + ((n >>> 16) % 3)) + ((n >>> 12) % 1000);
  };
  return Array.from({ length: lines }, () => `${Array.from({ length: 6 }, word).join(' ')}\n`).join('');
}

/** A picture with smooth parts, edges and noise, as PPM. */
function picture(width: number, height: number): Buffer {
  const noise = lcg(7);
  const pixels = Buffer.alloc(3 * width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) {
      pixels[at] = x + y;
      pixels[at + 1] = (x * y) >> 6;
      pixels[at + 2] = (x >> 5) % 2 === (y >> 5) % 2 ? noise.next().value >>> 24 : x ^ y;
    }
  return Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), pixels]);
}

/** Writes text.txt (about 1 MB), binary.dat (1 MB), other.txt (text.txt with changes), image.ppm and the directory tree/. */
export function writeInputs(dir: string): void {
  const text = textFile(30_000);
  writeFileSync(join(dir, 'text.txt'), text);
  writeFileSync(join(dir, 'other.txt'), text.replaceAll('ab1', 'AB1'));
  const numbers = lcg(1);
  writeFileSync(
    join(dir, 'binary.dat'),
    Uint32Array.from({ length: 262_144 }, () => numbers.next().value),
  );
  writeFileSync(join(dir, 'image.ppm'), picture(256, 192));
  mkdirSync(join(dir, 'tree/sub/deep'), { recursive: true });
  for (const [i, name] of ['alpha', 'Beta', '.hidden', 'sub/gamma', 'sub/deep/delta with space'].entries()) {
    const path = join(dir, 'tree', name);
    writeFileSync(path, name.repeat(i + 1));
    chmodSync(path, [0o644, 0o600, 0o755, 0o444, 0o640][i]!);
    utimesSync(path, 1_000_000_000 + i * 86_400, 1_100_000_000 + i * 86_400);
  }
  for (const name of ['tree/sub/deep', 'tree/sub', 'tree']) utimesSync(join(dir, name), 1_200_000_000, 1_200_000_000);
}
