/** The one implementation table: every row by name, as on a 64-bit kernel. */
import type { Row, Table } from '../definition';

/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports --
   Each table is made when a call is looked for that those before it do not have: most programs need the first dozen, and all
   of them take 3 ms of each start. The bundler knows `require`. */
const TABLES: readonly (() => Table)[] = [
  () => (require('./read-write') as typeof import('./read-write')).READ_WRITE,
  () => (require('./memory') as typeof import('./memory')).MEMORY,
  () => (require('./open') as typeof import('./open')).OPEN,
  () => (require('./stat') as typeof import('./stat')).STAT,
  () => (require('./paths') as typeof import('./paths')).PATHS,
  () => (require('./arm') as typeof import('./arm')).ARM,
  () => (require('./identity') as typeof import('./identity')).IDENTITY,
  () => (require('./system') as typeof import('./system')).SYSTEM,
  () => (require('./time') as typeof import('./time')).TIME,
  () => (require('./fcntl') as typeof import('./fcntl')).FCNTL_CALLS,
  () => (require('./prctl') as typeof import('./prctl')).PRCTL,
  () => (require('./signals') as typeof import('./signals')).SIGNAL_CALLS,
  () => (require('./futex') as typeof import('./futex')).FUTEXES,
  () => (require('./exec') as typeof import('./exec')).EXEC,
  () => (require('./processes') as typeof import('./processes')).PROCESSES,
  () => (require('./poll') as typeof import('./poll')).POLL,
  () => (require('./ioctl') as typeof import('./ioctl')).IOCTL_CALLS,
  () => (require('./old-signals') as typeof import('./old-signals')).OLD_SIGNALS,
  () => (require('./mips') as typeof import('./mips')).MIPS,
  () => (require('./ppc') as typeof import('./ppc')).PPC,
  () => (require('./sockets') as typeof import('./sockets')).SOCKETS,
  () => (require('./events') as typeof import('./events')).EVENTS,
  () => (require('./multiplexers') as typeof import('./multiplexers')).MULTIPLEXERS,
  () => (require('./ipc') as typeof import('./ipc')).IPC,
  () => (require('./refused') as typeof import('./refused')).REFUSED,
  () => (require('./administration') as typeof import('./administration')).ADMINISTRATION,
  () => (require('./mounts') as typeof import('./mounts')).MOUNTS,
  () => (require('./message-queues') as typeof import('./message-queues')).MESSAGE_QUEUES,
  () => (require('./numa') as typeof import('./numa')).NUMA,
  () => (require('./keys') as typeof import('./keys')).KEYS,
];
/* eslint-enable */

/** The row of a name. Looked for table by table: putting all of them into one takes 1 to 2 ms of each start. */
export function rowOf(name: string): Row | undefined {
  for (const table of TABLES) {
    const rows = table();
    if (Object.hasOwn(rows, name)) return rows[name];
  }
  return undefined;
}

/** All rows by name, for what goes through them. */
export const allRows = (): Table => Object.assign({}, ...TABLES.map((table) => table())) as Table;
