/** Runs a guest program: the library's interface. */
import { Log, startupReport, writeAll } from '../runtime/debug';
import { dieBySignal, exitGroup, makeCoresSmall } from '../runtime/host';
import type { RunConfig } from './config';
import { Process } from './guest-process';
import type { RunObserver } from './observer';

export { ConfigurationError, cpuModels } from './targets';
export { Process } from './guest-process';
export type { RunConfig } from './config';
export type { RunObserver } from './observer';
export type { Outcome } from './outcome';

const STDERR = 2;

/**
 * Loads and runs a program; ends the host process the way the guest ended.
 * @throws LoadError before the guest has started
 */
export function runProgram(config: RunConfig, observer?: RunObserver): never {
  // The kernel itself may end the process by a signal
  makeCoresSmall();
  const log = new Log(config.log.items, config.log.file);
  const outcome = new Process(config, log, observer).run();
  log.flush();
  const report = startupReport() + (observer?.ended() ?? '');
  if (report !== '') writeAll(STDERR, Buffer.from(report));
  return outcome.kind === 'exit' ? exitGroup(outcome.status) : dieBySignal(outcome.signal);
}
