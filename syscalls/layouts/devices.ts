/** Structs of ioctls: network interfaces, consoles, block devices, clocks. */
import type { FieldSpec, StructSpec } from '../struct-codec';
import { list } from './fields';

/** struct ifreq with one member of its union. The union takes 16 bytes, or 24 where longs have 8. */
const ifreq = (...member: FieldSpec[]): StructSpec => ({ fields: [['ifr_name', 'u8', 16], ...member] });
const SOCKADDR: readonly FieldSpec[] = [
  ['family', 'u16'],
  ['data', 'u8', 14],
];

const LOOP_INFO64: readonly FieldSpec[] = [
  ...list('u64', 'lo_device', 'lo_inode', 'lo_rdevice', 'lo_offset', 'lo_sizelimit'),
  ...list('u32', 'lo_number', 'lo_encrypt_type', 'lo_encrypt_key_size', 'lo_flags'),
  ['lo_file_name', 'u8', 64],
  ['lo_crypt_name', 'u8', 64],
  ['lo_encrypt_key', 'u8', 32],
  ['lo_init', 'u64', 2],
];

export const DEVICE_STRUCTS: Readonly<Record<string, StructSpec>> = {
  ifreq_int: ifreq(['ifr_ivalue', 'i32']),
  ifreq_short: ifreq(['ifr_flags', 'u16']),
  ifreq_addr: ifreq(...SOCKADDR),
  ifreq_name: ifreq(['ifr_newname', 'u8', 16]),
  ifreq_map: ifreq(...list('ulong', 'mem_start', 'mem_end'), ['base_addr', 'u16'], ...list('u8', 'irq', 'dma', 'port')),
  ifreq_mii: ifreq(...list('u16', 'phy_id', 'reg_num', 'val_in', 'val_out')),
  ifreq_data: ifreq(['ifr_data', 'pointer']),
  ifconf: {
    fields: [
      ['ifc_len', 'i32'],
      ['ifc_buf', 'pointer'],
    ],
  },
  sockaddr16: { fields: SOCKADDR },
  rtentry: {
    fields: [
      ['rt_pad1', 'ulong'],
      ...list('sockaddr16', 'rt_dst', 'rt_gateway', 'rt_genmask'),
      ...list('u16', 'rt_flags', 'rt_pad2'),
      ['rt_pad3', 'ulong'],
      ['_rt_pad4', 'pointer'],
      ['rt_metric', 'i16'],
      ['rt_dev', 'pointer'],
      ...list('ulong', 'rt_mtu', 'rt_window'),
      ['rt_irtt', 'u16'],
    ],
    brief: ['rt_flags', 'rt_metric'],
  },
  arpreq: {
    fields: [...list('sockaddr16', 'arp_pa', 'arp_ha'), ['arp_flags', 'i32'], ['arp_netmask', 'sockaddr16'], ['arp_dev', 'u8', 16]],
    brief: ['arp_flags'],
  },
  serial_struct: {
    fields: [
      ...list('i32', 'type', 'line'),
      ['port', 'u32'],
      ...list('i32', 'irq', 'flags', 'xmit_fifo_size', 'custom_divisor', 'baud_base'),
      ['close_delay', 'u16'],
      ...list('u8', 'io_type', '_reserved_char'),
      ['hub6', 'i32'],
      ...list('u16', 'closing_wait', 'closing_wait2'),
      ['_iomem_base', 'pointer'],
      ['iomem_reg_shift', 'u16'],
      ['port_high', 'u32'],
      ['iomap_base', 'ulong'],
    ],
    brief: ['type', 'line', 'irq', 'baud_base'],
  },
  serial_rs485: { fields: [...list('u32', 'flags', 'delay_rts_before_send', 'delay_rts_after_send'), ['padding', 'u32', 5]] },
  serial_icounter_struct: {
    fields: [
      ...list('i32', 'cts', 'dsr', 'rng', 'dcd', 'rx', 'tx', 'frame', 'overrun', 'parity', 'brk', 'buf_overrun'),
      ['reserved', 'i32', 9],
    ],
    brief: ['rx', 'tx'],
  },
  kbentry: { fields: [...list('u8', 'kb_table', 'kb_index'), ['kb_value', 'u16']] },
  vt_mode: { fields: [...list('u8', 'mode', 'waitv'), ...list('i16', 'relsig', 'acqsig', 'frsig')] },
  vt_stat: { fields: list('u16', 'v_active', 'v_signal', 'v_state') },
  vt_sizes: { fields: list('u16', 'v_rows', 'v_cols', 'v_scrollsize') },
  fsxattr: {
    fields: [...list('u32', 'fsx_xflags', 'fsx_extsize', 'fsx_nextents', 'fsx_projid', 'fsx_cowextsize'), ['fsx_pad', 'u8', 8]],
    brief: ['fsx_xflags', 'fsx_projid'],
  },
  fstrim_range: { fields: list('u64', 'start', 'len', 'minlen') },
  file_dedupe_range: {
    fields: [...list('u64', 'src_offset', 'src_length'), ...list('u16', 'dest_count', 'reserved1'), ['reserved2', 'u32']],
  },
  file_dedupe_range_info: {
    fields: [['dest_fd', 'i64'], ...list('u64', 'dest_offset', 'bytes_deduped'), ['status', 'i32'], ['reserved', 'u32']],
  },
  blkpg_ioctl_arg: { fields: [...list('i32', 'op', 'flags', 'datalen'), ['data', 'pointer']] },
  hd_geometry: { fields: [...list('u8', 'heads', 'sectors'), ['cylinders', 'u16'], ['start', 'ulong']] },
  sg_io_hdr: {
    fields: [
      ...list('i32', 'interface_id', 'dxfer_direction'),
      ...list('u8', 'cmd_len', 'mx_sb_len'),
      ['iovec_count', 'u16'],
      ['dxfer_len', 'u32'],
      ...list('pointer', 'dxferp', 'cmdp', 'sbp'),
      ...list('u32', 'timeout', 'flags'),
      ['pack_id', 'i32'],
      ['usr_ptr', 'pointer'],
      ...list('u8', 'status', 'masked_status', 'msg_status', 'sb_len_wr'),
      ...list('u16', 'host_status', 'driver_status'),
      ...list('i32', 'resid'),
      ...list('u32', 'duration', 'info'),
    ],
    brief: ['dxfer_direction', 'cmd_len', 'dxfer_len', 'status'],
  },
  loop_info: {
    fields: [
      ['lo_number', 'i32'],
      ['lo_device', 'u32'],
      ['lo_inode', 'ulong'],
      ['lo_rdevice', 'u32'],
      ...list('i32', 'lo_offset', 'lo_encrypt_type', 'lo_encrypt_key_size', 'lo_flags'),
      ['lo_name', 'u8', 64],
      ['lo_encrypt_key', 'u8', 32],
      ['lo_init', 'ulong', 2],
      ['reserved', 'u8', 4],
    ],
    brief: ['lo_number', 'lo_offset', 'lo_flags'],
  },
  loop_info64: { fields: LOOP_INFO64, brief: ['lo_offset', 'lo_number', 'lo_flags'] },
  loop_config: {
    fields: [...list('u32', 'fd', 'block_size'), ['info', 'loop_info64'], ['_reserved', 'u64', 8]],
    brief: ['fd', 'block_size'],
  },
  rtc_time: { fields: list('i32', 'tm_sec', 'tm_min', 'tm_hour', 'tm_mday', 'tm_mon', 'tm_year', 'tm_wday', 'tm_yday', 'tm_isdst') },
  rtc_wkalrm: { fields: [...list('u8', 'enabled', 'pending'), ['time', 'rtc_time']] },
  audio_buf_info: { fields: list('i32', 'fragments', 'fragstotal', 'fragsize', 'bytes') },
  u64_pair: { fields: list('u64', 'start', 'length') },
  u32_pair: { fields: list('u32', 'first', 'second') },
};

/** Device numbers of old structs are as wide as __kernel_old_dev_t. */
const loopInfo = (device: 'u16' | 'ulong'): StructSpec => ({
  ...DEVICE_STRUCTS['loop_info']!,
  fields: DEVICE_STRUCTS['loop_info']!.fields.map(([name, type, count]): FieldSpec => {
    if (name === 'lo_device' || name === 'lo_rdevice') return [name, device];
    return count === undefined ? [name, type] : [name, type, count];
  }),
});

/** 16-bit device numbers: 32-bit ARM, x86 and others. */
export const SHORT_DEVICE_STRUCTS: Readonly<Record<string, StructSpec>> = { loop_info: loopInfo('u16') };
export const X64_DEVICE_STRUCTS: Readonly<Record<string, StructSpec>> = { loop_info: loopInfo('ulong') };
