/**
 * What is noted of a host fd in the descriptor table (FdTable.note), because its contents or the names
 * below it need translation. 0 means that nobody has looked.
 */
export const NOTE = {
  unknown: 0,
  /** Bytes are bytes. */
  plain: 1,
  /** A file or directory in /proc; the names in it may have to be the guest's. */
  procDirectory: 2,
  /** /proc/self/mem: positions are guest addresses. */
  memory: 3,
  /** Counters of 64 bits: eventfd, timerfd. */
  counter: 4,
  signalfd: 5,
  inotify: 6,
  fanotify: 7,
  netlink: 8,
} as const;
