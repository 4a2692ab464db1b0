/** What the guest has set for each signal: disposition, mask, alternate stack. Guest signal numbers are asm-generic ones. */
import { SIGNALS } from './constants';

export const NSIG = 64;
export const SIG_DFL = 0;
export const SIG_IGN = 1;

/** Leaves the call when a signal ends the guest. */
export class ProcessKilled extends Error {
  constructor(readonly signal: number) {
    super(`guest killed by signal ${signal}`);
  }
}

/** Leaves the call when the guest exits. `status` is the low 8 bits. */
export class ProcessExit extends Error {
  constructor(readonly status: number) {
    super(`guest exit ${status}`);
  }
}

export interface Disposition {
  /** Guest address of the handler, or SIG_DFL or SIG_IGN. */
  handler: number;
  flags: number;
  restorer: number;
  /** Signals blocked while the handler runs: bit 0 of `maskLow` is signal 1. */
  maskLow: number;
  maskHigh: number;
}

const named = (...names: string[]): ReadonlySet<number> => new Set(names.map((n) => SIGNALS[`SIG${n}`]!));

/** Default action (signal(7)) where it is not to end the process. */
const IGNORED_BY_DEFAULT = named('CHLD', 'CONT', 'URG', 'WINCH');
const STOPS_BY_DEFAULT = named('STOP', 'TSTP', 'TTIN', 'TTOU');
const UNBLOCKABLE = named('KILL', 'STOP');

export type Effect = 'none' | 'kill' | 'stop' | 'pending';

export class SignalState {
  readonly dispositions: Disposition[] = [];
  maskLow = 0;
  maskHigh = 0;
  pendingLow = 0;
  pendingHigh = 0;
  /** sigaltstack(2); SS_DISABLE is 2. */
  altStack = { sp: 0, flags: 2, size: 0 };

  constructor() {
    for (let i = 0; i <= NSIG; i++) this.dispositions.push({ handler: SIG_DFL, flags: 0, restorer: 0, maskLow: 0, maskHigh: 0 });
  }

  /** In a new child: what was sent to its parent is not pending for it. */
  forked(): void {
    this.pendingLow = this.pendingHigh = 0;
  }

  /** execve(2). Returns the signals that had a handler. */
  exec(): number[] {
    const handled: number[] = [];
    for (const [n, d] of this.dispositions.entries()) {
      if (d.handler > SIG_IGN) handled.push(n);
      Object.assign(d, { handler: d.handler === SIG_IGN ? SIG_IGN : SIG_DFL, flags: 0, restorer: 0, maskLow: 0, maskHigh: 0 });
    }
    this.altStack = { sp: 0, flags: 2, size: 0 };
    return handled;
  }

  /** Replaces the mask; SIGKILL and SIGSTOP cannot be blocked. */
  setMask(low: number, high: number): void {
    let allowed = low;
    for (const s of UNBLOCKABLE) allowed &= ~(1 << (s - 1));
    this.maskLow = allowed;
    this.maskHigh = high;
  }

  isBlocked(signal: number): boolean {
    return bit(this.maskLow, this.maskHigh, signal);
  }

  isPending(signal: number): boolean {
    return bit(this.pendingLow, this.pendingHigh, signal);
  }

  private setPending(signal: number, on: boolean): void {
    const mask = 1 << ((signal - 1) & 31);
    if (signal > 32) this.pendingHigh = on ? this.pendingHigh | mask : this.pendingHigh & ~mask;
    else this.pendingLow = on ? this.pendingLow | mask : this.pendingLow & ~mask;
  }

  /** What sending a signal to this process does now. A handled or blocked signal stays pending. */
  raise(signal: number): Effect {
    const { handler } = this.dispositions[signal]!;
    const stays = this.isBlocked(signal) && !UNBLOCKABLE.has(signal);
    if (!stays && (handler === SIG_IGN || (handler === SIG_DFL && IGNORED_BY_DEFAULT.has(signal)))) return 'none';
    if (stays || handler !== SIG_DFL) {
      this.setPending(signal, true);
      return 'pending';
    }
    return STOPS_BY_DEFAULT.has(signal) ? 'stop' : 'kill';
  }

  /** Pending signals that a change of mask let through and whose disposition needs no handler, lowest first. */
  takeDeliverable(): number[] {
    const out: number[] = [];
    if ((this.pendingLow | this.pendingHigh) === 0) return out;
    for (let s = 1; s <= NSIG; s++) {
      if (!this.isPending(s) || this.isBlocked(s) || this.dispositions[s]!.handler > SIG_IGN) continue;
      this.setPending(s, false);
      out.push(s);
    }
    return out;
  }
}

function bit(low: number, high: number, signal: number): boolean {
  return (((signal > 32 ? high : low) >>> ((signal - 1) & 31)) & 1) !== 0;
}
