/** Turns what V8's sampler has seen into a tree of guest calls. */

/** The part of V8's profile format that we read and write (Chrome DevTools protocol, Profiler.Profile). */
export interface V8Profile {
  readonly nodes: readonly V8Node[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  /** Node by sample. */
  readonly samples?: readonly number[] | undefined;
  /** Microseconds since the sample before; the first one since startTime. */
  readonly timeDeltas?: readonly number[] | undefined;
}

export interface V8Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[] | undefined;
}

/** Where time went, for the summary. */
export const ACTIVITIES = ['compiled', 'interpreted', 'translate', 'syscalls', 'dispatcher', 'gc', 'start-up', 'v8', 'profiler'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** What a name on V8's stack means. */
export interface Frame {
  readonly name: string;
  /** The guest's file; empty for tsemu's own work. */
  readonly object: string;
  readonly activity: Activity;
}

/** A guest function (or piece of our own work) in one place of the call tree. */
export class TreeNode {
  /** Microseconds. */
  self = 0;
  readonly children = new Map<string, TreeNode>();

  constructor(
    readonly id: number,
    readonly name: string,
    readonly object: string,
  ) {}
}

export interface ProfileTree {
  readonly root: TreeNode;
  /** Nodes by id. */
  readonly nodes: readonly TreeNode[];
  /** In order of time. */
  readonly samples: readonly { readonly node: number; readonly microseconds: number }[];
  readonly byActivity: Readonly<Record<Activity, number>>;
  /** Microseconds. */
  readonly total: number;
}

/** Stacks of V8's own that are no functions. */
const V8_FRAMES: ReadonlyMap<string, Frame> = new Map([
  ['(garbage collector)', { name: '[gc]', object: '', activity: 'gc' }],
  ['(program)', { name: '[V8]', object: '', activity: 'v8' }],
  ['(idle)', { name: '[V8]', object: '', activity: 'v8' }],
]);
const START_UP: Frame = { name: '[start-up]', object: '', activity: 'start-up' };

interface Place {
  /** Outermost first. */
  readonly path: readonly Frame[];
  readonly activity: Activity;
}

/** What part of the interpreter's time belongs to a guest function. */
export interface Share {
  readonly name: string;
  readonly object: string;
  /** In relation to those of the others. */
  readonly weight: number;
}

/**
 * @param frameOf what a function name on V8's stack means; undefined for those that do not matter
 * @param interpreted divides the samples whose innermost frame is the interpreter
 */
export function buildTree(
  profile: V8Profile,
  frameOf: (functionName: string) => Frame | undefined,
  interpreted: readonly Share[] = [],
): ProfileTree {
  return new TreeBuilder(profile, frameOf, interpreted).build();
}

/** Steps of the golden ratio fill the range from 0 to 1 evenly, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Hands out the shares in turn, each as often as its weight demands. */
class Divider {
  private readonly ends: number[] = [];
  private total = 0;
  private at = 0.5;

  constructor(private readonly shares: readonly Share[]) {
    for (const s of shares) this.ends.push((this.total += s.weight));
  }

  next(): Share | undefined {
    this.at = (this.at + GOLDEN) % 1;
    const point = this.at * this.total;
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! > point) high = middle;
      else low = middle + 1;
    }
    return this.shares[low];
  }
}

class TreeBuilder {
  private readonly nodes: TreeNode[] = [];
  private readonly root = this.create('(root)', '');
  private readonly v8Nodes: ReadonlyMap<number, V8Node>;
  private readonly parents = new Map<number, number>();
  private readonly places = new Map<number, Place>();
  private readonly divider: Divider;

  constructor(
    private readonly profile: V8Profile,
    private readonly frameOf: (functionName: string) => Frame | undefined,
    interpreted: readonly Share[],
  ) {
    this.divider = new Divider(interpreted);
    this.v8Nodes = new Map(profile.nodes.map((n) => [n.id, n]));
    for (const n of profile.nodes) for (const child of n.children ?? []) this.parents.set(child, n.id);
  }

  build(): ProfileTree {
    const { samples = [], timeDeltas = [], startTime, endTime } = this.profile;
    const byActivity = Object.fromEntries(ACTIVITIES.map((a) => [a, 0])) as Record<Activity, number>;
    const out: { node: number; microseconds: number }[] = [];
    let at = startTime;
    let total = 0;
    samples.forEach((id, i) => {
      at += timeDeltas[i] ?? 0;
      // A sample stands for the time up to the next one. Deltas may be negative: V8 does not sort its samples
      const microseconds = Math.max(0, i + 1 < samples.length ? (timeDeltas[i + 1] ?? 0) : endTime - at);
      const { path, activity } = this.place(id);
      const share = activity === 'interpreted' ? this.divider.next() : undefined;
      const node = share === undefined ? this.nodeAt(path) : this.child(this.root, share);
      node.self += microseconds;
      byActivity[activity] += microseconds;
      total += microseconds;
      out.push({ node: node.id, microseconds });
    });
    return { root: this.root, nodes: this.nodes, samples: out, byActivity, total };
  }

  private create(name: string, object: string): TreeNode {
    const node = new TreeNode(this.nodes.length, name, object);
    this.nodes.push(node);
    return node;
  }

  private child(parent: TreeNode, { name, object }: Pick<Frame, 'name' | 'object'>): TreeNode {
    const key = `${object}\0${name}`;
    let node = parent.children.get(key);
    if (node === undefined) parent.children.set(key, (node = this.create(name, object)));
    return node;
  }

  private nodeAt(path: readonly Frame[]): TreeNode {
    let node = this.root;
    for (const frame of path) node = this.child(node, frame);
    return node;
  }

  /** Where in our tree a sample of a V8 node belongs. */
  private place(id: number): Place {
    const known = this.places.get(id);
    if (known !== undefined) return known;
    const frames = this.stack(id);
    // The dispatcher is everybody's caller: it only shows where it is at work itself
    const shown = frames.filter((f, i) => f.activity !== 'dispatcher' || i === frames.length - 1);
    const place = { path: shown, activity: shown[shown.length - 1]!.activity };
    this.places.set(id, place);
    return place;
  }

  /** Frames that matter, outermost first; at least one. */
  private stack(id: number): Frame[] {
    const leaf = V8_FRAMES.get(this.v8Nodes.get(id)?.callFrame.functionName ?? '');
    if (leaf !== undefined) return [leaf];
    const frames: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = this.parents.get(at)) {
      const frame = this.frameOf(this.v8Nodes.get(at)?.callFrame.functionName ?? '');
      if (frame !== undefined) frames.push(frame);
    }
    return frames.length === 0 ? [START_UP] : frames.reverse();
  }
}
