/** System calls that the 32-bit ABIs have in common, and those of them that have a second one for wide times or file offsets. */
import { UNIFIED_NUMBERS } from '../../runtime/host';

/** Numbers of the calls with 64-bit times, and of all that came after them; MIPS adds its base. */
export const ILP32_NUMBERS = {
  clock_gettime64: 403,
  clock_settime64: 404,
  clock_adjtime64: 405,
  clock_getres_time64: 406,
  clock_nanosleep_time64: 407,
  timer_gettime64: 408,
  timer_settime64: 409,
  timerfd_gettime64: 410,
  timerfd_settime64: 411,
  utimensat_time64: 412,
  pselect6_time64: 413,
  ppoll_time64: 414,
  io_pgetevents_time64: 416,
  recvmmsg_time64: 417,
  mq_timedsend_time64: 418,
  mq_timedreceive_time64: 419,
  semtimedop_time64: 420,
  rt_sigtimedwait_time64: 421,
  futex_time64: 422,
  sched_rr_get_interval_time64: 423,
  ...UNIFIED_NUMBERS,
} as const;

/** Calls whose plain name passes 32-bit times; the row is `NAME_time32`, and `NAME` serves the 64-bit one. */
const TIME64_CALLS: Readonly<Record<string, string>> = {
  clock_gettime: 'clock_gettime64',
  clock_settime: 'clock_settime64',
  clock_getres: 'clock_getres_time64',
  clock_nanosleep: 'clock_nanosleep_time64',
  timerfd_gettime: 'timerfd_gettime64',
  timerfd_settime: 'timerfd_settime64',
  utimensat: 'utimensat_time64',
  pselect6: 'pselect6_time64',
  ppoll: 'ppoll_time64',
  recvmmsg: 'recvmmsg_time64',
  futex: 'futex_time64',
  rt_sigtimedwait: 'rt_sigtimedwait_time64',
  sched_rr_get_interval: 'sched_rr_get_interval_time64',
  clock_adjtime: 'clock_adjtime64',
  timer_gettime: 'timer_gettime64',
  timer_settime: 'timer_settime64',
  semtimedop: 'semtimedop_time64',
  mq_timedsend: 'mq_timedsend_time64',
  mq_timedreceive: 'mq_timedreceive_time64',
};

/** Rows that serve the calls of a 32-bit ABI with these numbers otherwise than by their names (Abi.rows). */
export function ilp32Rows(numbers: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  const times = Object.entries(TIME64_CALLS).flatMap(([n, wide]) => [[n, `${n}_time32`] as const, [wide, n] as const]);
  return {
    ...Object.fromEntries(times.filter(([n]) => Object.hasOwn(numbers, n))),
    fcntl64: 'fcntl',
    sendfile: 'sendfile_off32',
    sendfile64: 'sendfile',
    truncate: 'truncate_off32',
    truncate64: 'truncate',
    ftruncate: 'ftruncate_off32',
    ftruncate64: 'ftruncate',
    lseek: 'lseek_off32',
    _newselect: 'select',
  };
}
