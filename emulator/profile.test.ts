/** From V8's samples to the tree of guest calls, and what is written of it. */
import { runInNewContext } from 'node:vm';
import { cpuProfileText } from './profile-cpuprofile';
import { flameGraphHtml } from './profile-flame-graph';
import { createMarker } from './profile-markers';
import { tableRows, tableText } from './profile-table';
import { buildTree, type Activity, type Frame, type ProfileTree, type V8Profile } from './profile-tree';

const FRAMES: Readonly<Record<string, readonly [name: string, object: string, activity: Activity]>> = {
  '[dispatcher]': ['[dispatcher]', '', 'dispatcher'],
  '[lift]': ['[lift]', '', 'translate'],
  'main@0x10001': ['main', '/bin/a', 'compiled'],
  'hot@0x10100': ['hot', '/bin/a', 'compiled'],
  '[interpreter]': ['[interpreter]', '', 'interpreted'],
};
const frameOf = (name: string): Frame | undefined => {
  const row = Object.hasOwn(FRAMES, name) ? FRAMES[name] : undefined;
  return row && { name: row[0], object: row[1], activity: row[2] };
};

/** A profile in which each stack (outermost function first) was seen for some microseconds, one sample each. */
function profileOf(...stacks: readonly (readonly [microseconds: number, ...stack: string[]])[]): V8Profile {
  const nodes: { id: number; callFrame: { functionName: string; url: string }; children: number[] }[] = [];
  const add = (functionName: string): number => nodes.push({ id: nodes.length + 1, callFrame: { functionName, url: '' }, children: [] });
  add('(root)');
  const samples = stacks.map(([, ...stack]) =>
    stack.reduce((parent, name) => {
      const { children } = nodes[parent - 1]!;
      const known = children.find((c) => nodes[c - 1]!.callFrame.functionName === name);
      if (known !== undefined) return known;
      const id = add(name);
      children.push(id);
      return id;
    }, 1),
  );
  const times = stacks.map(([t]) => t);
  const endTime = 1000 + 5 + times.reduce((sum, t) => sum + t, 0);
  return { nodes, startTime: 1000, endTime, samples, timeDeltas: [5, ...times.slice(0, -1)] };
}

const SAMPLE: V8Profile = profileOf(
  [100, 'main', 'load'],
  [200, 'main', 'run', '[dispatcher]', 'run', '[lift]', 'lift'],
  [10, 'main', 'run', '[dispatcher]', 'run', 'toString'],
  [300, 'main', 'run', '[dispatcher]', 'run', 'main@0x10001', 'hot@0x10100'],
  [400, 'main', 'run', '[dispatcher]', 'run', 'main@0x10001', 'hot@0x10100', 'hot@0x10100'],
  [40, 'main', 'run', '[dispatcher]', 'run', 'main@0x10001'],
  [50, 'main', 'run', '[dispatcher]', 'run', '[interpreter]', 'execute', 'load32'],
  [30, '(garbage collector)'],
);
const tree = (): ProfileTree => buildTree(SAMPLE, frameOf, [{ name: 'hot', object: '/bin/a', weight: 7 }]);

it('keeps guest frames and tsemu itself apart', () => {
  const { byActivity, total, root } = tree();
  expect(total).toBe(1130);
  expect(byActivity).toMatchObject({ compiled: 740, interpreted: 50, translate: 200, dispatcher: 10, gc: 30, 'start-up': 100 });
  expect([...root.children.values()].map((n) => n.name)).toEqual(['[start-up]', '[lift]', '[dispatcher]', 'main', 'hot', '[gc]']);
});

it('adds up a function wherever it was called, and recursion once', () => {
  expect(tableRows(tree())[0]).toEqual({ name: 'hot', object: '/bin/a', self: 750, total: 750 });
  expect(tableRows(tree())).toContainEqual({ name: 'main', object: '/bin/a', self: 40, total: 740 });
});

it('divides the time of the interpreter by what it ran', () => {
  const stacks = Array.from({ length: 1000 }, (): [number, string] => [10, '[interpreter]']);
  const shares = [1, 0, 6, 3].map((weight, i) => ({ name: `f${i}`, object: '', weight }));
  const rows = tableRows(buildTree(profileOf(...stacks), frameOf, shares));
  expect(rows.map((r) => [r.name, Math.round(r.self / 100)])).toEqual([
    ['f2', 60],
    ['f3', 30],
    ['f0', 10],
  ]);
  expect(tableRows(buildTree(profileOf(...stacks), frameOf))[0]?.name).toBe('[interpreter]');
});

it('prints the table', () => {
  const lines = tableText(tree()).split('\n');
  expect(lines[0]).toMatch(/^profile: 1 ms in 8 samples: compiled guest code 65\.5%, interpreted guest code 4\.4%, translation 17\.7%, /);
  expect(lines[2]).toBe('  66.4%   66.4%        0.8  hot  a');
});

