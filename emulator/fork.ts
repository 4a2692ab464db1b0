/** fork(2) of a guest process by any of its threads. */
import type { Engine } from '../runtime/engine';
import { forkProcess, HOST, suspendOptimisation, syscall } from '../runtime/host';
import type { ThreadGroup } from '../runtime/process/thread-group';
import { polledWord, sayRefused, type GuestServices } from './guest-services';

const ENOSYS = 38;
/** Bytes of a guest's address space. */
const GUEST_BYTES = 2 ** 32;

/**
 * Makes a child process, in which the calling thread is the only one.
 * @param engine of the calling thread
 * @param group absent while the process has no other threads
 * @param flags of clone(2) that suit a child with memory of its own, and its exit signal
 * @param pidfd host address for CLONE_PIDFD's result
 * @returns as clone(2): 0 in the child; -ENOSYS, and a line in the log, if the host refuses executable memory
 */
export function forkGuest(
  { machine, log }: Pick<GuestServices, 'machine' | 'log'>,
  engine: Engine,
  group: ThreadGroup | undefined,
  flags: number,
  pidfd: number,
): number {
  const { space } = machine;
  log.flush();
  engine.interpreter.makeLoop();
  const fork = (): number => forkProcess(flags, pidfd, { start: space.base, end: space.base + GUEST_BYTES });
  const pid = group === undefined ? fork() : group.lock.run(() => space.undisturbed(fork));
  if (pid === 0) {
    group?.begin(syscall(HOST.gettid), polledWord(machine));
    suspendOptimisation();
    log.forked();
  }
  if (pid === -ENOSYS) sayRefused(log, 'no child processes');
  return pid;
}
