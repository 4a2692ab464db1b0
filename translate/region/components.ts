/**
 * Strongly connected components of a graph that have a cycle (Tarjan, "Depth-first search and linear graph
 * algorithms", 1972): the loops of a control-flow graph, as sets of nodes.
 */
export function cyclicComponents<N>(nodes: Iterable<N>, successors: (node: N) => readonly N[]): Set<N>[] {
  const number = new Map<N, number>();
  const low = new Map<N, number>();
  const path: N[] = [];
  const onPath = new Set<N>();
  const found: Set<N>[] = [];

  const visit = (n: N): void => {
    number.set(n, number.size);
    low.set(n, number.get(n)!);
    path.push(n);
    onPath.add(n);
    let itself = false;
    for (const s of successors(n)) {
      itself ||= s === n;
      if (!number.has(s)) {
        visit(s);
        low.set(n, Math.min(low.get(n)!, low.get(s)!));
      } else if (onPath.has(s)) low.set(n, Math.min(low.get(n)!, number.get(s)!));
    }
    if (low.get(n) !== number.get(n)) return;
    const component = path.splice(path.lastIndexOf(n));
    component.forEach((c) => onPath.delete(c));
    if (component.length > 1 || itself) found.push(new Set(component));
  };

  for (const n of nodes) if (!number.has(n)) visit(n);
  return found;
}
