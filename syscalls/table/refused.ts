/**
 * Calls that answer as a kernel built without them does. Programs have a way without them, and what they
 * would give cannot be had: rings and trampolines with host addresses in them, or filters of host calls.
 */
import { address, hex, int, row, uint, type ArgType, type Table } from '../definition';
import { E } from '../errno';

const absent = (...args: ArgType[]): readonly ArgType[] => args;

const CALLS: Readonly<Record<string, readonly ArgType[]>> = {
  // the context is the host address of a ring that libaio reads by itself
  io_setup: absent(uint, address),
  io_destroy: absent(hex),
  io_submit: absent(hex, int, address),
  io_cancel: absent(hex, address, address),
  io_getevents: absent(hex, int, int, address, address),
  io_pgetevents: absent(hex, int, int, address, address, address),
  io_pgetevents_time64: absent(hex, int, int, address, address, address),
  io_uring_setup: absent(uint, address),
  io_uring_enter: absent(int, uint, uint, uint, address, uint),
  io_uring_register: absent(int, uint, address, uint),
  // filters and programs would see the emulator's calls and events, not the guest's
  seccomp: absent(uint, uint, address),
  bpf: absent(int, address, uint),
  perf_event_open: absent(address, int, int, int, hex),
  // faults are resolved by the emulator before user space could hear of them
  userfaultfd: absent(hex),
  ptrace: absent(int, int, address, address),
  kexec_load: absent(hex, uint, address, hex),
  kexec_file_load: absent(int, int, uint, address, hex),
  // removed from Linux, or never on this architecture
  uselib: absent(address),
  bdflush: absent(int, int),
  nfsservctl: absent(int, address, address),
  vserver: absent(),
  lookup_dcookie: absent(hex, address, uint),
  pciconfig_iobase: absent(int, uint, uint),
  pciconfig_read: absent(uint, uint, uint, uint, address),
  pciconfig_write: absent(uint, uint, uint, uint, address),
};

export const REFUSED: Table = Object.fromEntries(
  Object.entries(CALLS).map(([name, args]) => [
    name,
    row(args, (c) => {
      c.process.log.unimplemented(`system call ${name}`);
      return -E.NOSYS;
    }),
  ]),
);
