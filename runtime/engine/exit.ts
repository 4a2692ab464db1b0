/** Why the engine returned to the process (or machine) loop. The pc to go on at is in the CPU state. */
import type { GuestFault } from '../../translate/guest-access';
import { TRAP_KINDS, type TrapKind } from '../../translate/ir/types';

export type Exit =
  | { readonly kind: 'syscall'; readonly info: number }
  | { readonly kind: 'trap'; readonly trap: TrapKind; readonly info: number }
  | { readonly kind: 'fault'; readonly fault: GuestFault }
  /** The pending flag was set: a signal, a stop request. */
  | { readonly kind: 'pending' };

/**
 * Values of the `exit` state field that compiled code sets before it returns NO_PC; where to go on is
 * then in the fields `pc` and `mode`. `Relocate` only says that the mode is not 0.
 */
export const ExitCode = { None: 0, Syscall: 1, Relocate: 2, FirstTrap: 16 } as const;

/** What compiled code reports in the `exit` and `exit_info` fields. */
export function decodeExit(code: number, info: number): Exit {
  if (code === ExitCode.Syscall) return { kind: 'syscall', info };
  return { kind: 'trap', trap: TRAP_KINDS[code - ExitCode.FirstTrap]!, info };
}
