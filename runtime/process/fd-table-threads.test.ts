/** Descriptors opened and closed by several threads at once. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { FdTable } from './fd-table';
import type { Work } from './fd-table-fixture';

const THREADS = 3;
// Where the worker finds koffi
const folder = path.join(__dirname, '../../node_modules/.cache/tsemu-fd-table');
const bundle = path.join(folder, `${process.pid}.cjs`);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [path.join(__dirname, 'fd-table-fixture.ts')],
    bundle: true,
    platform: 'node',
    outfile: bundle,
    external: ['koffi'],
  });
});
afterAll(() => rmSync(bundle));

it('gives every thread descriptors of its own, the lowest free ones', async () => {
  const table = FdTable.create(1000);
  const seed = 1 + Math.floor(Math.random() * 2 ** 30);
  process.stderr.write(`descriptors of ${THREADS} threads: seed ${seed}\n`);
  const outcomes = await Promise.all(
    Array.from({ length: THREADS }, async (_, i) => {
      const workerData: Work = { buffer: table.buffer, seed: seed + i, rounds: 5000 };
      const worker = new Worker(bundle, { workerData });
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    }),
  );
  expect(outcomes).toEqual(Array(THREADS).fill(undefined));
  const open = table.open();
  const lowest = Array.from({ length: 1000 }, (_, n) => n).find((n) => !open.includes(n));
  expect(table.allocate(1000, false)).toBe(lowest);
  for (const fd of open) table.close(fd);
});
