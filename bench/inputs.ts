/** Files that the real programs work on: generated, the same bytes everywhere. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './compile';

/** Numbers of 24 bits from the linear congruential generator of Numerical Recipes, without its poor low bits. */
export function randomNumbers(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x >>> 8;
  };
}

/** Writes a file in the cache unless it is there; its name must tell all that its content depends on. Returns its path. */
export function cachedFile(name: string, content: () => string | Uint8Array): string {
  const path = join(CACHE, 'inputs', name);
  if (existsSync(path)) return path;
  mkdirSync(join(CACHE, 'inputs'), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, content());
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

/** Data that compresses like a mixture of prose, logs and binaries: `bytes` of it. */
export function mixedData(bytes: number): Uint8Array {
  const random = randomNumbers(1);
  const vocabulary = Array.from({ length: 3000 }, () => word(random));
  const chunks: Buffer[] = [];
  for (let length = 0, line = 0; length < bytes; line++) {
    const chunk = line % 8 === 7 ? binaryRecord(random, line) : Buffer.from(proseLine(random, vocabulary, line));
    chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

function word(random: () => number): string {
  const letters = Array.from({ length: 2 + (random() % 8) }, () => 'etaoinshrdlucmfwygpbvk'[Math.floor((random() % 484) ** 0.5)]!);
  return letters.join('');
}

/** Frequent words come from the start of the vocabulary. */
function proseLine(random: () => number, vocabulary: readonly string[], line: number): string {
  const words = Array.from({ length: 5 + (random() % 10) }, () => {
    const rank = (random() / 2 ** 24) ** 3;
    return vocabulary[Math.floor(rank * vocabulary.length)]!;
  });
  return line % 5 === 0 ? `${1_700_000_000 + line * 17} [${random() % 64}] ${words.join(' ')}\n` : `${words.join(' ')}\n`;
}

/** Sixteen 32-bit numbers: a counter, small values, and four at random. */
function binaryRecord(random: () => number, line: number): Buffer {
  const values = Uint32Array.from({ length: 16 }, (_, i) => (i === 0 ? line : i < 12 ? random() % 300 : random()));
  return Buffer.from(values.buffer);
}

/** A C file of `count` functions for the compiler to work on; it needs no headers. */
export function cSource(count: number): string {
  const random = randomNumbers(2);
  const functions = Array.from({ length: count }, (_, i) => FUNCTIONS[i % FUNCTIONS.length]!(i, random));
  const prologue =
    'struct item { struct item *next; int key; unsigned char text[16]; double weight; };\nextern int report(const char *, ...);\n';
  return prologue + functions.join('\n');
}

const OPERATIONS = ['a + b', 'a - b', 'a ^ b << 3', '(a & b) * 7', 'a / (b | 1)', 'a % (b | 3)'];

type FunctionWriter = (index: number, random: () => number) => string;

const FUNCTIONS: readonly FunctionWriter[] = [
  (i, random) => `
int search${i}(struct item *list, int key) {
  int steps = ${random() % 100};
  for (struct item *p = list; p; p = p->next) {
    if (p->key == key + ${random() % 1000}) return steps * ${random() % 50};
    steps += p->text[${random() % 16}] > ${random() % 256} ? p->key : ${random() % 9} - steps;
  }
  return steps;
}`,
  (i, random) => `
unsigned dispatch${i}(unsigned op, unsigned a, unsigned b) {
  switch (op) {
${Array.from({ length: 12 }, (_, n) => `  case ${n * 3 + (random() % 3)}: return ${OPERATIONS[random() % OPERATIONS.length]} + ${random()}u;`).join('\n')}
  default: return report("no operation %u of ${i}\\n", op) + a;
  }
}`,
  (i, random) => `
double series${i}(const double *x, int n) {
  double sum = ${random() % 100}.5, product = 1;
  for (int k = 0; k < n; k++) {
    sum += x[k] * ${1 + (random() % 9)}.25 - product / (k + ${1 + (random() % 9)});
    if (sum > ${random() % 10_000}.0) product *= x[k] - sum; else sum -= product;
  }
  return sum * product;
}`,
  (i, random) => `
void table${i}(int m[16][16], short *out) {
  static const int weights[] = {${Array.from({ length: 8 }, () => random() % 500).join(', ')}};
  for (int y = 1; y < 15; y++)
    for (int x = 1; x < 15; x++) {
      int v = m[y][x - 1] + m[y][x + 1] - ${2 + (random() % 5)} * m[y][x] + weights[(x ^ y) & 7];
      out[16 * y + x] = v < 0 ? -v : v > ${random() % 2000} ? ${random() % 2000} : v;
    }
}`,
  (i, random) => `
long long mix${i}(long long a, unsigned char *s, int n) {
  while (n-- > 0) {
    a = a * ${1 + (random() % 999)} + s[n];
    a ^= a >> ${1 + (random() % 60)};
    if ((a & ${random() % 4096}) == ${random() % 64}) s[n] = (unsigned char)a; else a -= (long long)${random()} << ${random() % 20};
  }
  return a;
}`,
];
