/**
 * What is noted of a host fd in the descriptor table (FdTable.note), because its contents or the names
 * below it need translation. 0 means that nobody has looked.
 */
export const NOTE = {
  unknown: 0,
  /** Bytes are bytes. */
  plain: 1,
  /** A directory in /proc, whose files may have to be the guest's. */
  procDirectory: 2,
  /** Counters of 64 bits: eventfd, timerfd. */
  counter: 3,
  signalfd: 4,
  inotify: 5,
  fanotify: 6,
  netlink: 7,
} as const;
