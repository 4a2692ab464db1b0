/** The Linux o32 ABI of 32-bit MIPS in both byte orders (arch/mips/include/uapi/asm). */
import { ERRORS } from '../errno';
import { BIG_ENDIAN_MSQID_DS } from '../layouts/ipc';
import { ILP32_STRUCTS } from '../structs';
import type { Abi } from './abi';
import { ilp32Rows } from './ilp32-calls';
import { MIPS_O32_NUMBERS } from './mips-numbers';
import { MIPS_STRUCTS } from './mips-structs';

/** Error numbers that IRIX numbered otherwise (asm/errno.h). */
// prettier-ignore
const ERRNO: Readonly<Record<string, number>> = {
  EDEADLK: 45, ENAMETOOLONG: 78, ENOLCK: 46, ENOSYS: 89, ENOTEMPTY: 93, ELOOP: 90, ENOMSG: 35, EIDRM: 36, ECHRNG: 37, EL2NSYNC: 38,
  EL3HLT: 39, EL3RST: 40, ELNRNG: 41, EUNATCH: 42, ENOCSI: 43, EL2HLT: 44, EBADE: 50, EBADR: 51, EXFULL: 52, ENOANO: 53, EBADRQC: 54,
  EBADSLT: 55, EMULTIHOP: 74, EBADMSG: 77, EOVERFLOW: 79, ENOTUNIQ: 80, EBADFD: 81, EREMCHG: 82, ELIBACC: 83, ELIBBAD: 84, ELIBSCN: 85,
  ELIBMAX: 86, ELIBEXEC: 87, EILSEQ: 88, ERESTART: 91, ESTRPIPE: 92, EUSERS: 94, ENOTSOCK: 95, EDESTADDRREQ: 96, EMSGSIZE: 97,
  EPROTOTYPE: 98, ENOPROTOOPT: 99, EPROTONOSUPPORT: 120, ESOCKTNOSUPPORT: 121, EOPNOTSUPP: 122, EPFNOSUPPORT: 123, EAFNOSUPPORT: 124,
  EADDRINUSE: 125, EADDRNOTAVAIL: 126, ENETDOWN: 127, ENETUNREACH: 128, ENETRESET: 129, ECONNABORTED: 130, ECONNRESET: 131, ENOBUFS: 132,
  EISCONN: 133, ENOTCONN: 134, ESHUTDOWN: 143, ETOOMANYREFS: 144, ETIMEDOUT: 145, ECONNREFUSED: 146, EHOSTDOWN: 147, EHOSTUNREACH: 148,
  EALREADY: 149, EINPROGRESS: 150, ESTALE: 151, EUCLEAN: 135, ENOTNAM: 137, ENAVAIL: 138, EISNAM: 139, EREMOTEIO: 140, EDQUOT: 1133,
  ENOMEDIUM: 159, EMEDIUMTYPE: 160, ECANCELED: 158, ENOKEY: 161, EKEYEXPIRED: 162, EKEYREVOKED: 163, EKEYREJECTED: 164, EOWNERDEAD: 165,
  ENOTRECOVERABLE: 166, ERFKILL: 167, EHWPOISON: 168,
};

const OPEN = {
  O_APPEND: 0x8,
  O_DSYNC: 0x10,
  O_NONBLOCK: 0x80,
  O_CREAT: 0x100,
  O_TRUNC: 0x200,
  O_EXCL: 0x400,
  O_NOCTTY: 0x800,
  FASYNC: 0x1000,
  O_LARGEFILE: 0x2000,
  O_SYNC: 0x4010,
  O_DIRECT: 0x8000,
};

const MMAP = {
  MAP_NORESERVE: 0x400,
  MAP_ANONYMOUS: 0x800,
  MAP_GROWSDOWN: 0x1000,
  MAP_DENYWRITE: 0x2000,
  MAP_EXECUTABLE: 0x4000,
  MAP_LOCKED: 0x8000,
  MAP_POPULATE: 0x10000,
  MAP_NONBLOCK: 0x20000,
  MAP_STACK: 0x40000,
  MAP_HUGETLB: 0x80000,
};

const FCNTL = {
  F_GETLK: 14,
  F_GETOWN: 23,
  F_SETOWN: 24,
  F_GETLK64: 33,
  F_SETLK64: 34,
  F_SETLKW64: 35,
};

/** asm/socket.h: levels, and options of SOL_SOCKET. */
const SOCKET = {
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 4,
  SO_KEEPALIVE: 8,
  SO_DONTROUTE: 0x10,
  SO_BROADCAST: 0x20,
  SO_LINGER: 0x80,
  SO_OOBINLINE: 0x100,
  SO_REUSEPORT: 0x200,
  SO_SNDBUF: 0x1001,
  SO_RCVBUF: 0x1002,
  SO_SNDLOWAT: 0x1003,
  SO_RCVLOWAT: 0x1004,
  SO_SNDTIMEO: 0x1005,
  SO_RCVTIMEO: 0x1006,
  SO_ERROR: 0x1007,
  SO_TYPE: 0x1008,
  SO_ACCEPTCONN: 0x1009,
  SO_PROTOCOL: 0x1028,
  SO_DOMAIN: 0x1029,
  SO_PASSCRED: 17,
  SO_PEERCRED: 18,
  SO_PEERSEC: 30,
  SO_SNDBUFFORCE: 31,
};

