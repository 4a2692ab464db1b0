import { createHash } from 'node:crypto';
import { cSource, mixedData, randomNumbers } from './inputs';

const hash = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 16);

it('generates the same on every machine', () => {
  expect(hash(mixedData(100_000))).toBe('42d3ad2b3b817e1c');
  expect(hash(cSource(50))).toBe('5b4844e4990a4cd8');
});

it('generates as much as is asked for, the shorter a prefix of the longer', () => {
  const long = mixedData(10_000);
  expect(long).toHaveLength(10_000);
  expect(Buffer.from(long).subarray(0, 1000)).toEqual(Buffer.from(mixedData(1000)));
});

it('numbers have 24 bits', () => {
  const random = randomNumbers(1);
  const numbers = Array.from({ length: 1000 }, random);
  expect(Math.max(...numbers)).toBeLessThan(2 ** 24);
  expect(Math.max(...numbers)).toBeGreaterThan(2 ** 23);
});

it('writes functions with different names and case labels', () => {
  const source = cSource(10);
  expect(new Set(source.match(/^\w.*\(.*\) \{$/gm)).size).toBe(10);
});
