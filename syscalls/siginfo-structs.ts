/** siginfo_t (include/uapi/asm-generic/siginfo.h): three ints and a union, each member of which is a struct of its own here. */
import type { FieldSpec, StructSpec } from './struct-codec';

const HEAD: readonly FieldSpec[] = [
  ['si_signo', 'i32'],
  ['si_errno', 'i32'],
  ['si_code', 'i32'],
  // the union holds pointers
  ['_union', 'pointer', 0],
];

const member = (...fields: FieldSpec[]): StructSpec => ({ fields: [...HEAD, ...fields] });

/** The members by kind. Bytes that a kind does not have are zero in siginfo_t, which has 128 of them in every ABI. */
export const SIGINFO_STRUCTS = {
  siginfo_kill: member(['si_pid', 'i32'], ['si_uid', 'u32']),
  siginfo_rt: member(['si_pid', 'i32'], ['si_uid', 'u32'], ['si_value', 'pointer']),
  siginfo_timer: member(['si_timerid', 'i32'], ['si_overrun', 'i32'], ['si_value', 'pointer']),
  siginfo_chld: member(['si_pid', 'i32'], ['si_uid', 'u32'], ['si_status', 'i32'], ['si_utime', 'long'], ['si_stime', 'long']),
  siginfo_fault: member(['si_addr', 'pointer']),
  siginfo_poll: member(['si_band', 'long'], ['si_fd', 'i32']),
  /** What waitid(2) fills in. */
  siginfo_child: member(['si_pid', 'i32'], ['si_uid', 'u32'], ['si_status', 'i32']),
  siginfo_sys: member(['si_call_addr', 'pointer'], ['si_syscall', 'i32'], ['si_arch', 'u32']),
} as const satisfies Record<string, StructSpec>;
