/**
 * Strongly connected components of a graph that have a cycle (Tarjan, "Depth-first search and linear graph
 * algorithms", 1972): the loops of a control-flow graph, as sets of nodes.
 * @param size more than any node's number
 */
export function cyclicComponents(size: number, nodes: Iterable<number>, successors: (node: number) => readonly number[]): Set<number>[] {
  // Counted from 1; 0 for nodes that have not been visited
  const number = new Int32Array(size);
  const low = new Int32Array(size);
  const onPath = new Uint8Array(size);
  const path: number[] = [];
  const found: Set<number>[] = [];
  let visited = 0;

  const visit = (n: number): void => {
    number[n] = low[n] = ++visited;
    path.push(n);
    onPath[n] = 1;
    let itself = false;
    for (const s of successors(n)) {
      if (s === n) itself = true;
      if (number[s] === 0) {
        visit(s);
        if (low[s]! < low[n]!) low[n] = low[s]!;
      } else if (onPath[s] === 1 && number[s]! < low[n]!) low[n] = number[s]!;
    }
    if (low[n] !== number[n]) return;
    const component = path.splice(path.lastIndexOf(n));
    for (const c of component) onPath[c] = 0;
    if (component.length > 1 || itself) found.push(new Set(component));
  };

  for (const n of nodes) if (number[n] === 0) visit(n);
  return found;
}
