/** A profile as a web page: a flame graph with zoom and search, in one file without anything from elsewhere. */
import type { ProfileTree, TreeNode } from './profile-tree';

/** Nodes below this share of the whole are left out: they would be invisible, and their number is what makes pages slow. */
const LEAST_SHARE = 1 / 20000;

/** A node as the page's script reads it: index into the names, microseconds in total, children. */
type PageNode = readonly [name: number, total: number, children: readonly PageNode[]];

/** @param title plain text, such as the guest's command line */
export function flameGraphHtml(tree: ProfileTree, title: string): string {
  const names: string[] = [];
  const indices = new Map<string, number>();
  const indexOf = ({ name, object }: TreeNode): number => {
    const text = object === '' ? name : `${name} (${object})`;
    let index = indices.get(text);
    if (index === undefined) indices.set(text, (index = names.push(text) - 1));
    return index;
  };
  const totals = totalsOf(tree.root);
  const convert = (node: TreeNode): PageNode => {
    const children = [...node.children.values()].filter((c) => totals.get(c)! >= tree.total * LEAST_SHARE);
    children.sort((a, b) => totals.get(b)! - totals.get(a)!);
    return [indexOf(node), Math.round(totals.get(node)!), children.map(convert)];
  };
  const root = convert(tree.root);
  return PAGE.replaceAll('$TITLE', () => escapeHtml(title)).replace('$DATA', () => scriptLiteral({ names, root }));
}

function totalsOf(root: TreeNode): Map<TreeNode, number> {
  const totals = new Map<TreeNode, number>();
  const visit = (node: TreeNode): number => {
    let total = node.self;
    for (const c of node.children.values()) total += visit(c);
    totals.set(node, total);
    return total;
  };
  visit(root);
  return totals;
}

/** JSON that cannot end the script element it stands in; symbols come from files that nobody has checked. */
const scriptLiteral = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>$TITLE</title>
<style>
body { font: 13px system-ui, sans-serif; margin: 12px; background: #fff; color: #222; }
h1 { font-size: 15px; margin: 0 0 8px; }
#bar { display: flex; gap: 12px; align-items: center; margin-bottom: 8px; }
#bar input { width: 18em; }
#info { color: #555; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
svg { width: 100%; display: block; }
rect { stroke: #fff; stroke-width: 0.5; cursor: pointer; }
rect:hover { stroke: #000; }
text { font: 11px monospace; pointer-events: none; }
</style>
</head>
<body>
<h1>$TITLE</h1>
<div id="bar">
<input id="search" type="search" placeholder="Search (regular expression)" aria-label="Search">
<button id="reset" type="button">Whole graph</button>
<span id="info"></span>
</div>
<svg id="graph" role="img" aria-label="Flame graph"></svg>
<script type="application/json" id="data">$DATA</script>
<script>
'use strict';
const { names, root } = JSON.parse(document.getElementById('data').textContent);
const SVG = 'http://www.w3.org/2000/svg';
const ROW = 18;
const graph = document.getElementById('graph');
const info = document.getElementById('info');
const search = document.getElementById('search');
const parents = new Map();
(function link(node) { for (const c of node[2]) { parents.set(c, node); link(c); } })(root);
let focus = root;

function describe(node) {
  const share = (x) => (100 * x / root[1]).toFixed(2) + ' %';
  const self = node[1] - node[2].reduce((sum, c) => sum + c[1], 0);
  return names[node[0]] + ': ' + (node[1] / 1000).toFixed(1) + ' ms, ' + share(node[1]) + '; itself ' + share(self);
}
function colour(name, hit) {
  if (hit) return '#c04ee0';
  let h = 0;
  for (let i = 0; i < name.length; i++) h = (h * 31 + name.charCodeAt(i)) | 0;
  return name[0] === '[' ? 'hsl(210 20% ' + (72 + (h >>> 8) % 12) + '%)' : 'hsl(' + (h >>> 0) % 50 + ' 85% ' + (58 + (h >>> 8) % 12) + '%)';
}
function pattern() {
  if (search.value === '') return undefined;
  try { return new RegExp(search.value, 'i'); } catch { return undefined; }
}
function draw() {
  const width = graph.clientWidth || 1000;
  const wanted = pattern();
  graph.textContent = '';
  let depth = 0;
  let matched = 0;
  function box(node, x, w, level, inside) {
    if (w < 0.3) return;
    depth = Math.max(depth, level);
    const name = names[node[0]];
    const hit = wanted !== undefined && wanted.test(name);
    if (hit && !inside) matched += w;
    const r = document.createElementNS(SVG, 'rect');
    r.setAttribute('x', x);
    r.setAttribute('y', level * ROW);
    r.setAttribute('width', w);
    r.setAttribute('height', ROW);
    r.setAttribute('fill', colour(name, hit));
    r.onclick = () => { focus = node; draw(); };
    r.onmousemove = () => { info.textContent = describe(node); };
    const tip = document.createElementNS(SVG, 'title');
    tip.textContent = describe(node);
    r.append(tip);
    graph.append(r);
    const room = Math.floor((w - 6) / 6.7);
    if (room >= 3) {
      const t = document.createElementNS(SVG, 'text');
      t.setAttribute('x', x + 3);
      t.setAttribute('y', level * ROW + 13);
      const short = name.replace(/ \\(.*\\)$/, '');
      t.textContent = short.length <= room ? short : short.slice(0, room - 1) + '\\u2026';
      graph.append(t);
    }
    let at = x;
    for (const c of node[2]) {
      const share = w * c[1] / node[1];
      box(c, at, share, level + 1, inside || hit);
      at += share;
    }
  }
  const path = [];
  for (let n = parents.get(focus); n !== undefined; n = parents.get(n)) path.unshift(n);
  path.forEach((n, i) => box([n[0], n[1], []], 0, width, i, true));
  [...graph.querySelectorAll('rect')].forEach((r, i) => { r.style.opacity = 0.5; r.onclick = () => { focus = path[i]; draw(); }; });
  box(focus, 0, width, path.length, false);
  graph.setAttribute('height', (depth + 1) * ROW);
  info.textContent = wanted === undefined ? describe(focus) : 'matched ' + (100 * matched / width).toFixed(2) + ' % of what is shown';
}
search.oninput = draw;
document.getElementById('reset').onclick = () => { focus = root; draw(); };
addEventListener('keydown', (e) => { if (e.key === 'Escape') { focus = root; draw(); } });
addEventListener('resize', draw);
draw();
</script>
</body>
</html>
`;
