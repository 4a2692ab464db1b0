/** Makes signals that have arrived, and faults of the guest's own, happen to it: handlers run or the process ends. */
import { HOST, syscall, type ArrivedSignal } from '../runtime/host';
import type { GuestMemory } from '../runtime/memory';
import { defaultAction, SA, SIG_DFL, SIG_IGN, SS, type Disposition, type SystemCalls } from '../syscalls';
import type { CpuState } from '../translate/ir/cpu-state';
import type { Outcome } from './outcome';
import type { FaultRecord, SignalFrames } from './signal-frame';

const SIGSEGV = 11;
const SIGSTOP = 19;
const SI_KERNEL = 0x80;
const SIGINFO_BYTES = 128;
/** Offset of si_addr in the host's siginfo_t. */
const SI_ADDR = 16;

/** A signal that an instruction of the guest raises. */
export interface SynchronousSignal {
  readonly signal: number;
  /** si_code. */
  readonly code: number;
  /** Guest address, si_addr. */
  readonly address: number;
  /** For a fault of a data access. */
  readonly fault: FaultRecord | undefined;
}

export class SignalDelivery {
  constructor(
    private readonly frames: SignalFrames,
    private readonly state: CpuState,
    private readonly memory: GuestMemory,
    private readonly calls: SystemCalls,
  ) {}

  /** Delivers all that has arrived. Returns how the process ends, if it does. */
  deliver(): Outcome | undefined {
    const { signals } = this.calls;
    while (signals.pending) {
      for (const arrived of signals.take()) {
        if (signals.isBlocked(arrived.signal)) {
          signals.putBack(arrived);
          continue;
        }
        const outcome = this.dispatch(arrived);
        if (outcome !== undefined) return outcome;
      }
      signals.resume();
    }
    return undefined;
  }

  private dispatch(arrived: ArrivedSignal): Outcome | undefined {
    const { signal } = arrived;
    const { signals } = this.calls;
    const d = signals.dispositions.get(signal);
    this.calls.traceSignal(arrived.info);
    if (d.handler === SIG_IGN) return undefined;
    if (d.handler !== SIG_DFL) return this.enterHandler(arrived, d, undefined);
    switch (defaultAction(signal)) {
      case 'ignore':
        return undefined;
      case 'stop':
        syscall(HOST.kill, syscall(HOST.getpid), SIGSTOP);
        return undefined;
      case 'kill':
        return { kind: 'signal', signal };
    }
  }

  /** Raises a signal that cannot be put off: blocked or ignored it ends the process (kernel/signal.c, force_sig_info). */
  force({ signal, code, address, fault }: SynchronousSignal): Outcome | undefined {
    const { signals } = this.calls;
    const d = signals.dispositions.get(signal);
    const info = new DataView(new ArrayBuffer(SIGINFO_BYTES));
    info.setInt32(0, signal, true);
    info.setInt32(8, code, true);
    info.setUint32(SI_ADDR, address, true);
    this.calls.traceSignal(info);
    if (d.handler === SIG_DFL || d.handler === SIG_IGN || signals.isBlocked(signal)) return { kind: 'signal', signal };
    const outcome = this.enterHandler({ signal, info }, d, fault);
    signals.resume();
    return outcome;
  }

  private enterHandler({ signal, info }: ArrivedSignal, d: Disposition, fault: FaultRecord | undefined): Outcome | undefined {
    const { signals } = this.calls;
    const { altStack } = signals;
    const sp = this.frames.stackPointer(this.state);
    const on = signals.onAltStack(sp);
    const switches = (d.flags & SA.ONSTACK) !== 0 && altStack.size !== 0 && !on;
    const pushed = this.frames.push(this.state, this.memory, {
      signal: this.calls.guestSignal(signal),
      handler: d.handler,
      restorer: (d.flags & SA.RESTORER) !== 0 ? d.restorer : undefined,
      wantsInfo: (d.flags & SA.SIGINFO) !== 0,
      writeInfo: (at) => this.calls.writeSiginfo(info, at),
      maskLow: this.calls.maskForGuest(signals.maskLow),
      maskHigh: signals.maskHigh,
      altStack: on ? { ...altStack, flags: altStack.flags | SS.ONSTACK } : altStack,
      stackPointer: switches ? altStack.sp + altStack.size : sp,
      fault,
    });
    if (!pushed) return this.badFrame(signal);
    if ((altStack.flags & SS.AUTODISARM) !== 0) signals.altStack = { sp: 0, flags: SS.DISABLE, size: 0 };
    signals.beginHandler(signal, d);
    return undefined;
  }

  /** No room for a frame: SIGSEGV, which ends the process if it is SIGSEGV's own handler that cannot run (force_sigsegv). */
  private badFrame(signal: number): Outcome | undefined {
    if (signal === SIGSEGV) return { kind: 'signal', signal };
    return this.force({ signal: SIGSEGV, code: SI_KERNEL, address: 0, fault: undefined });
  }

  /** sigreturn: goes back to what a handler has interrupted. */
  leaveHandler(withInfo: boolean): Outcome | undefined {
    const { signals } = this.calls;
    const restored = this.frames.pop(this.state, this.memory, withInfo);
    if (restored === undefined) return this.badFrame(0);
    const { altStack } = restored;
    if (altStack !== undefined && !signals.onAltStack(this.frames.stackPointer(this.state)))
      signals.altStack = { sp: altStack.sp, flags: (altStack.flags & ~SS.ONSTACK) >>> 0, size: altStack.size };
    signals.setMask(this.calls.maskFromGuest(restored.maskLow), restored.maskHigh);
    return undefined;
  }
}
