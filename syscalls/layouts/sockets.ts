/** Structs of sockets: addresses, options, control messages. Fields in network byte order are bytes here. */
import type { FieldSpec, StructSpec } from '../struct-codec';
import { list } from './fields';

const FAMILY: FieldSpec = ['sa_family', 'u16'];
/** A struct whose first fields are ints and whose others are network byte order. */
const bytes = (name: string, count: number): FieldSpec => [name, 'u8', count];

export const SOCKET_STRUCTS: Readonly<Record<string, StructSpec>> = {
  sockaddr: { fields: [FAMILY] },
  sockaddr_in6: { fields: [FAMILY, bytes('sin6_port', 2), bytes('sin6_flowinfo', 4), bytes('sin6_addr', 16), ['sin6_scope_id', 'u32']] },
  sockaddr_nl: { fields: [FAMILY, ['nl_pad', 'u16'], ...list('u32', 'nl_pid', 'nl_groups')] },
  sockaddr_ll: { fields: [FAMILY, bytes('sll_protocol', 2), ['sll_ifindex', 'i32'], ['sll_hatype', 'u16']] },
  sockaddr_can: { fields: [FAMILY, ['_pad', 'u16'], ['can_ifindex', 'i32'], ...list('u32', 'rx_id', 'tx_id')] },
  sockaddr_alg: { fields: [FAMILY, bytes('salg_type', 14), ...list('u32', 'salg_feat', 'salg_mask')] },
  sockaddr_vm: { fields: [FAMILY, ['svm_reserved1', 'u16'], ...list('u32', 'svm_port', 'svm_cid')] },

  linger: { fields: list('i32', 'l_onoff', 'l_linger') },
  ucred: { fields: [['pid', 'i32'], ...list('u32', 'uid', 'gid')] },
  ip_mreqn: { fields: [bytes('imr_multiaddr', 4), bytes('imr_address', 4), ['imr_ifindex', 'i32']] },
  ipv6_mreq: { fields: [bytes('ipv6mr_multiaddr', 16), ['ipv6mr_ifindex', 'u32']] },
  in_pktinfo: { fields: [['ipi_ifindex', 'i32'], bytes('ipi_spec_dst', 4), bytes('ipi_addr', 4)] },
  in6_pktinfo: { fields: [bytes('ipi6_addr', 16), ['ipi6_ifindex', 'u32']] },
  // sockaddr_storage is aligned like a long
  sockaddr_storage: { fields: [FAMILY, bytes('data', 126), ['_align', 'ulong', 0]] },
  group_req: {
    fields: [
      ['gr_interface', 'u32'],
      ['gr_group', 'sockaddr_storage'],
    ],
    brief: ['gr_interface'],
  },
  group_source_req: {
    fields: [['gsr_interface', 'u32'], ...list('sockaddr_storage', 'gsr_group', 'gsr_source')],
    brief: ['gsr_interface'],
  },
  scm_timestamping: { fields: [['ts', 'timespec', 3]] },
  scm_timestamping64: { fields: [['ts', 'timespec64', 3]] },
  sock_extended_err: { fields: [['ee_errno', 'u32'], bytes('ee', 4), ...list('u32', 'ee_info', 'ee_data')] },
  sock_txtime: {
    fields: [
      ['clockid', 'i32'],
      ['flags', 'u32'],
    ],
  },
  so_timestamping: { fields: list('i32', 'flags', 'bind_phc') },
  tpacket_req3: {
    fields: list(
      'u32',
      'tp_block_size',
      'tp_block_nr',
      'tp_frame_size',
      'tp_frame_nr',
      'retire_blk_tov',
      'sizeof_priv',
      'feature_req_word',
    ),
  },
  packet_mreq: { fields: [['mr_ifindex', 'i32'], ...list('u16', 'mr_type', 'mr_alen'), bytes('mr_address', 8)] },
  tcp_info: {
    fields: [
      bytes('tcpi_head', 8),
      ...list('u32', 'tcpi_rto', 'tcpi_ato', 'tcpi_snd_mss', 'tcpi_rcv_mss', 'tcpi_unacked', 'tcpi_sacked', 'tcpi_lost', 'tcpi_retrans'),
      ...list('u32', 'tcpi_fackets', 'tcpi_last_data_sent', 'tcpi_last_ack_sent', 'tcpi_last_data_recv', 'tcpi_last_ack_recv'),
      ...list('u32', 'tcpi_pmtu', 'tcpi_rcv_ssthresh', 'tcpi_rtt', 'tcpi_rttvar', 'tcpi_snd_ssthresh', 'tcpi_snd_cwnd', 'tcpi_advmss'),
      ...list('u32', 'tcpi_reordering', 'tcpi_rcv_rtt', 'tcpi_rcv_space', 'tcpi_total_retrans'),
      ...list('u64', 'tcpi_pacing_rate', 'tcpi_max_pacing_rate', 'tcpi_bytes_acked', 'tcpi_bytes_received'),
      ...list('u32', 'tcpi_segs_out', 'tcpi_segs_in', 'tcpi_notsent_bytes', 'tcpi_min_rtt', 'tcpi_data_segs_in', 'tcpi_data_segs_out'),
      ...list('u64', 'tcpi_delivery_rate', 'tcpi_busy_time', 'tcpi_rwnd_limited', 'tcpi_sndbuf_limited'),
      ...list('u32', 'tcpi_delivered', 'tcpi_delivered_ce'),
      ...list('u64', 'tcpi_bytes_sent', 'tcpi_bytes_retrans'),
      ...list('u32', 'tcpi_dsack_dups', 'tcpi_reord_seen', 'tcpi_rcv_ooopack', 'tcpi_snd_wnd'),
    ],
    brief: ['tcpi_rtt', 'tcpi_snd_cwnd'],
  },

  nlmsghdr: { fields: [['nlmsg_len', 'u32'], ...list('u16', 'nlmsg_type', 'nlmsg_flags'), ...list('u32', 'nlmsg_seq', 'nlmsg_pid')] },
  nlmsgerr: {
    fields: [
      ['error', 'i32'],
      ['msg', 'nlmsghdr'],
    ],
  },
  rtattr: { fields: list('u16', 'rta_len', 'rta_type') },
  ifinfomsg: { fields: [bytes('ifi', 2), ['ifi_type', 'u16'], ['ifi_index', 'i32'], ...list('u32', 'ifi_flags', 'ifi_change')] },
  ifaddrmsg: { fields: [bytes('ifa', 4), ['ifa_index', 'u32']] },
  rtmsg: { fields: [bytes('rtm', 8), ['rtm_flags', 'u32']] },
  ndmsg: { fields: [bytes('ndm', 4), ['ndm_ifindex', 'i32'], ['ndm_state', 'u16'], bytes('ndm_rest', 2)] },
  tcmsg: { fields: [bytes('tcm', 4), ['tcm_ifindex', 'i32'], ...list('u32', 'tcm_handle', 'tcm_parent', 'tcm_info')] },
  genlmsghdr: { fields: [bytes('cmd', 2), ['reserved', 'u16']] },

  inotify_event: { fields: [['wd', 'i32'], ...list('u32', 'mask', 'cookie', 'len')] },
  fanotify_event_metadata: {
    fields: [['event_len', 'u32'], bytes('vers', 2), ['metadata_len', 'u16'], ['mask', 'u64'], ...list('i32', 'fd', 'pid')],
  },
  signalfd_siginfo: {
    fields: [
      ['ssi_signo', 'u32'],
      ...list('i32', 'ssi_errno', 'ssi_code'),
      ...list('u32', 'ssi_pid', 'ssi_uid'),
      ['ssi_fd', 'i32'],
      ...list('u32', 'ssi_tid', 'ssi_band', 'ssi_overrun', 'ssi_trapno'),
      ...list('i32', 'ssi_status', 'ssi_int'),
      ...list('u64', 'ssi_ptr', 'ssi_utime', 'ssi_stime', 'ssi_addr'),
      ...list('u16', 'ssi_addr_lsb', '_pad2'),
      ['ssi_syscall', 'i32'],
      ['ssi_call_addr', 'u64'],
      ['ssi_arch', 'u32'],
      ['_pad', 'u8', 28],
    ],
  },
};
