/**
 * Runs filetests/*.ir: cases of the form
 *
 *     ; what it shows
 *     test optimise <passes> [, precise] [, live <fields at the exits>]
 *     <blocks>
 *     =>
 *     <the same blocks after the passes>
 *
 * `<passes>` is a selection as for --opt. TSEMU_ACCEPT=1 rewrites what is expected.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FieldSet } from '../ir/field-set';
import { parseRegion } from '../ir/parse';
import { printBlock } from '../ir/print';
import { TEST_LAYOUT } from '../ir/random-block';
import { verifyRegion } from '../ir/verify';
import { optimiseRegion, type RegionOptions } from './optimise';
import { parseSelection, PASS_NAMES } from './passes';

const FOLDER = join(__dirname, 'filetests');
const ACCEPT = process.env['TSEMU_ACCEPT'] === '1';

interface Case {
  readonly title: string;
  /** Everything up to and including the line `=>`. */
  readonly head: string;
  readonly options: RegionOptions;
  readonly input: string;
  readonly expected: string;
}

/** Cases start at a comment after a blank line. */
function parseFile(text: string): Case[] {
  return text
    .trim()
    .split(/\n\n(?=;)/)
    .map((part) => {
      const m = /^((?:; .*\n)+)test optimise (.*)\n([^]*?)\n=>(?:\n([^]*))?$/.exec(part);
      if (m === null) throw new Error(`not a case:\n${part}`);
      const [, comment, directives, input, expected] = m;
      const title = comment!.replace(/^; ?/gm, '').trim().replace(/\n/g, ' ');
      return {
        title,
        head: `${comment}test optimise ${directives}\n${input}\n=>\n`,
        options: parseDirectives(directives!),
        input: input!,
        expected: expected ?? '',
      };
    });
}

function parseDirectives(text: string): RegionOptions {
  const items = text.split(',').map((s) => s.trim());
  const live = items.find((s) => s.startsWith('live'));
  const passes = parseSelection(items.filter((s) => s !== live && s !== 'precise').join(','));
  const options = { passes, precise: items.includes('precise') };
  if (live === undefined) return options;
  const fields = new FieldSet(TEST_LAYOUT.fields.length);
  for (const name of live.split(' ').slice(1)) fields.add(TEST_LAYOUT.index(name));
  return { ...options, liveAtExit: () => fields };
}

function run(c: Case): string {
  const region = parseRegion(c.input, TEST_LAYOUT);
  expect(verifyRegion(region, TEST_LAYOUT)).toEqual([]);
  const after = optimiseRegion(region, TEST_LAYOUT, c.options);
  expect(verifyRegion(after, TEST_LAYOUT)).toEqual([]);
  return after.blocks.map((b) => printBlock(b, TEST_LAYOUT)).join('\n');
}

const files = readdirSync(FOLDER).filter((f) => f.endsWith('.ir'));

describe.each(files)('%s', (file) => {
  const path = join(FOLDER, file);
  const cases = parseFile(readFileSync(path, 'utf8'));

  it.each(cases.map((c) => [c.title, c] as const))('%s', (_title, c) => {
    const result = run(c);
    if (!ACCEPT) expect(result).toBe(c.expected);
  });

  if (ACCEPT) afterAll(() => writeFileSync(path, cases.map((c) => `${c.head}${run(c)}\n`).join('\n')));
});

it('every pass has a file', () => {
  expect(files).toEqual(PASS_NAMES.map((p) => `${p}.ir`).sort());
});
