/** Converts siginfo_t, of whose union si_signo and si_code tell the member (kernel/signal.c, siginfo_layout). */
import { SIGNALS } from './constants';
import type { Context } from './context';
import type { SIGINFO_STRUCTS } from './siginfo-structs';

export const SIGINFO_BYTES = 128;

export type SiginfoStruct = keyof typeof SIGINFO_STRUCTS;

/** Values of si_code for signals that are not the kernel's own. */
export const SI = { USER: 0, QUEUE: -1, TIMER: -2, MESGQ: -3, ASYNCIO: -4, SIGIO: -5, TKILL: -6, KERNEL: 0x80 } as const;

const BY_SIGNAL = new Map<number, SiginfoStruct>([
  ...['ILL', 'TRAP', 'BUS', 'FPE', 'SEGV'].map((n) => [SIGNALS[`SIG${n}`]!, 'siginfo_fault'] as const),
  [SIGNALS['SIGCHLD']!, 'siginfo_chld'],
  [SIGNALS['SIGIO']!, 'siginfo_poll'],
  [SIGNALS['SIGSYS']!, 'siginfo_sys'],
]);

/** Which member of the union counts. */
export function siginfoStruct(signal: number, code: number): SiginfoStruct {
  if (code > 0 && code !== SI.KERNEL) return BY_SIGNAL.get(signal) ?? 'siginfo_kill';
  if (code === SI.TIMER) return 'siginfo_timer';
  if (code === SI.SIGIO) return 'siginfo_poll';
  return code === SI.QUEUE || code === SI.MESGQ || code === SI.ASYNCIO ? 'siginfo_rt' : 'siginfo_kill';
}

/**
 * Copies a host siginfo_t to guest memory, which must be writable. `source` is in host memory that JavaScript sees.
 */
export function siginfoToGuest(c: Context, source: DataView, at: number, address: number): void {
  const name = siginfoStruct(source.getInt32(at, true), source.getInt32(at + 8, true));
  const copier = c.toGuest(name, name);
  c.memory.u8.fill(0, address, address + SIGINFO_BYTES);
  copier.copy(source, at, c.memory.view, address);
}

/** Copies a guest siginfo_t, which must be readable, to host memory that JavaScript sees. */
export function siginfoFromGuest(c: Context, address: number, target: DataView, at: number): void {
  const head = c.fromGuest('siginfo_kill', 'siginfo_kill');
  head.copy(c.memory.view, address, target, at);
  // A process may only send what is not the kernel's, and that always carries a value
  const name = target.getInt32(at + 8, true) === SI.TIMER ? 'siginfo_timer' : 'siginfo_rt';
  new Uint8Array(target.buffer, target.byteOffset + at, SIGINFO_BYTES).fill(0);
  c.fromGuest(name, name).copy(c.memory.view, address, target, at);
}
