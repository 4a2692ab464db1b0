/** README.md says what is so: its first commands, its options. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readme, readmeWithOptions } from '../scripts/readme-options';

it('README.md shows the options of the table (npm run readme mends it)', async () => {
  expect(readme()).toContain('--ld-prefix');
  expect(readme()).toBe(await readmeWithOptions());
});

it('README.md links only to files that are there', () => {
  const links = [...readme().matchAll(/\]\((?!#)([^)]+)\)/g)].map(([, target]) => target!);
  expect(links.length).toBeGreaterThan(0);
  for (const target of links) expect([target, existsSync(join(__dirname, '..', target))]).toEqual([target, true]);
});
