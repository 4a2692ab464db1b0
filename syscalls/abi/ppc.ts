/** The Linux ABI of 32-bit PowerPC (arch/powerpc/include/uapi/asm). */
import { ILP32_STRUCTS } from '../structs';
import type { Abi } from './abi';
import { ilp32Rows } from './ilp32-calls';
import { PPC_NUMBERS } from './ppc-numbers';
import { PPC_STRUCTS } from './ppc-structs';

const OPEN = { O_DIRECTORY: 0o40000, O_NOFOLLOW: 0o100000, O_LARGEFILE: 0o200000, O_DIRECT: 0o400000 };

const MMAP = { MAP_NORESERVE: 0x40, MAP_LOCKED: 0x80, MAP_GROWSDOWN: 0x100, MAP_DENYWRITE: 0x800, MAP_EXECUTABLE: 0x1000 };

/** asm/socket.h: options of SOL_SOCKET. */
const SOCKET = { SO_RCVLOWAT: 16, SO_SNDLOWAT: 17, SO_RCVTIMEO: 18, SO_SNDTIMEO: 19, SO_PASSCRED: 20, SO_PEERCRED: 21 };

/** asm/ioctls.h, and requests made by _IO, which has a direction bit of its own. The others differ in those bits alone, see ioctls.ts. */
const IOCTL = {
  TCGETS: 0x402c7413,
  TCSETS: 0x802c7414,
  TCSETSW: 0x802c7415,
  TCSETSF: 0x802c7416,
  TCGETA: 0x40147417,
  TCSETA: 0x80147418,
  TCSETAW: 0x80147419,
  TCSETAF: 0x8014741c,
  TCSBRK: 0x2000741d,
  TCXONC: 0x2000741e,
  TCFLSH: 0x2000741f,
  TIOCGPGRP: 0x40047477,
  TIOCSPGRP: 0x80047476,
  TIOCOUTQ: 0x40047473,
  TIOCGWINSZ: 0x40087468,
  TIOCSWINSZ: 0x80087467,
  TIOCGPTPEER: 0x20005441,
  FIONREAD: 0x4004667f,
  FIONBIO: 0x8004667e,
  FIONCLEX: 0x20006602,
  FIOCLEX: 0x20006601,
  FIOASYNC: 0x8004667d,
  FIOQSIZE: 0x40086680,
  FIBMAP: 0x20000001,
  FIGETBSZ: 0x20000002,
  BLKROSET: 0x2000125d,
  BLKROGET: 0x2000125e,
  BLKRRPART: 0x2000125f,
  BLKGETSIZE: 0x20001260,
  BLKFLSBUF: 0x20001261,
  BLKRASET: 0x20001262,
  BLKRAGET: 0x20001263,
  BLKFRASET: 0x20001264,
  BLKFRAGET: 0x20001265,
  BLKSECTGET: 0x20001267,
  BLKSSZGET: 0x20001268,
  BLKPG: 0x20001269,
  BLKDISCARD: 0x20001277,
  BLKIOMIN: 0x20001278,
  BLKIOOPT: 0x20001279,
  BLKALIGNOFF: 0x2000127a,
  BLKPBSZGET: 0x2000127b,
  BLKDISCARDZEROES: 0x2000127c,
  BLKSECDISCARD: 0x2000127d,
  BLKROTATIONAL: 0x2000127e,
  BLKZEROOUT: 0x2000127f,
  NS_GET_USERNS: 0x2000b701,
  NS_GET_PARENT: 0x2000b702,
  NS_GET_NSTYPE: 0x2000b703,
  NS_GET_OWNER_UID: 0x2000b704,
  RNDZAPENTCNT: 0x20005204,
  RNDCLEARPOOL: 0x20005206,
  RNDRESEEDCRNG: 0x20005207,
  RTC_VL_CLR: 0x20007014,
};

export const PPC: Abi = {
  name: 'ppc',
  machine: 'ppc',
  byteOrder: 'big',
  wordSize: 4,
  alignOf64: 8,
  numbers: PPC_NUMBERS,
  rows: {
    ...ilp32Rows(PPC_NUMBERS),
    getrlimit: 'old_getrlimit',
    ugetrlimit: 'getrlimit',
    fadvise64_64: 'fadvise64_advice_first',
  },
  alignsRegisterPairs: true,
  constants: { open: OPEN, mmap: MMAP, ioctl: IOCTL, socket: SOCKET },
  threeIoctlDirections: true,
  errno: new Map(),
  structs: { ...ILP32_STRUCTS, ...PPC_STRUCTS },
};
