/** A profile in V8's format, for Chrome DevTools, speedscope and editors. */
import type { ProfileTree } from './profile-tree';

/** Text of a .cpuprofile file: guest functions with the files they come from in place of scripts. */
export function cpuProfileText(tree: ProfileTree): string {
  const hits = new Uint32Array(tree.nodes.length);
  for (const { node } of tree.samples) hits[node]!++;
  const nodes = tree.nodes.map((n) => ({
    // Ids start at 1 in V8's own files
    id: n.id + 1,
    callFrame: { functionName: n.name, scriptId: '0', url: n.object, lineNumber: -1, columnNumber: -1 },
    hitCount: hits[n.id]!,
    children: [...n.children.values()].map((c) => c.id + 1),
  }));
  // A sample's time is up to the next one, a delta is since the one before
  const timeDeltas = [0, ...tree.samples.slice(0, -1).map((s) => s.microseconds)].slice(0, tree.samples.length);
  const samples = tree.samples.map((s) => s.node + 1);
  return `${JSON.stringify({ nodes, startTime: 0, endTime: tree.total, samples, timeDeltas })}\n`;
}
