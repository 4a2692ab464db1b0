/** The one implementation table: every row by name, as on a 64-bit kernel. */
import type { Row, Table } from '../definition';
import { ADMINISTRATION } from './administration';
import { ARM } from './arm';
import { EVENTS } from './events';
import { EXEC } from './exec';
import { FCNTL_CALLS } from './fcntl';
import { FUTEXES } from './futex';
import { IDENTITY } from './identity';
import { IOCTL_CALLS } from './ioctl';
import { IPC } from './ipc';
import { KEYS } from './keys';
import { MEMORY } from './memory';
import { MESSAGE_QUEUES } from './message-queues';
import { MOUNTS } from './mounts';
import { MULTIPLEXERS } from './multiplexers';
import { NUMA } from './numa';
import { MIPS } from './mips';
import { OLD_SIGNALS } from './old-signals';
import { OPEN } from './open';
import { PATHS } from './paths';
import { POLL } from './poll';
import { PPC } from './ppc';
import { PROCESSES } from './processes';
import { PRCTL } from './prctl';
import { READ_WRITE } from './read-write';
import { REFUSED } from './refused';
import { SIGNAL_CALLS } from './signals';
import { SOCKETS } from './sockets';
import { STAT } from './stat';
import { SYSTEM } from './system';
import { TIME } from './time';

const TABLES: readonly Table[] = [
  OPEN,
  READ_WRITE,
  PATHS,
  STAT,
  FCNTL_CALLS,
  IOCTL_CALLS,
  MEMORY,
  POLL,
  TIME,
  SOCKETS,
  IDENTITY,
  EVENTS,
  IPC,
  MESSAGE_QUEUES,
  MOUNTS,
  NUMA,
  KEYS,
  ADMINISTRATION,
  MULTIPLEXERS,
  PRCTL,
  REFUSED,
  SYSTEM,
  FUTEXES,
  EXEC,
  PROCESSES,
  SIGNAL_CALLS,
  OLD_SIGNALS,
  ARM,
  MIPS,
  PPC,
];

/** The row of a name. Looked for table by table: putting all of them into one takes 1 to 2 ms of each start. */
export function rowOf(name: string): Row | undefined {
  return TABLES.find((table) => Object.hasOwn(table, name))?.[name];
}

/** All rows by name, for what goes through them. */
export const allRows = (): Table => Object.assign({}, ...TABLES) as Table;
