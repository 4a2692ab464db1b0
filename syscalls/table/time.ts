/** Clocks, sleeping, timers. `_time32` rows have 32-bit seconds on a 32-bit ABI; the plain names are the 64-bit calls. */
import { HOST, syscall } from '../../runtime/host';
import { CLOCK, ITIMER, O, TFD, TIMER } from '../constants';
import type { Context } from '../context';
import { sigeventIn } from '../conversion';
import {
  address,
  fd,
  flags,
  guestStruct,
  host,
  inoutStruct,
  inStruct,
  int,
  oneOf,
  outStruct,
  row,
  uint,
  type Implementation,
  type Row,
  type Table,
} from '../definition';

const clock = oneOf(CLOCK);

/** Both widths of a call, from one description. */
function bothWidths(name: string, make: (suffix: '' | '64') => Row): Table {
  return { [name]: make('64'), [`${name}_time32`]: make('') };
}

const timerfdCreate: Implementation = (c, id, how) =>
  c.newFd(syscall(HOST.timerfd_create, id, how | O.O_CLOEXEC), (how & O.O_CLOEXEC) !== 0);

/** Seconds left of the alarm that this one replaces, at least 1 if any time is left (alarm_setitimer). */
function alarm(c: Context, seconds: number): number {
  const old = c.arena.take(32);
  const r = syscall(HOST.setitimer, ITIMER['ITIMER_REAL']!, c.placeLongs(0, 0, seconds, 0), c.arena.host(old));
  if (r < 0) return r;
  const [left, microseconds] = [c.arena.view.getInt32(old + 16, true), c.arena.view.getInt32(old + 24, true)];
  return (left === 0 && microseconds > 0) || microseconds >= 500_000 ? left + 1 : left;
}

/** time(2): the seconds also go to a pointer unless it is NULL. */
function time(c: Context, result: number): number {
  const at = c.arena.take(16);
  syscall(HOST.clock_gettime, CLOCK['CLOCK_REALTIME_COARSE']!, c.arena.host(at));
  const seconds = c.arena.view.getInt32(at, true);
  const error = result === 0 ? 0 : c.put32(result, seconds);
  return error < 0 ? error : seconds;
}

/** The guest's timer numbers are the host's. They are remembered because execve deletes them. */
function timerCreate(c: Context, id: number, event: number, result: number): number {
  const at = c.arena.take(8);
  const r = syscall(HOST.timer_create, id, sigeventIn(c, event), c.arena.host(at));
  if (r < 0) return r;
  const timer = c.arena.view.getInt32(at, true);
  c.shared.timers.add(timer);
  const error = c.put32(result, timer);
  if (error < 0) timerDelete(c, timer);
  return error;
}

function timerDelete(c: Context, timer: number): number {
  c.shared.timers.delete(timer);
  return syscall(HOST.timer_delete, timer);
}

/** Deletes the timers that the guest has made, as execve does. */
export function deleteTimers(c: Context): void {
  for (const timer of c.shared.timers.all()) timerDelete(c, timer);
}

export const TIME: Table = {
  ...bothWidths('clock_gettime', (w) => row([clock, outStruct(`timespec${w}`)], host('clock_gettime'))),
  ...bothWidths('clock_settime', (w) => row([clock, inStruct(`timespec${w}`)], host('clock_settime'))),
  ...bothWidths('clock_getres', (w) => row([clock, outStruct(`timespec${w}`)], host('clock_getres'))),
  ...bothWidths('clock_nanosleep', (w) =>
    row([clock, flags(TIMER), inStruct(`timespec${w}`), outStruct(`timespec${w}`, 'interrupted')], host('clock_nanosleep')),
  ),
  ...bothWidths('sched_rr_get_interval', (w) => row([{ kind: 'int' }, outStruct(`timespec${w}`)], host('sched_rr_get_interval'))),
  ...bothWidths('timer_gettime', (w) => row([int, outStruct(`itimerspec${w}`)], host('timer_gettime'))),
  ...bothWidths('timer_settime', (w) =>
    row([int, flags(TIMER), inStruct(`itimerspec${w}`), outStruct(`itimerspec${w}`)], host('timer_settime')),
  ),
  timer_create: row([clock, guestStruct('sigevent', 'in'), guestStruct('int', 'out')], timerCreate),
  timer_getoverrun: row([int], host('timer_getoverrun')),
  timer_delete: row([int], timerDelete),
  clock_adjtime: row([clock, inoutStruct('timex64')], host('clock_adjtime')),
  clock_adjtime_time32: row([clock, inoutStruct('timex')], host('clock_adjtime')),
  adjtimex: row([inoutStruct('timex')], host('adjtimex')),
  ...bothWidths('timerfd_gettime', (w) => row([fd, outStruct(`itimerspec${w}`)], host('timerfd_gettime'))),
  ...bothWidths('timerfd_settime', (w) =>
    row([fd, flags(TIMER), inStruct(`itimerspec${w}`), outStruct(`itimerspec${w}`)], host('timerfd_settime')),
  ),
  timerfd_create: row([clock, flags(TFD, 'open')], timerfdCreate, 'fd'),
  nanosleep: row([inStruct('timespec'), outStruct('timespec', 'interrupted')], host('nanosleep')),
  gettimeofday: row([outStruct('timeval'), outStruct('timezone')], host('gettimeofday')),
  settimeofday: row([inStruct('timeval'), inStruct('timezone')], host('settimeofday')),
  time: row([address], time),
  times: row([outStruct('tms')], host('times')),
  getitimer: row([oneOf(ITIMER), outStruct('itimerval')], host('getitimer')),
  alarm: row([uint], alarm),
  setitimer: row([oneOf(ITIMER), inStruct('itimerval'), outStruct('itimerval')], host('setitimer')),
};
