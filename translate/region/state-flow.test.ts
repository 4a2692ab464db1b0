import { location } from '../ir/block';
import { FieldSet } from '../ir/field-set';
import { parseRegion } from '../ir/parse';
import { TEST_LAYOUT } from '../ir/random-block';
import type { Region } from './region';
import { analyseState, type StateFlow } from './state-flow';

const layout = TEST_LAYOUT;

const names = (fields: Iterable<number>): string[] => [...fields].map((f) => layout.fields[f]!.name);

/** Blocks in braces at 0x100, 0x200, ...; a call goes on at its return location, as in the regions of emit-wasm. */
function analyse(...bodies: string[]): StateFlow {
  return analyseAs(false, ...bodies);
}

function analyseAs(precise: boolean, ...bodies: string[]): StateFlow {
  const region = parseRegion(bodies.map((body, i) => `block ${0x100 * (i + 1)} {\n${body}\n}`).join('\n'), layout);
  const followed = region.blocks.map((b, i) => {
    const t = b.terminator;
    if (t.kind !== 'call' && (t.kind !== 'indirect' || t.returns === undefined)) return region.edges[i]!;
    return [{ block: region.blocks.findIndex((o) => o.start === t.returns), location: t.returns! }];
  });
  return analyseState({ blocks: region.blocks, edges: followed } satisfies Region, layout, { reinterprets: precise, precise });
}

const each = (sets: readonly FieldSet[]): string[][] => sets.map(names);

describe('promotion', () => {
  it('keeps fields as the type they are used as', () => {
    const { promoted } = analyse('%0 = get32 r0\nset32 r1, %0\n%1 = get1 z\nset1 n, %1\n%2 = getf64 d0\nsetf64 d1, %2\njump 0x900');
    expect(Object.fromEntries([...promoted].map(([f, t]) => [layout.fields[f]!.name, t]))).toEqual({
      r0: 'i32',
      r1: 'i32',
      z: 'i1',
      n: 'i1',
      d0: 'f64',
      d1: 'f64',
    });
  });

  it('keeps a field used as integer and as floating point only for a back end that reinterprets', () => {
    const region = parseRegion('block 0x100 {\n%0 = get64 d0\nset64 d1, %0\n%1 = getf64 d1\nsetf64 d0, %1\njump 0x900\n}', layout);
    expect([...analyseState(region, layout).promoted]).toEqual([]);
    const { promoted } = analyseState(region, layout, { reinterprets: true });
    expect([...promoted].map(([f, t]) => [layout.fields[f]!.name, t])).toEqual([
      ['d0', 'f64'],
      ['d1', 'f64'],
    ]);
  });

  it('leaves fields in memory that share bytes with another one in use', () => {
    expect(names(analyse('%0 = getf64 d0\nsetf64 d1, %0\n%1 = getf32 s1\nsetf32 s0, %1\njump 0x900').promoted.keys())).toEqual(['d1']);
  });

  it('does so whichever block the other one is used in', () => {
    expect(names(analyse('%0 = getf64 d0\nsetf64 d1, %0\njump 0x200', '%0 = getf32 s3\njump 0x900').promoted.keys())).toEqual(
      ['d0', 's3'].filter((n) => n === 'd0'),
    );
  });

  it('leaves fields in memory that are used as two types', () => {
    expect(names(analyse('%0 = get64 d0\nset64 w, %0\njump 0x200', '%0 = getf64 d0\njump 0x900').promoted.keys())).toEqual(['w']);
  });

  it('keeps a vector with its lanes in one variable where any of it is used as a vector', () => {
    const text = '%0 = getdup64 d0\nsetlow64 d3, %0\n%1 = get32 s1\n%2 = get64 w\nset32 r0, %1\njump 0x900';
    const region = parseRegion(`block 0x100 {\n${text}\n}`, layout);
    const { promoted, lanes, liveAtStart, dirtyAtEnd } = analyseState(region, layout, { reinterprets: true });
    expect(names(promoted.keys()).sort()).toEqual(['q0', 'q1', 'r0', 'w']);
    expect([...lanes].map(([f, { vector, offset }]) => [...names([f, vector]), offset])).toEqual([
      ['d0', 'q0', 0],
      ['s1', 'q0', 4],
      ['d3', 'q1', 8],
    ]);
    // A write of one lane keeps the others, so that they must be there
    expect(names(liveAtStart[0]!)).toEqual(['w', 'q0', 'q1']);
    expect(names(dirtyAtEnd[0]!)).toEqual(['r0', 'q1']);
    expect(names(analyseState(region, layout).promoted.keys()).sort()).toEqual(['r0', 'w']);
  });

  it('keeps the lowest lane of a vector in a variable where it is used as a single and as a double, but no other lane is', () => {
    const lanesOf = (text: string): number[] => [
      ...analyseState(parseRegion(`block 0x100 {\n${text}\njump 0x900\n}`, layout), layout, { reinterprets: true }).lanes.keys(),
    ];
    expect(names(lanesOf('%0 = get32 s0\n%1 = getf64 d0\nset32 r0, %0\nsetf64 d2, %1'))).toEqual(['d0', 's0']);
    expect(lanesOf('%0 = get32 s1\n%1 = getf64 d0\nset32 r0, %0\nsetf64 d2, %1')).toEqual([]);
  });

  it('leaves a doubleword in memory that is used as half a vector but is no part of one', () => {
    const region = parseRegion('block 0x100 {\n%0 = getdup64 w\nset128 q0, %0\njump 0x900\n}', layout);
    expect(names(analyseState(region, layout, { reinterprets: true }).promoted.keys())).toEqual(['q0']);
  });
});

