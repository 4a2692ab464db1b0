/**
 * Where a library was mapped first in this family of processes. Programs load different ones before it, and its code
 * should nevertheless be found translated.
 */
import type { MapRequest } from './mapping';

const MAX_PLACES = 1000;

export class UsualPlaces {
  /** Guest addresses by device and inode. */
  private readonly places = new Map<string, number>();

  /** The address for a request that leaves it open; undefined if there is none. */
  of(request: MapRequest): number | undefined {
    const key = keyOf(request);
    return key === undefined ? undefined : this.places.get(key);
  }

  /** Notes where such a request has been placed. */
  note(request: MapRequest, at: number): void {
    const key = request.fixed === undefined ? keyOf(request) : undefined;
    if (key !== undefined && this.places.size < MAX_PLACES && !this.places.has(key)) this.places.set(key, at);
  }
}

/** Undefined unless it is for the start of a file, for whoever loads programs. */
function keyOf({ file, backing, shared, from }: MapRequest): string | undefined {
  if (backing === undefined || file?.offset !== 0 || shared === true || from !== undefined) return undefined;
  return `${backing.device}:${backing.inode}`;
}
