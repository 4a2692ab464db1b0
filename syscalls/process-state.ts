/** What the threads of a process share in this layer besides descriptors: memory that all of them see. */
import { COOKIE_BYTES, DirectoryCookies } from './directory-cookies';
import { DISPOSITION_BYTES, Dispositions } from './signal-state';

/** Resources (RLIM_NLIMITS), and POSIX timers that can exist at once and be remembered. */
const RESOURCES = 16;
const TIMERS = 1024;

const LIMITS_AT = Math.ceil(DISPOSITION_BYTES / 8) * 8;
const TIMERS_AT = LIMITS_AT + 16 * RESOURCES;
const COOKIES_AT = TIMERS_AT + 4 * TIMERS;

export class ProcessState {
  readonly dispositions: Dispositions;
  /** Directory positions for guests whose off_t cannot hold them. */
  readonly cookies: DirectoryCookies;
  readonly limits: Limits;
  readonly timers: Timers;

  /** @param buffer of the state that another thread of the process has */
  constructor(readonly buffer = new SharedArrayBuffer(COOKIES_AT + COOKIE_BYTES)) {
    this.dispositions = new Dispositions(buffer);
    this.limits = new Limits(buffer);
    this.timers = new Timers(buffer);
    this.cookies = new DirectoryCookies(buffer, COOKIES_AT);
  }
}

/** Limits the guest has set that must not bind the emulator itself. */
export class Limits {
  /** Soft and hard, plus 1; 0 where none has been set. */
  private readonly values: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.values = new Float64Array(buffer, LIMITS_AT, 2 * RESOURCES);
  }

  get(resource: number): readonly [soft: number, hard: number] | undefined {
    const [soft, hard] = this.values.subarray(2 * resource, 2 * resource + 2);
    return soft === undefined || hard === undefined || hard === 0 ? undefined : [soft - 1, hard - 1];
  }

  set(resource: number, [soft, hard]: readonly [number, number]): void {
    this.values.set([soft + 1, hard + 1], 2 * resource);
  }

  /** All that have been set. */
  entries(): (readonly [resource: number, limits: readonly [number, number]])[] {
    return Array.from({ length: RESOURCES }, (_, n) => n).flatMap((n) => {
      const limits = this.get(n);
      return limits === undefined ? [] : [[n, limits] as const];
    });
  }
}

/** POSIX timers the guest has made; the numbers are the host's. */
export class Timers {
  /** Their numbers plus 1, in any order; 0 in free places. The kernel counts on and on. */
  private readonly places: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.places = new Int32Array(buffer, TIMERS_AT, TIMERS);
  }

  add(timer: number): void {
    for (let i = 0; i < TIMERS; i++) if (Atomics.compareExchange(this.places, i, 0, timer + 1) === 0) return;
  }

  delete(timer: number): void {
    const i = this.places.indexOf(timer + 1);
    if (i >= 0) Atomics.store(this.places, i, 0);
  }

  clear(): void {
    this.places.fill(0);
  }

  all(): number[] {
    const all: number[] = [];
    for (const n of this.places) if (n !== 0) all.push(n - 1);
    return all;
  }
}