describe('dirty fields', () => {
  it('are those written on some path', () => {
    const flow = analyse(
      '%0 = get1 z\nbranch %0, 0x200, 0x300',
      '%0 = const32 1\nset32 r1, %0\njump 0x400',
      '%0 = const32 2\nset32 r2, %0\njump 0x400',
      '%0 = const32 3\nset32 r3, %0\njump 0x900',
    );
    expect(each(flow.dirtyAtStart)).toEqual([[], [], [], ['r1', 'r2']]);
    expect(each(flow.dirtyAtEnd)).toEqual([[], ['r1'], ['r2'], ['r1', 'r2', 'r3']]);
  });

  it('go around loops', () => {
    const flow = analyse('jump 0x200', '%0 = get1 z\nbranch %0, 0x300, 0x900', '%0 = const32 1\nset32 r1, %0\njump 0x200');
    expect(each(flow.dirtyAtStart)).toEqual([[], ['r1'], ['r1']]);
  });

  it('include what is written inside an if', () => {
    expect(each(analyse('%0 = get1 z\nif %0 {\n%1 = const32 1\nset32 r1, %1\n}\njump 0x900').dirtyAtEnd)).toEqual([['r1']]);
  });

  it('are none behind a call, which has stored them', () => {
    const flow = analyse('%0 = const32 1\nset32 r1, %0\ncall 0x900, returns 0x200', '%0 = const32 2\nset32 r2, %0\njump 0x900');
    expect(each(flow.dirtyAtEnd)).toEqual([['r1'], ['r2']]);
    expect(each(flow.dirtyOut)).toEqual([[], ['r2']]);
    expect(each(flow.dirtyAtStart)).toEqual([[], []]);
  });
});

describe('a block that stores at its end', () => {
  const stored = (...bodies: string[]): StateFlow => {
    const region = parseRegion(bodies.map((body, i) => `block ${0x100 * (i + 1)} {\n${body}\n}`).join('\n'), layout);
    return analyseState(region, layout, { storesAtEnd: Uint8Array.of(0, 1, 0) });
  };

  it('leaves nothing dirty, whoever wrote it', () => {
    const flow = stored(
      '%0 = const32 1\nset32 r1, %0\njump 0x200',
      '%0 = const32 2\nset32 r2, %0\njump 0x300',
      '%0 = const32 3\nset32 r3, %0\njump 0x900',
    );
    expect(each(flow.dirtyAtStart)).toEqual([[], ['r1'], []]);
    expect(each(flow.dirtyAtEnd)).toEqual([['r1'], [], ['r3']]);
  });

  it('does not store what is overwritten on all ways from there', () => {
    const region = parseRegion(
      'block 0x100 {\n%0 = const32 1\nset32 r1, %0\nset32 r2, %0\nset32 r3, %0\njump 0x200\n}\n' +
        'block 0x200 {\n%0 = get32 r1\nset32 r2, %0\njump 0x900\n}',
      layout,
    );
    const liveAt = (): FieldSet => {
      const live = FieldSet.all(layout.fields.length);
      live.delete(layout.fields.findIndex((f) => f.name === 'r3'));
      return live;
    };
    const options = { storesAtEnd: Uint8Array.of(1, 1), liveAt };
    const { storedAtEnd } = analyseState(region, layout, options);
    const of = (set: FieldSet): string[] => names(set).filter((name) => /^r[123]$/.test(name));
    expect(of(storedAtEnd[0]!)).toEqual(['r1']);
    expect(of(storedAtEnd[1]!)).toEqual(['r1', 'r2']);
    expect(of(analyseState(region, layout, { ...options, precise: true }).storedAtEnd[0]!)).toEqual(['r1', 'r3']);
  });

  it('needs what it may not have written', () => {
    const flow = stored('jump 0x200', '%0 = get1 z\nif %0 {\n%1 = const32 1\nset32 r1, %1\n}\njump 0x300', 'jump 0x900');
    expect(names(flow.liveAtStart[0]!).sort()).toEqual(['r1', 'z']);
  });
});

