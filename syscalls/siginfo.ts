/** Converts siginfo_t, of whose union si_signo and si_code tell the member (kernel/signal.c, siginfo_layout). */
import type { Abi } from './abi/abi';
import { SIGNALS } from './constants';
import type { Context } from './context';
import { guestSignal, hostSignal } from './signal-sets';
import type { SIGINFO_STRUCTS } from './siginfo-structs';
import { readField, writeField } from './struct-codec';

export const SIGINFO_BYTES = 128;

export type SiginfoStruct = keyof typeof SIGINFO_STRUCTS;

/** Values of si_code for signals that are not the kernel's own. */
export const SI = { USER: 0, QUEUE: -1, TIMER: -2, MESGQ: -3, ASYNCIO: -4, SIGIO: -5, TKILL: -6, KERNEL: 0x80 } as const;

/** Names of the kernel's own codes by signal, from 1 on. */
export const SI_KERNEL_CODES: Readonly<Record<string, readonly string[]>> = {
  SIGILL: ['ILL_ILLOPC', 'ILL_ILLOPN', 'ILL_ILLADR', 'ILL_ILLTRP', 'ILL_PRVOPC', 'ILL_PRVREG', 'ILL_COPROC', 'ILL_BADSTK'],
  SIGFPE: ['FPE_INTDIV', 'FPE_INTOVF', 'FPE_FLTDIV', 'FPE_FLTOVF', 'FPE_FLTUND', 'FPE_FLTRES', 'FPE_FLTINV', 'FPE_FLTSUB'],
  SIGSEGV: ['SEGV_MAPERR', 'SEGV_ACCERR', 'SEGV_BNDERR', 'SEGV_PKUERR'],
  SIGBUS: ['BUS_ADRALN', 'BUS_ADRERR', 'BUS_OBJERR', 'BUS_MCEERR_AR', 'BUS_MCEERR_AO'],
  SIGTRAP: ['TRAP_BRKPT', 'TRAP_TRACE', 'TRAP_BRANCH', 'TRAP_HWBKPT'],
  SIGCHLD: ['CLD_EXITED', 'CLD_KILLED', 'CLD_DUMPED', 'CLD_TRAPPED', 'CLD_STOPPED', 'CLD_CONTINUED'],
  SIGIO: ['POLL_IN', 'POLL_OUT', 'POLL_MSG', 'POLL_ERR', 'POLL_PRI', 'POLL_HUP'],
  SIGSYS: ['SYS_SECCOMP', 'SYS_USER_DISPATCH'],
};

const BY_SIGNAL = new Map<number, SiginfoStruct>([
  ...['ILL', 'TRAP', 'BUS', 'FPE', 'SEGV'].map((n) => [SIGNALS[`SIG${n}`]!, 'siginfo_fault'] as const),
  [SIGNALS['SIGCHLD']!, 'siginfo_chld'],
  [SIGNALS['SIGIO']!, 'siginfo_poll'],
  [SIGNALS['SIGSYS']!, 'siginfo_sys'],
]);

const POLL_HUP = 6;

/** What the guest calls one of the codes in `SI`. */
function guestCode(abi: Abi, code: number): number {
  const own = abi.constants.signalCode;
  const name = own === undefined ? undefined : Object.keys(own).find((n) => SI[n as keyof typeof SI] === code);
  return name === undefined ? code : own![name]!;
}

function hostCode(abi: Abi, code: number): number {
  const own = abi.constants.signalCode ?? {};
  const name = Object.keys(own).find((n) => own[n] === code);
  return name === undefined ? code : SI[name as keyof typeof SI];
}

/** Which member of the union counts. */
export function siginfoStruct(signal: number, code: number): SiginfoStruct {
  // signals that a descriptor sends in the place of SIGIO have its codes (F_SETSIG)
  if (code > 0 && code !== SI.KERNEL) return BY_SIGNAL.get(signal) ?? (code <= POLL_HUP ? 'siginfo_poll' : 'siginfo_kill');
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
  const put = (field: string, value: number): void => writeField(c.memory.view, address, copier.to, field, value);
  put('si_signo', guestSignal(c.abi, source.getInt32(at, true)));
  put('si_code', guestCode(c.abi, source.getInt32(at + 8, true)));
  if (name === 'siginfo_poll') put('si_fd', c.fds.guest(readField(source, at, copier.from, 'si_fd')));
}

/** Copies a guest siginfo_t, which must be readable, to host memory that JavaScript sees. */
export function siginfoFromGuest(c: Context, address: number, target: DataView, at: number): void {
  const head = c.fromGuest('siginfo_kill', 'siginfo_kill');
  head.copy(c.memory.view, address, target, at);
  // A process may only send what is not the kernel's, and that always carries a value
  const code = hostCode(c.abi, target.getInt32(at + 8, true));
  const name = code === SI.TIMER ? 'siginfo_timer' : 'siginfo_rt';
  new Uint8Array(target.buffer, target.byteOffset + at, SIGINFO_BYTES).fill(0);
  c.fromGuest(name, name).copy(c.memory.view, address, target, at);
  target.setInt32(at, hostSignal(c.abi, target.getInt32(at, true)), true);
  target.setInt32(at + 8, code, true);
}