/** asm/ioctls.h and asm/sockios.h. Requests made by _IOR and the like differ in their direction bits alone, see ioctls.ts. */
const IOCTL = {
  TCGETA: 0x5401,
  TCSETA: 0x5402,
  TCSETAW: 0x5403,
  TCSETAF: 0x5404,
  TCSBRK: 0x5405,
  TCXONC: 0x5406,
  TCFLSH: 0x5407,
  TCGETS: 0x540d,
  TCSETS: 0x540e,
  TCSETSW: 0x540f,
  TCSETSF: 0x5410,
  TIOCEXCL: 0x740d,
  TIOCNXCL: 0x740e,
  TIOCOUTQ: 0x7472,
  TIOCSTI: 0x5472,
  TIOCMGET: 0x741d,
  TIOCMBIS: 0x741b,
  TIOCMBIC: 0x741c,
  TIOCMSET: 0x741a,
  TIOCPKT: 0x5470,
  TIOCSWINSZ: 0x80087467,
  TIOCGWINSZ: 0x40087468,
  TIOCNOTTY: 0x5471,
  TIOCSETD: 0x7401,
  TIOCGETD: 0x7400,
  FIOCLEX: 0x6601,
  FIONCLEX: 0x6602,
  FIOASYNC: 0x667d,
  FIONBIO: 0x667e,
  FIOQSIZE: 0x667f,
  TIOCSPGRP: 0x80047476,
  TIOCGPGRP: 0x40047477,
  FIONREAD: 0x467f,
  TIOCGSID: 0x7416,
  TIOCSCTTY: 0x5480,
  TCSBRKP: 0x5486,
  TIOCGPTPEER: 0x20005441,
  FIBMAP: 0x20000001,
  FIGETBSZ: 0x20000002,
  BLKROGET: 0x2000125e,
  BLKGETSIZE: 0x20001260,
  BLKFLSBUF: 0x20001261,
  BLKSSZGET: 0x20001268,
  BLKIOMIN: 0x20001278,
  BLKIOOPT: 0x20001279,
  BLKPBSZGET: 0x2000127b,
  FIOGETOWN: 0x4004667b,
  FIOSETOWN: 0x8004667c,
  SIOCATMARK: 0x40047307,
  SIOCSPGRP: 0x80047308,
  SIOCGPGRP: 0x40047309,
};

const RLIMIT = { RLIMIT_NOFILE: 5, RLIMIT_AS: 6, RLIMIT_RSS: 7, RLIMIT_NPROC: 8, RLIMIT_MEMLOCK: 9 };

/** SIGEMT has the place of asm-generic's SIGSTKFLT, which MIPS lacks. */
const SIGNAL = {
  SIGSTKFLT: 7,
  SIGBUS: 10,
  SIGSYS: 12,
  SIGUSR1: 16,
  SIGUSR2: 17,
  SIGCHLD: 18,
  SIGPWR: 19,
  SIGWINCH: 20,
  SIGURG: 21,
  SIGIO: 22,
  SIGSTOP: 23,
  SIGTSTP: 24,
  SIGCONT: 25,
  SIGTTIN: 26,
  SIGTTOU: 27,
  SIGVTALRM: 28,
  SIGPROF: 29,
  SIGXCPU: 30,
  SIGXFSZ: 31,
};

function o32(byteOrder: 'little' | 'big'): Abi {
  return {
    name: byteOrder === 'big' ? 'mips-o32' : 'mipsel-o32',
    machine: 'mips',
    byteOrder,
    wordSize: 4,
    alignOf64: 8,
    numbers: MIPS_O32_NUMBERS,
    rows: {
      ...ilp32Rows(MIPS_O32_NUMBERS),
      fadvise64: 'fadvise64_64',
      pipe: 'pipe_registers',
      sigsuspend: 'sigsuspend_set',
    },
    alignsRegisterPairs: true,
    constants: {
      open: OPEN,
      mmap: MMAP,
      fcntl: FCNTL,
      ioctl: IOCTL,
      socket: SOCKET,
      signal: SIGNAL,
      signalCode: { ASYNCIO: -2, TIMER: -3, MESGQ: -4 },
      // SA_SIGINFO is elsewhere, as are the two that only the kernel acts on (arch/mips/include/uapi/asm/signal.h)
      sigaction: { SA_SIGINFO: 8, SA_NOCLDWAIT: 0x10000, SA_RESTORER: 0 },
      signalHow: { SIG_BLOCK: 1, SIG_UNBLOCK: 2, SIG_SETMASK: 3 },
      rlimit: RLIMIT,
      socketType: { SOCK_DGRAM: 1, SOCK_STREAM: 2, SOCK_NONBLOCK: 0x80 },
    },
    threeIoctlDirections: true,
    rlimInfinity: 0x7fff_ffff,
    signals: 128,
    errno: new Map([...ERRORS].flatMap(([number, { name }]) => (ERRNO[name] === undefined ? [] : [[number, ERRNO[name]] as const]))),
    structs: { ...ILP32_STRUCTS, ...MIPS_STRUCTS, ...(byteOrder === 'big' && { msqid_ds: BIG_ENDIAN_MSQID_DS }) },
  };
}

export const MIPS_O32 = o32('big');
export const MIPSEL_O32 = o32('little');
