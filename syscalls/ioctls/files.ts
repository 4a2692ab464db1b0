/** Files, file systems and namespaces (linux/fs.h and others). */
import { both, input, io, type IoctlArgument, littleEndian, newFd, none, output, pointer, value, type Ioctl } from './request';

const fd: IoctlArgument = { kind: 'fd' };

export const FILES: readonly Ioctl[] = [
  // linux/fs.h: the sizes in FS_IOC_* are those of long, the arguments are ints
  io('FIBMAP', 0x1, both('int')),
  io('FIGETBSZ', 0x2, output('int')),
  io('FS_IOC_GETFLAGS', 0x80086601, output('int'), 'long'),
  io('FS_IOC_SETFLAGS', 0x40086602, input('int'), 'long'),
  io('FS_IOC_GETVERSION', 0x80087601, output('int'), 'long'),
  io('FS_IOC_SETVERSION', 0x40087602, input('int'), 'long'),
  io('FICLONE', 0x40049409, fd),
  io('FICLONERANGE', 0x4020940d, { kind: 'struct', dir: 'in', name: 'file_clone_range', fds: ['src_fd'] }),
  io('FIDEDUPERANGE', 0xc0189436, { kind: 'dedupeRange' }),
  io('FIFREEZE', 0xc0045877, value),
  io('FITHAW', 0xc0045878, value),
  io('FITRIM', 0xc0185879, both('fstrim_range')),
  io('FS_IOC_FSGETXATTR', 0x801c581f, output('fsxattr')),
  io('FS_IOC_FSSETXATTR', 0x401c5820, input('fsxattr')),
  io('FS_IOC_GETFSLABEL', 0x81009431, pointer),
  io('FS_IOC_SETFSLABEL', 0x41009432, pointer),
  io('FS_IOC_FIEMAP', 0xc020660b, littleEndian),
  io('FS_IOC_GETFSUUID', 0x80111500, pointer),
  io('FS_IOC_GET_ENCRYPTION_PWSALT', 0x40106614, pointer),
  io('FS_IOC_ADD_ENCRYPTION_KEY', 0xc0506617, littleEndian),
  io('FS_IOC_GET_ENCRYPTION_POLICY_EX', 0xc0096616, littleEndian),
  io('FS_IOC_ENABLE_VERITY', 0x40806685, littleEndian),
  io('FS_IOC_MEASURE_VERITY', 0xc0046686, littleEndian),
  io('FAT_IOCTL_GET_ATTRIBUTES', 0x80047210, output('uint')),
  io('FAT_IOCTL_SET_ATTRIBUTES', 0x40047211, input('uint')),
  io('FAT_IOCTL_GET_VOLUME_ID', 0x80047213, output('uint')),
  io('EXT4_IOC_GETVERSION', 0x80086603, output('int'), 'long'),
  io('EXT4_IOC_GETRSVSZ', 0x80086605, output('long'), 'long'),
  io('EXT4_IOC_RESIZE_FS', 0x40086610, input('u64')),
  // linux/nsfs.h
  io('NS_GET_USERNS', 0xb701, newFd),
  io('NS_GET_PARENT', 0xb702, newFd),
  io('NS_GET_NSTYPE', 0xb703, none),
  io('NS_GET_OWNER_UID', 0xb704, output('uint')),
  // linux/random.h
  io('RNDGETENTCNT', 0x80045200, output('int')),
  io('RNDADDTOENTCNT', 0x40045201, input('int')),
  io('RNDADDENTROPY', 0x40085203, littleEndian),
  io('RNDZAPENTCNT', 0x5204, none),
  io('RNDCLEARPOOL', 0x5206, none),
  io('RNDRESEEDCRNG', 0x5207, none),
];
