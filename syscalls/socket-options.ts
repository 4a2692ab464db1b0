/**
 * Socket options: names, numbers, and what their values are. An option that is not listed is a number of
 * ints, or bytes that mean the same everywhere.
 */
import type { Abi } from './abi/abi';

export type OptionValue =
  /** Ints or bytes: only big-endian guests have them otherwise, and then as words of 4 bytes. */
  | 'plain'
  /** Bytes whatever their number. */
  | 'bytes'
  /** An error number, or a socket type, as an int. */
  | 'error'
  | 'socketType'
  /** A guest fd in, or a new one out. */
  | 'fd'
  /** struct sock_fprog: a filter program and its length. */
  | 'program'
  /** Anything with addresses of its own in it. */
  | 'refused'
  | { readonly struct: string };

interface Option {
  readonly number: number;
  readonly value: OptionValue;
}

const plain = (number: number): Option => ({ number, value: 'plain' });
const raw = (number: number): Option => ({ number, value: 'bytes' });
const struct = (number: number, name: string): Option => ({ number, value: { struct: name } });
const fd = (number: number): Option => ({ number, value: 'fd' });
const program = (number: number): Option => ({ number, value: 'program' });
const refused = (number: number): Option => ({ number, value: 'refused' });

type Options = Readonly<Record<string, Option>>;

/** asm-generic/socket.h */
const SOCKET: Options = {
  SO_DEBUG: plain(1),
  SO_REUSEADDR: plain(2),
  SO_TYPE: { number: 3, value: 'socketType' },
  SO_ERROR: { number: 4, value: 'error' },
  SO_DONTROUTE: plain(5),
  SO_BROADCAST: plain(6),
  SO_SNDBUF: plain(7),
  SO_RCVBUF: plain(8),
  SO_KEEPALIVE: plain(9),
  SO_OOBINLINE: plain(10),
  SO_NO_CHECK: plain(11),
  SO_PRIORITY: plain(12),
  SO_LINGER: struct(13, 'linger'),
  SO_BSDCOMPAT: plain(14),
  SO_REUSEPORT: plain(15),
  SO_PASSCRED: plain(16),
  SO_PEERCRED: struct(17, 'ucred'),
  SO_RCVLOWAT: plain(18),
  SO_SNDLOWAT: plain(19),
  SO_RCVTIMEO: struct(20, 'timeval'),
  SO_SNDTIMEO: struct(21, 'timeval'),
  SO_BINDTODEVICE: raw(25),
  SO_ATTACH_FILTER: program(26),
  SO_DETACH_FILTER: plain(27),
  SO_PEERNAME: raw(28),
  SO_TIMESTAMP: plain(29),
  SO_ACCEPTCONN: plain(30),
  SO_PEERSEC: raw(31),
  SO_SNDBUFFORCE: plain(32),
  SO_RCVBUFFORCE: plain(33),
  SO_PASSSEC: plain(34),
  SO_TIMESTAMPNS: plain(35),
  SO_MARK: plain(36),
  SO_TIMESTAMPING: plain(37),
  SO_PROTOCOL: plain(38),
  SO_DOMAIN: plain(39),
  SO_RXQ_OVFL: plain(40),
  SO_WIFI_STATUS: plain(41),
  SO_PEEK_OFF: plain(42),
  SO_NOFCS: plain(43),
  SO_LOCK_FILTER: plain(44),
  SO_SELECT_ERR_QUEUE: plain(45),
  SO_BUSY_POLL: plain(46),
  SO_MAX_PACING_RATE: plain(47),
  SO_BPF_EXTENSIONS: plain(48),
  SO_INCOMING_CPU: plain(49),
  SO_ATTACH_BPF: fd(50),
  SO_ATTACH_REUSEPORT_CBPF: program(51),
  SO_ATTACH_REUSEPORT_EBPF: fd(52),
  SO_CNX_ADVICE: plain(53),
  SO_MEMINFO: plain(55),
  SO_INCOMING_NAPI_ID: plain(56),
  SO_COOKIE: struct(57, 'u64'),
  SO_PEERGROUPS: plain(59),
  SO_ZEROCOPY: plain(60),
  SO_TXTIME: struct(61, 'sock_txtime'),
  SO_BINDTOIFINDEX: plain(62),
  SO_TIMESTAMP_NEW: plain(63),
  SO_TIMESTAMPNS_NEW: plain(64),
  SO_TIMESTAMPING_NEW: plain(65),
  SO_RCVTIMEO_NEW: struct(66, 'timeval64'),
  SO_SNDTIMEO_NEW: struct(67, 'timeval64'),
  SO_DETACH_REUSEPORT_BPF: plain(68),
  SO_PREFER_BUSY_POLL: plain(69),
  SO_BUSY_POLL_BUDGET: plain(70),
  SO_NETNS_COOKIE: struct(71, 'u64'),
  SO_BUF_LOCK: plain(72),
  SO_RESERVE_MEM: plain(73),
  SO_TXREHASH: plain(74),
  SO_RCVMARK: plain(75),
  SO_PASSPIDFD: plain(76),
  SO_PEERPIDFD: fd(77),
};

