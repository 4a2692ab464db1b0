/** The one implementation table: every row by name, as on a 64-bit kernel. */
import type { Table } from '../definition';
import { ARM } from './arm';
import { FCNTL_CALLS } from './fcntl';
import { IDENTITY } from './identity';
import { IOCTL_CALLS } from './ioctl';
import { MEMORY } from './memory';
import { OPEN } from './open';
import { PATHS } from './paths';
import { POLL } from './poll';
import { READ_WRITE } from './read-write';
import { SIGNAL_CALLS } from './signals';
import { SOCKETS } from './sockets';
import { STAT } from './stat';
import { SYSTEM } from './system';
import { TIME } from './time';

export const ROWS: Table = {
  ...OPEN,
  ...READ_WRITE,
  ...PATHS,
  ...STAT,
  ...FCNTL_CALLS,
  ...IOCTL_CALLS,
  ...MEMORY,
  ...POLL,
  ...TIME,
  ...SOCKETS,
  ...IDENTITY,
  ...SYSTEM,
  ...SIGNAL_CALLS,
  ...ARM,
};
