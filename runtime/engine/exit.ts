/** Why the engine returned to the process (or machine) loop. The pc to go on at is in the CPU state. */
import type { GuestFault } from '../../translate/guest-access';
import { ExitCode } from '../../translate/ir/state';
import { TRAP_KINDS, type TrapKind } from '../../translate/ir/types';

export type Exit =
  | { readonly kind: 'syscall'; readonly info: number }
  | { readonly kind: 'trap'; readonly trap: TrapKind; readonly info: number }
  | { readonly kind: 'fault'; readonly fault: GuestFault }
  /** The headroom was taken away: a signal, a stop request. */
  | { readonly kind: 'pending' };

/** What compiled code reports in the `exit` and `exit_info` fields. */
export function decodeExit(code: number, info: number): Exit {
  if (code === ExitCode.Syscall) return { kind: 'syscall', info };
  return { kind: 'trap', trap: TRAP_KINDS[code - ExitCode.FirstTrap]!, info };
}