/** linux/in.h. Tables of netfilter (from 64 on) have pointers and longs in them. */
const IP: Options = {
  IP_TOS: plain(1),
  IP_TTL: plain(2),
  IP_OPTIONS: raw(4),
  IP_PKTINFO: plain(8),
  IP_MTU_DISCOVER: plain(10),
  IP_RECVERR: plain(11),
  IP_MSFILTER: refused(41),
  IP_MULTICAST_IF: struct(32, 'ip_mreqn'),
  IP_MULTICAST_TTL: plain(33),
  IP_MULTICAST_LOOP: plain(34),
  IP_ADD_MEMBERSHIP: struct(35, 'ip_mreqn'),
  IP_DROP_MEMBERSHIP: struct(36, 'ip_mreqn'),
  IP_UNBLOCK_SOURCE: raw(37),
  IP_BLOCK_SOURCE: raw(38),
  IP_ADD_SOURCE_MEMBERSHIP: raw(39),
  IP_DROP_SOURCE_MEMBERSHIP: raw(40),
  MCAST_JOIN_GROUP: struct(42, 'group_req'),
  MCAST_BLOCK_SOURCE: struct(43, 'group_source_req'),
  MCAST_UNBLOCK_SOURCE: struct(44, 'group_source_req'),
  MCAST_LEAVE_GROUP: struct(45, 'group_req'),
  MCAST_JOIN_SOURCE_GROUP: struct(46, 'group_source_req'),
  MCAST_LEAVE_SOURCE_GROUP: struct(47, 'group_source_req'),
  MCAST_MSFILTER: refused(48),
  IPT_SO_SET_REPLACE: refused(64),
  IPT_SO_SET_ADD_COUNTERS: refused(65),
};

const MULTICAST = Object.fromEntries(Object.entries(IP).filter(([n]) => n.startsWith('MCAST_') || n.startsWith('IPT_')));

/** linux/in6.h */
const IPV6: Options = {
  IPV6_UNICAST_HOPS: plain(16),
  IPV6_MULTICAST_IF: plain(17),
  IPV6_MULTICAST_HOPS: plain(18),
  IPV6_MULTICAST_LOOP: plain(19),
  IPV6_ADD_MEMBERSHIP: struct(20, 'ipv6_mreq'),
  IPV6_DROP_MEMBERSHIP: struct(21, 'ipv6_mreq'),
  IPV6_RECVERR: plain(25),
  IPV6_V6ONLY: plain(26),
  IPV6_JOIN_ANYCAST: struct(27, 'ipv6_mreq'),
  IPV6_LEAVE_ANYCAST: struct(28, 'ipv6_mreq'),
  IPV6_RECVPKTINFO: plain(49),
  IPV6_PKTINFO: struct(50, 'in6_pktinfo'),
  IPV6_RECVHOPLIMIT: plain(51),
  IPV6_RTHDR: raw(57),
  IPV6_DSTOPTS: raw(59),
  ...MULTICAST,
};

const TCP: Options = {
  TCP_NODELAY: plain(1),
  TCP_MAXSEG: plain(2),
  TCP_CORK: plain(3),
  TCP_KEEPIDLE: plain(4),
  TCP_KEEPINTVL: plain(5),
  TCP_KEEPCNT: plain(6),
  TCP_SYNCNT: plain(7),
  TCP_LINGER2: plain(8),
  TCP_DEFER_ACCEPT: plain(9),
  TCP_WINDOW_CLAMP: plain(10),
  TCP_INFO: struct(11, 'tcp_info'),
  TCP_QUICKACK: plain(12),
  TCP_CONGESTION: raw(13),
  TCP_USER_TIMEOUT: plain(18),
  TCP_FASTOPEN: plain(23),
  TCP_NOTSENT_LOWAT: plain(25),
  TCP_ULP: raw(31),
  // addresses that the kernel maps to
  TCP_ZEROCOPY_RECEIVE: refused(35),
};

const PACKET: Options = {
  PACKET_ADD_MEMBERSHIP: struct(1, 'packet_mreq'),
  PACKET_DROP_MEMBERSHIP: struct(2, 'packet_mreq'),
  PACKET_RX_RING: struct(5, 'tpacket_req3'),
  PACKET_TX_RING: struct(13, 'tpacket_req3'),
};

const ALG: Options = { ALG_SET_KEY: raw(1), ALG_SET_DRBG_ENTROPY: raw(6) };

const SOL_SOCKET = 1;
const LEVELS: Readonly<Record<number, Options>> = { [SOL_SOCKET]: SOCKET, 0: IP, 6: TCP, 41: IPV6, 263: PACKET, 279: ALG };

export interface SocketOption {
  readonly name: string;
  readonly level: number;
  /** The host's number. */
  readonly number: number;
  readonly value: OptionValue;
}

const optionsOf = new Map<Abi, ReadonlyMap<number, ReadonlyMap<number, SocketOption>>>();

/** Options by the guest's level and number. */
function optionsByNumber(abi: Abi): ReadonlyMap<number, ReadonlyMap<number, SocketOption>> {
  let levels = optionsOf.get(abi);
  if (levels === undefined) {
    const own = abi.constants.socket ?? {};
    levels = new Map(
      Object.entries(LEVELS).map(([n, options]) => {
        const level = Number(n);
        const byNumber = Object.entries(options).map(([name, o]): [number, SocketOption] => [
          own[name] ?? o.number,
          { name, level, number: o.number, value: o.value },
        ]);
        return [guestLevel(abi, level), new Map(byNumber)];
      }),
    );
    optionsOf.set(abi, levels);
  }
  return levels;
}

/** The guest's number of a host level: SOL_SOCKET differs between ABIs. */
export function guestLevel(abi: Abi, level: number): number {
  return level === SOL_SOCKET ? (abi.constants.socket?.['SOL_SOCKET'] ?? SOL_SOCKET) : level;
}

/** The host's number of a guest level. */
export function hostLevel(abi: Abi, level: number): number {
  return level === guestLevel(abi, SOL_SOCKET) ? SOL_SOCKET : level;
}

/** The option a guest means; one that is not listed has its own numbers and plain values. */
export function socketOption(abi: Abi, level: number, number: number): SocketOption {
  const found = optionsByNumber(abi).get(level)?.get(number);
  return found ?? { name: `${number}`, level: hostLevel(abi, level), number, value: 'plain' };
}
