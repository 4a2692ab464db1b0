/** The table of a profile: where time went by function. */
import { ACTIVITIES, type Activity, type ProfileTree, type TreeNode } from './profile-tree';

export interface TableRow {
  readonly name: string;
  readonly object: string;
  /** Microseconds in the function itself. */
  self: number;
  /** Microseconds in it and what it called; counted once where it called itself. */
  total: number;
}

const ROWS = 30;

const ACTIVITY_NAMES: Readonly<Record<Activity, string>> = {
  compiled: 'compiled guest code',
  interpreted: 'interpreted guest code',
  translate: 'translation',
  syscalls: 'system calls',
  dispatcher: 'dispatcher',
  gc: 'garbage collection',
  'start-up': 'start-up',
  v8: 'V8',
  profiler: 'profiler',
};

/** All functions, those that took most time themselves first. */
export function tableRows(tree: ProfileTree): TableRow[] {
  const rows = new Map<string, TableRow>();
  const open = new Set<TableRow>();
  const visit = (node: TreeNode): number => {
    const key = `${node.object}\0${node.name}`;
    let row = rows.get(key);
    if (row === undefined) rows.set(key, (row = { name: node.name, object: node.object, self: 0, total: 0 }));
    const outermost = !open.has(row);
    open.add(row);
    let total = node.self;
    for (const child of node.children.values()) total += visit(child);
    row.self += node.self;
    if (outermost) {
      row.total += total;
      open.delete(row);
    }
    return total;
  };
  for (const child of tree.root.children.values()) visit(child);
  return [...rows.values()].sort((a, b) => b.self - a.self || b.total - a.total);
}

/** The table as text, with the functions that took most time. */
export function tableText(tree: ProfileTree): string {
  const percent = (x: number): string => `${((100 * x) / Math.max(tree.total, 1)).toFixed(1)}%`;
  const rows = tableRows(tree);
  const shown = rows.slice(0, ROWS);
  const lines = shown.map(
    ({ name, object, self, total }) =>
      `${percent(self).padStart(7)} ${percent(total).padStart(7)} ${(self / 1000).toFixed(1).padStart(10)}  ${name}${object === '' ? '' : `  ${baseName(object)}`}`,
  );
  const parts = ACTIVITIES.filter((a) => tree.byActivity[a] > 0).map((a) => `${ACTIVITY_NAMES[a]} ${percent(tree.byActivity[a])}`);
  const more = rows.length > shown.length ? `(${rows.length - shown.length} more)\n` : '';
  const heading = `profile: ${(tree.total / 1000).toFixed(0)} ms in ${tree.samples.length} samples: ${parts.join(', ')}\n`;
  return `${heading}${'self'.padStart(7)} ${'total'.padStart(7)} ${'self ms'.padStart(10)}  function\n${lines.join('\n')}\n${more}`;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
