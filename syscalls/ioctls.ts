/**
 * ioctl requests: number and how the argument is passed. Numbers are asm-generic's; those with the size
 * of a struct in them (_IOR and the like) depend on the guest's layout and are computed from it.
 */

export type IoctlArgument =
  /** Nothing, or a plain number. */
  | { readonly kind: 'none' | 'value' }
  /** A number of bytes that mean the same on every ABI of our byte order. */
  | { readonly kind: 'struct'; readonly dir: 'in' | 'out' | 'inout'; readonly name: string }
  /** The number is a guest fd. */
  | { readonly kind: 'fd' }
  /** Answers with a new fd. */
  | { readonly kind: 'newFd' }
  /** Sets or clears FD_CLOEXEC. */
  | { readonly kind: 'cloexec'; readonly on: boolean }
  /** struct file_clone_range, whose first field is a guest fd. */
  | { readonly kind: 'cloneRange' };

export interface Ioctl {
  readonly name: string;
  /** The whole number, or for _IO* requests its parts. */
  readonly number: number;
  /** The struct whose size is in the number, which then differs between host and guest. */
  readonly sized?: string;
  readonly argument: IoctlArgument;
}

const none = { kind: 'none' } as const;
const value = { kind: 'value' } as const;
const input = (name: string): IoctlArgument => ({ kind: 'struct', dir: 'in', name });
const output = (name: string): IoctlArgument => ({ kind: 'struct', dir: 'out', name });
const both = (name: string): IoctlArgument => ({ kind: 'struct', dir: 'inout', name });

const io = (name: string, number: number, argument: IoctlArgument, sized?: string): Ioctl => ({
  name,
  number,
  argument,
  ...(sized !== undefined && { sized }),
});

/** The number of an _IO* request with a struct of this size; bits 16 to 29 hold it. */
export const sizedNumber = (number: number, size: number): number => ((number & ~0x3fff0000) | (size << 16)) >>> 0;

