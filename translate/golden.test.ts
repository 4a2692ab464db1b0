/**
 * The code that the back ends emit for a small corpus, so that a change of code quality shows in review:
 * golden/NAME.ir is optimised and emitted as golden/NAME.js.txt and golden/NAME.wat. Run with
 * TSEMU_ACCEPT=1 to write what is emitted now. A first line `; precise` chooses precise mode.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as emitJs from './emit-js';
import * as emitWasm from './emit-wasm';
import { parseBlocks } from './ir/parse';
import { TEST_LAYOUT } from './ir/random-block';
import { optimiseRegion, parseSelection } from './opt';
import { analyseState, blocksThatStore, discover, structure, type Region } from './region';

const DIRECTORY = path.join(__dirname, 'golden');
const layout = TEST_LAYOUT;
const helpers = [{ name: 'crc', run: () => 0 }];
const corpus = readdirSync(DIRECTORY).flatMap((f) => (f.endsWith('.ir') ? f.slice(0, -3) : []));

interface Case {
  readonly text: string;
  readonly precise: boolean;
}

function read(name: string): Case {
  const text = readFileSync(path.join(DIRECTORY, `${name}.ir`), 'utf8');
  return { text, precise: text.startsWith('; precise\n') };
}

/** The region of the first block, optimised as for the back end. */
function regionOf({ text, precise }: Case, followCalls: boolean): Region {
  const blocks = new Map(parseBlocks(text, layout, helpers).map((b) => [b.start, b]));
  const found = discover([...blocks.keys()][0]!, (l) => blocks.get(l), { followCalls })!.region;
  return optimiseRegion(found, layout, { passes: parseSelection('all'), precise });
}

function javascript(c: Case): string {
  const region = regionOf(c, false);
  return `${emitJs.emitRegion(region, structure(region), analyseState(region, layout), layout, c)}\n`;
}

function webAssembly(c: Case): string {
  const region = regionOf(c, true);
  const flow = analyseState(region, layout, { precise: c.precise, storesAtEnd: blocksThatStore(region) });
  return emitWasm.listing(emitWasm.emitRegion(region, structure(region), flow, layout, c));
}

const BACK_ENDS = [
  ['js.txt', javascript],
  ['wat', webAssembly],
] as const;

describe.each(BACK_ENDS)('emitted %s', (extension, emit) => {
  it.each(corpus)('of %s', (name) => {
    const file = path.join(DIRECTORY, `${name}.${extension}`);
    const emitted = emit(read(name));
    expect(emit(read(name))).toBe(emitted);
    if (process.env['TSEMU_ACCEPT'] === '1') writeFileSync(file, emitted);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : 'run with TSEMU_ACCEPT=1 to create it').toBe(emitted);
  });
});

it('covers what can end a block', () => {
  const kinds = new Set(corpus.flatMap((name) => parseBlocks(read(name).text, layout, helpers).map((b) => b.terminator.kind)));
  expect([...kinds].sort()).toEqual(['branch', 'call', 'indirect', 'jump', 'switch', 'syscall', 'trap']);
});
