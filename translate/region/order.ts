/** Nodes reachable from `entry` in reverse postorder: every node before its successors, back edges aside. */
export function reversePostorder<N>(entry: N, successors: (node: N) => readonly N[]): N[] {
  const seen = new Set<N>([entry]);
  const postorder: N[] = [];
  const stack: { readonly node: N; readonly next: readonly N[]; at: number }[] = [{ node: entry, next: successors(entry), at: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    // Later successors first, so that the first one ends up closest behind its block.
    const s = top.next[top.next.length - 1 - top.at++];
    if (s === undefined) {
      postorder.push(top.node);
      stack.pop();
    } else if (!seen.has(s)) {
      seen.add(s);
      stack.push({ node: s, next: successors(s), at: 0 });
    }
  }
  return postorder.reverse();
}
