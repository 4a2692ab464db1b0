/** Replacing the value that a terminator consumes. */
import type { Terminator } from '../ir/block';
import type { I1, I32 } from '../ir/types';

export function mapTerminator(t: Terminator, map: (v: number) => number): Terminator {
  switch (t.kind) {
    case 'branch':
      return { kind: 'branch', cond: map(t.cond) as I1, taken: t.taken, otherwise: t.otherwise };
    case 'indirect':
      return { ...t, target: map(t.target) as I32 };
    case 'return':
      return { ...t, target: map(t.target) as I32 };
    case 'switch':
      return { ...t, index: map(t.index) as I32 };
    default:
      return t;
  }
}