it('does not stumble over an empty profile', () => {
  const empty = buildTree({ nodes: [], startTime: 0, endTime: 10 }, frameOf);
  expect(tableText(empty)).toMatch(/^profile: 0 ms in 0 samples/);
  expect(JSON.parse(cpuProfileText(empty))).toMatchObject({ samples: [], timeDeltas: [] });
  expect(flameGraphHtml(empty, '')).toContain('</html>');
});

it('writes what it can read: a profile in the format of V8', () => {
  const written = JSON.parse(cpuProfileText(tree())) as V8Profile;
  const again = buildTree(written, (name) => (name === '(root)' ? undefined : { name, object: '', activity: 'compiled' }));
  expect(again.total).toBe(tree().total);
  expect(tableRows(again).map((r) => [r.name, r.self])).toEqual(tableRows(tree()).map((r) => [r.name, r.self]));
  const ids = new Set(written.nodes.map((n) => n.id));
  expect(ids.size).toBe(written.nodes.length);
  expect(written.nodes.flatMap((n) => [...n.children!]).every((c) => ids.has(c))).toBe(true);
  expect(written.nodes.reduce((sum, n) => sum + (n as unknown as { hitCount: number }).hitCount, 0)).toBe(written.samples!.length);
  const hot = written.nodes.find((n) => n.callFrame.functionName === 'hot')!;
  expect(hot.callFrame).toEqual({ functionName: 'hot', scriptId: '0', url: '/bin/a', lineNumber: -1, columnNumber: -1 });
});

/** As much of a document as the page's script needs. */
class Element {
  readonly attributes = new Map<string, string>();
  readonly content: Element[] = [];
  readonly style = {};
  readonly clientWidth = 1000;
  value = '';
  onclick: (() => void) | undefined;
  constructor(
    readonly tag: string,
    private text = '',
  ) {}
  get textContent(): string {
    return this.text;
  }
  set textContent(text: string) {
    this.text = text;
    this.content.length = 0;
  }
  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }
  append(child: Element): void {
    this.content.push(child);
  }
  querySelectorAll(tag: string): Element[] {
    return this.content.filter((e) => e.tag === tag);
  }
}

describe('flame graph', () => {
  const hostile = buildTree(profileOf([100, 'x'], [300, 'x', 'y']), (name) => ({
    name: name === '(root)' ? 'all' : `${name}</script><script>`,
    object: '',
    activity: 'compiled',
  }));

  /** Runs the page's script; returns the boxes of the graph by what they describe. */
  function page(html: string): { readonly boxes: () => Map<string, Element>; readonly element: (id: string) => Element } {
    const elements = new Map<string, Element>();
    const element = (id: string): Element => {
      if (!elements.has(id)) elements.set(id, new Element(id));
      return elements.get(id)!;
    };
    element('data').textContent = /id="data">([^<]*)</.exec(html)![1]!;
    const document = { getElementById: element, createElementNS: (_: string, tag: string) => new Element(tag) };
    runInNewContext(/<script>\n([\s\S]*)<\/script>/.exec(html)![1]!, { document, addEventListener: () => undefined });
    const boxes = (): Map<string, Element> =>
      new Map(
        element('graph')
          .querySelectorAll('rect')
          .map((r) => [r.content[0]!.textContent.replace(/: .*/, ''), r]),
      );
    return { boxes, element };
  }

  it('is one page without anything from elsewhere', () => {
    const html = flameGraphHtml(tree(), 'a <b> & "c"');
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|@import|url\(/);
    expect(html).toContain('<title>a &#60;b&#62; &#38; &#34;c&#34;</title>');
    expect(flameGraphHtml(hostile, '').match(/<\/script>/g)).toHaveLength(2);
  });

  it('draws boxes as wide as their time, zooms and searches', () => {
    const { boxes, element } = page(flameGraphHtml(tree(), 'guest'));
    const width = (name: string): number => Number(boxes().get(name)!.attributes.get('width'));
    expect(width('(root)')).toBe(1000);
    expect(width('main (/bin/a)')).toBeCloseTo((1000 * 740) / 1130, 0);
    boxes().get('main (/bin/a)')!.onclick!();
    expect(width('main (/bin/a)')).toBe(1000);
    expect(boxes().has('[lift]')).toBe(false);
    element('reset').onclick!();
    element('search').value = '^\\[lift';
    (element('search') as unknown as { oninput: () => void }).oninput();
    expect(boxes().get('[lift]')!.attributes.get('fill')).toBe('#c04ee0');
    expect(element('info').textContent).toBe('matched 17.70 % of what is shown');
  });
});

it('makes functions of any name that pass everything through', () => {
  const marker = createMarker('a"b\\c@0x1');
  expect((marker as unknown as { name: string }).name).toBe('a"b\\c@0x1');
  const self = { base: 1 };
  expect(
    marker(
      function (this: typeof self, x: number, y: number) {
        return this.base + x + y;
      } as (...args: never[]) => number,
      self,
      2,
      3,
    ),
  ).toBe(6);
});