export const IOCTLS: readonly Ioctl[] = [
  // asm-generic/ioctls.h
  io('TCGETS', 0x5401, output('termios')),
  io('TCSETS', 0x5402, input('termios')),
  io('TCSETSW', 0x5403, input('termios')),
  io('TCSETSF', 0x5404, input('termios')),
  io('TCGETA', 0x5405, output('termio')),
  io('TCSETA', 0x5406, input('termio')),
  io('TCSETAW', 0x5407, input('termio')),
  io('TCSETAF', 0x5408, input('termio')),
  io('TCSBRK', 0x5409, value),
  io('TCXONC', 0x540a, value),
  io('TCFLSH', 0x540b, value),
  io('TIOCEXCL', 0x540c, none),
  io('TIOCNXCL', 0x540d, none),
  io('TIOCSCTTY', 0x540e, value),
  io('TIOCGPGRP', 0x540f, output('int')),
  io('TIOCSPGRP', 0x5410, input('int')),
  io('TIOCOUTQ', 0x5411, output('int')),
  io('TIOCSTI', 0x5412, input('char')),
  io('TIOCGWINSZ', 0x5413, output('winsize')),
  io('TIOCSWINSZ', 0x5414, input('winsize')),
  io('TIOCMGET', 0x5415, output('int')),
  io('TIOCMBIS', 0x5416, input('int')),
  io('TIOCMBIC', 0x5417, input('int')),
  io('TIOCMSET', 0x5418, input('int')),
  io('FIONREAD', 0x541b, output('int')),
  io('TIOCPKT', 0x5420, input('int')),
  io('FIONBIO', 0x5421, input('int')),
  io('TIOCNOTTY', 0x5422, none),
  io('TIOCSETD', 0x5423, input('int')),
  io('TIOCGETD', 0x5424, output('int')),
  io('TCSBRKP', 0x5425, value),
  io('TIOCSBRK', 0x5427, none),
  io('TIOCCBRK', 0x5428, none),
  io('TIOCGSID', 0x5429, output('int')),
  io('TCGETS2', 0x802c542a, output('termios2'), 'termios2'),
  io('TCSETS2', 0x402c542b, input('termios2'), 'termios2'),
  io('TCSETSW2', 0x402c542c, input('termios2'), 'termios2'),
  io('TCSETSF2', 0x402c542d, input('termios2'), 'termios2'),
  io('TIOCGPTN', 0x80045430, output('uint')),
  io('TIOCSPTLCK', 0x40045431, input('int')),
  io('TIOCGDEV', 0x80045432, output('uint')),
  io('TIOCGPKT', 0x80045438, output('int')),
  io('TIOCGPTLCK', 0x80045439, output('int')),
  io('TIOCGEXCL', 0x80045440, output('int')),
  io('TIOCGPTPEER', 0x5441, { kind: 'newFd' }),
  io('FIONCLEX', 0x5450, { kind: 'cloexec', on: false }),
  io('FIOCLEX', 0x5451, { kind: 'cloexec', on: true }),
  io('FIOASYNC', 0x5452, input('int')),
  io('FIOQSIZE', 0x5460, output('u64')),
  // linux/fs.h: the sizes in FS_IOC_* are those of long, the arguments are ints
  io('FIBMAP', 0x1, both('int')),
  io('FIGETBSZ', 0x2, output('int')),
  io('FS_IOC_GETFLAGS', 0x80086601, output('int'), 'long'),
  io('FS_IOC_SETFLAGS', 0x40086602, input('int'), 'long'),
  io('FS_IOC_GETVERSION', 0x80087601, output('int'), 'long'),
  io('FS_IOC_SETVERSION', 0x40087602, input('int'), 'long'),
  io('FICLONE', 0x40049409, { kind: 'fd' }),
  io('FICLONERANGE', 0x4020940d, { kind: 'cloneRange' }),
  io('BLKROGET', 0x125e, output('int')),
  io('BLKGETSIZE', 0x1260, output('long')),
  io('BLKFLSBUF', 0x1261, none),
  io('BLKSSZGET', 0x1268, output('int')),
  io('BLKBSZGET', 0x80081270, output('int'), 'long'),
  io('BLKGETSIZE64', 0x80081272, output('u64'), 'long'),
  io('BLKIOMIN', 0x1278, output('uint')),
  io('BLKIOOPT', 0x1279, output('uint')),
  io('BLKPBSZGET', 0x127b, output('uint')),
  // linux/sockios.h
  io('FIOSETOWN', 0x8901, input('int')),
  io('SIOCSPGRP', 0x8902, input('int')),
  io('FIOGETOWN', 0x8903, output('int')),
  io('SIOCGPGRP', 0x8904, output('int')),
  io('SIOCATMARK', 0x8905, output('int')),
  io('SIOCGIFNAME', 0x8910, both('ifreq')),
  io('SIOCGIFFLAGS', 0x8913, both('ifreq')),
  io('SIOCGIFADDR', 0x8915, both('ifreq')),
  io('SIOCGIFDSTADDR', 0x8917, both('ifreq')),
  io('SIOCGIFBRDADDR', 0x8919, both('ifreq')),
  io('SIOCGIFNETMASK', 0x891b, both('ifreq')),
  io('SIOCGIFMETRIC', 0x891d, both('ifreq')),
  io('SIOCGIFMTU', 0x8921, both('ifreq')),
  io('SIOCGIFHWADDR', 0x8927, both('ifreq')),
  io('SIOCGIFINDEX', 0x8933, both('ifreq')),
  io('SIOCGIFTXQLEN', 0x8942, both('ifreq')),
  // linux/kd.h
  io('KDGKBTYPE', 0x4b33, output('char')),
  io('KDGETMODE', 0x4b3b, output('int')),
  io('KDGKBMODE', 0x4b44, output('int')),
];