describe('live fields', () => {
  const live = (...bodies: string[]): string[][] => each(analyse(...bodies).liveAtStart);

  it('are read before they are written', () => {
    expect(live('%0 = get32 r0\nset32 r1, %0\n%1 = get32 r1\nset32 r2, %1\njump 0x900')).toEqual([['r0']]);
  });

  it('are read in a later block', () => {
    expect(live('jump 0x200', '%0 = get32 r0\nset32 r1, %0\njump 0x900')[0]).toEqual(['r0']);
  });

  it('are not what every path writes first', () => {
    const writes = '%0 = const32 1\nset32 r0, %0\njump 0x200';
    expect(live(writes, '%0 = get32 r0\nset32 r1, %0\njump 0x900')[0]).toEqual([]);
  });

  it('include what only some path writes, because the exit stores it', () => {
    expect(live('%0 = get1 z\nbranch %0, 0x200, 0x300', '%0 = const32 1\nset32 r1, %0\njump 0x300', 'jump 0x900')[0]).toEqual(['r1', 'z']);
    expect(live('%0 = get1 z\nif %0 {\n%1 = const32 1\nset32 r1, %1\n}\njump 0x900')[0]).toEqual(['r1', 'z']);
  });

  it('are not needed across a call, which reloads them', () => {
    const after = '%0 = get32 r0\nset32 r1, %0\njump 0x900';
    expect(live('call 0x900, returns 0x200', after)).toEqual([[], ['r0']]);
    expect(live('%0 = get32 r5\nindirect %0, call, returns 0x200', after)).toEqual([['r5'], ['r0']]);
  });
});

describe('what is overwritten behind a way out', () => {
  // At 0x900 only r2 may be read
  const liveAt = (): FieldSet => {
    const live = new FieldSet(layout.fields.length);
    live.add(layout.fields.findIndex((f) => f.name === 'r2'));
    return live;
  };
  const region = parseRegion(
    'block 0x100 {\n%0 = get1 z\nbranch %0, 0x200, 0x900\n}\nblock 0x200 {\n%0 = const32 1\nset32 r1, %0\nset32 r2, %0\njump 0x100\n}',
    layout,
  );

  it('is neither stored nor loaded in order to be stored', () => {
    const flow = analyseState(region, layout, { liveAt });
    expect(names(flow.dirtyOut[0]!)).toEqual(['r1', 'r2']);
    expect(names(flow.neededAt(flow.dirtyOut[0]!, location(0x900)))).toEqual(['r2']);
    expect(each(flow.liveAtStart)).toEqual([['r2', 'z'], ['z']]);
  });

  it('is stored in precise mode', () => {
    const flow = analyseState(region, layout, { liveAt, precise: true });
    expect(names(flow.neededAt(flow.dirtyOut[0]!, location(0x900)))).toEqual(['r1', 'r2']);
    expect(each(flow.liveAtStart)[0]).toEqual(['r1', 'r2', 'z']);
  });
});

describe('precise flow', () => {
  const STORE = '%2 = const32 4096\nstore32 %2, %2, +0';

  it('has nothing to store behind an access but what was written since', () => {
    const { dirtyAtEnd, dirtyAtStart } = analyseAs(
      true,
      `%0 = const32 1\nset32 r1, %0\njump 0x200`,
      `%0 = get32 r1\nset32 r2, %0\n${STORE}\nset32 r3, %0\njump 0x900`,
    );
    expect(each(dirtyAtStart)).toEqual([[], ['r1']]);
    expect(each(dirtyAtEnd)).toEqual([['r1'], ['r3']]);
  });

  it('still has to store what an access stores on one path only', () => {
    const { dirtyAtEnd } = analyseAs(true, `%0 = get1 z\n%1 = const32 1\nset32 r1, %1\nif %0 {\n${STORE}\n}\njump 0x900`);
    expect(each(dirtyAtEnd)).toEqual([['r1']]);
  });

  it('loads what is stored although it was written on one path only', () => {
    const { liveAtStart } = analyseAs(true, `%0 = get1 z\n%1 = const32 1\nif %0 {\nset32 r1, %1\n}\n${STORE}\nset32 r1, %1\njump 0x900`);
    expect(each(liveAtStart)[0]).toContain('r1');
  });
});
