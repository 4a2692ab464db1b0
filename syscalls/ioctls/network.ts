/** Sockets and network interfaces (linux/sockios.h, linux/if_tun.h). */
import { both, input, io, type IoctlArgument, output, pointer, value, type Ioctl } from './request';

/** struct ifreq with one of its members; ioctls of unlisted members would not know what to convert. */
const byMember = (member: string, dir: 'in' | 'inout', requests: Readonly<Record<string, number>>): readonly Ioctl[] =>
  Object.entries(requests).map(([name, number]) => io(name, number, { kind: 'struct', dir, name: `ifreq_${member}` }));

const ifreqWithData: IoctlArgument = { kind: 'struct', dir: 'inout', name: 'ifreq_data', pointers: ['ifr_data'] };
const route: IoctlArgument = { kind: 'struct', dir: 'in', name: 'rtentry', pointers: ['rt_dev'] };

export const NETWORK: readonly Ioctl[] = [
  io('FIOSETOWN', 0x8901, input('int')),
  io('SIOCSPGRP', 0x8902, input('int')),
  io('FIOGETOWN', 0x8903, output('int')),
  io('SIOCGPGRP', 0x8904, output('int')),
  io('SIOCATMARK', 0x8905, output('int')),
  // the old requests have the times of old calls, the new ones 64-bit times
  io('SIOCGSTAMP', 0x8906, output('timeval')),
  io('SIOCGSTAMPNS', 0x8907, output('timespec')),
  io('SIOCGSTAMP_NEW', 0x80108906, output('timeval64')),
  io('SIOCGSTAMPNS_NEW', 0x80108907, output('timespec64')),
  io('SIOCADDRT', 0x890b, route),
  io('SIOCDELRT', 0x890c, route),
  io('SIOCGIFCONF', 0x8912, { kind: 'interfaces' }),
  ...byMember('int', 'inout', {
    SIOCGIFNAME: 0x8910,
    SIOCGIFMETRIC: 0x891d,
    SIOCGIFMTU: 0x8921,
    SIOCGIFINDEX: 0x8933,
    SIOCGIFTXQLEN: 0x8942,
  }),
  ...byMember('int', 'in', { SIOCSIFMETRIC: 0x891e, SIOCSIFMTU: 0x8922, SIOCSIFTXQLEN: 0x8943, SIOCBRADDIF: 0x89a2, SIOCBRDELIF: 0x89a3 }),
  ...byMember('short', 'inout', { SIOCGIFFLAGS: 0x8913, SIOCGIFPFLAGS: 0x8935 }),
  ...byMember('short', 'in', { SIOCSIFFLAGS: 0x8914, SIOCSIFPFLAGS: 0x8934 }),
  ...byMember('addr', 'inout', {
    SIOCGIFADDR: 0x8915,
    SIOCGIFDSTADDR: 0x8917,
    SIOCGIFBRDADDR: 0x8919,
    SIOCGIFNETMASK: 0x891b,
    SIOCGIFHWADDR: 0x8927,
  }),
  ...byMember('addr', 'in', {
    SIOCSIFADDR: 0x8916,
    SIOCSIFDSTADDR: 0x8918,
    SIOCSIFBRDADDR: 0x891a,
    SIOCSIFNETMASK: 0x891c,
    SIOCSIFHWADDR: 0x8924,
    SIOCADDMULTI: 0x8931,
    SIOCDELMULTI: 0x8932,
    SIOCSIFHWBROADCAST: 0x8937,
    SIOCDIFADDR: 0x8936,
  }),
  ...byMember('name', 'in', { SIOCSIFNAME: 0x8923 }),
  ...byMember('map', 'inout', { SIOCGIFMAP: 0x8970 }),
  ...byMember('map', 'in', { SIOCSIFMAP: 0x8971 }),
  ...byMember('mii', 'inout', { SIOCGMIIPHY: 0x8947, SIOCGMIIREG: 0x8948 }),
  ...byMember('mii', 'in', { SIOCSMIIREG: 0x8949 }),
  io('SIOCETHTOOL', 0x8946, ifreqWithData),
  io('SIOCSHWTSTAMP', 0x89b0, ifreqWithData),
  io('SIOCGHWTSTAMP', 0x89b1, ifreqWithData),
  io('SIOCDARP', 0x8953, input('arpreq')),
  io('SIOCGARP', 0x8954, both('arpreq')),
  io('SIOCSARP', 0x8955, input('arpreq')),
  io('SIOCBRADDBR', 0x89a0, pointer),
  io('SIOCBRDELBR', 0x89a1, pointer),
  io('SIOCOUTQNSD', 0x894b, output('int')),
  io('SIOCGIWNAME', 0x8b01, both('ifreq_name')),
  // linux/if_tun.h
  io('TUNSETNOCSUM', 0x400454c8, value),
  io('TUNSETDEBUG', 0x400454c9, value),
  io('TUNSETIFF', 0x400454ca, both('ifreq_short')),
  io('TUNSETPERSIST', 0x400454cb, value),
  io('TUNSETOWNER', 0x400454cc, value),
  io('TUNSETLINK', 0x400454cd, value),
  io('TUNSETGROUP', 0x400454ce, value),
  io('TUNGETFEATURES', 0x800454cf, output('uint')),
  io('TUNSETOFFLOAD', 0x400454d0, value),
  io('TUNGETIFF', 0x800454d2, both('ifreq_short')),
  io('TUNGETSNDBUF', 0x800454d3, output('int')),
  io('TUNSETSNDBUF', 0x400454d4, input('int')),
  io('TUNGETVNETHDRSZ', 0x800454d7, output('int')),
  io('TUNSETVNETHDRSZ', 0x400454d8, input('int')),
  io('TUNSETQUEUE', 0x400454d9, both('ifreq_short')),
  // linux/vm_sockets.h
  io('IOCTL_VM_SOCKETS_GET_LOCAL_CID', 0x7b9, output('uint')),
];
