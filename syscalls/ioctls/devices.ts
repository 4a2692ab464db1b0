/** Block devices, loop devices, clocks, sound, input. */
import { both, input, io, littleEndian, none, output, pointer, value, type Ioctl } from './request';

/** Requests whose number holds the length of a buffer of the caller's choice (linux/input.h). */
const evdev = (name: string, number: number, lengths: readonly number[]): readonly Ioctl[] =>
  lengths.map((n) => io(`${name}(${n})`, (number | (n << 16)) >>> 0, littleEndian));
const NAME_LENGTHS = [64, 80, 128, 255, 256, 512, 1024];

const BLOCK: readonly Ioctl[] = [
  io('BLKROGET', 0x125e, output('int')),
  io('BLKGETSIZE', 0x1260, output('long')),
  io('BLKFLSBUF', 0x1261, none),
  io('BLKSSZGET', 0x1268, output('int')),
  io('BLKBSZGET', 0x80081270, output('int'), 'long'),
  io('BLKGETSIZE64', 0x80081272, output('u64'), 'long'),
  io('BLKIOMIN', 0x1278, output('uint')),
  io('BLKIOOPT', 0x1279, output('uint')),
  io('BLKPBSZGET', 0x127b, output('uint')),
  io('BLKROSET', 0x125d, input('int')),
  io('BLKRRPART', 0x125f, none),
  io('BLKRASET', 0x1262, value),
  io('BLKRAGET', 0x1263, output('long')),
  io('BLKFRASET', 0x1264, value),
  io('BLKFRAGET', 0x1265, output('long')),
  io('BLKSECTGET', 0x1267, output('u16')),
  io('BLKPG', 0x1269, { kind: 'struct', dir: 'in', name: 'blkpg_ioctl_arg', pointers: ['data'] }),
  io('BLKBSZSET', 0x40081271, input('int'), 'long'),
  io('BLKDISCARD', 0x1277, input('u64_pair')),
  io('BLKALIGNOFF', 0x127a, output('int')),
  io('BLKDISCARDZEROES', 0x127c, output('uint')),
  io('BLKSECDISCARD', 0x127d, input('u64_pair')),
  io('BLKROTATIONAL', 0x127e, output('u16')),
  io('BLKZEROOUT', 0x127f, input('u64_pair')),
  io('BLKGETZONESZ', 0x80041284, output('uint')),
  io('BLKGETNRZONES', 0x80041285, output('uint')),
  io('BLKGETDISKSEQ', 0x80081280, output('u64')),
  // linux/hdreg.h
  io('HDIO_GETGEO', 0x301, output('hd_geometry')),
  io('HDIO_GET_MULTCOUNT', 0x304, output('long')),
  io('HDIO_GET_KEEPSETTINGS', 0x308, output('long')),
  io('HDIO_GET_32BIT', 0x309, output('long')),
  io('HDIO_GET_DMA', 0x30b, output('long')),
  io('HDIO_GET_IDENTITY', 0x30d, littleEndian),
  // linux/cdrom.h
  io('CDROMPAUSE', 0x5301, none),
  io('CDROMRESUME', 0x5302, none),
  io('CDROMREADTOCHDR', 0x5305, pointer),
  io('CDROMSTOP', 0x5307, none),
  io('CDROMSTART', 0x5308, none),
  io('CDROMEJECT', 0x5309, none),
  io('CDROMCLOSETRAY', 0x5319, none),
  io('CDROM_SET_OPTIONS', 0x5320, value),
  io('CDROM_CLEAR_OPTIONS', 0x5321, value),
  io('CDROM_MEDIA_CHANGED', 0x5325, value),
  io('CDROM_DRIVE_STATUS', 0x5326, value),
  io('CDROM_DISC_STATUS', 0x5327, none),
  io('CDROM_LOCKDOOR', 0x5329, value),
  io('CDROM_GET_CAPABILITY', 0x5331, none),
  // scsi/sg.h
  io('SG_GET_VERSION_NUM', 0x2282, output('int')),
  io('SG_IO', 0x2285, { kind: 'struct', dir: 'inout', name: 'sg_io_hdr', pointers: ['dxferp', 'cmdp', 'sbp'] }),
];

/** linux/loop.h */
const LOOP: readonly Ioctl[] = [
  io('LOOP_SET_FD', 0x4c00, { kind: 'fd' }),
  io('LOOP_CLR_FD', 0x4c01, none),
  io('LOOP_SET_STATUS', 0x4c02, input('loop_info')),
  io('LOOP_GET_STATUS', 0x4c03, output('loop_info')),
  io('LOOP_SET_STATUS64', 0x4c04, input('loop_info64')),
  io('LOOP_GET_STATUS64', 0x4c05, output('loop_info64')),
  io('LOOP_CHANGE_FD', 0x4c06, { kind: 'fd' }),
  io('LOOP_SET_CAPACITY', 0x4c07, none),
  io('LOOP_SET_DIRECT_IO', 0x4c08, value),
  io('LOOP_SET_BLOCK_SIZE', 0x4c09, value),
  io('LOOP_CONFIGURE', 0x4c0a, { kind: 'struct', dir: 'in', name: 'loop_config', fds: ['fd'] }),
  io('LOOP_CTL_ADD', 0x4c80, value),
  io('LOOP_CTL_REMOVE', 0x4c81, value),
  io('LOOP_CTL_GET_FREE', 0x4c82, none),
];

/** linux/rtc.h, linux/watchdog.h */
const CLOCKS: readonly Ioctl[] = [
  ...['AIE_ON', 'AIE_OFF', 'UIE_ON', 'UIE_OFF', 'PIE_ON', 'PIE_OFF'].map((n, i) => io(`RTC_${n}`, 0x7001 + i, none)),
  io('RTC_ALM_SET', 0x40247007, input('rtc_time')),
  io('RTC_ALM_READ', 0x80247008, output('rtc_time')),
  io('RTC_RD_TIME', 0x80247009, output('rtc_time')),
  io('RTC_SET_TIME', 0x4024700a, input('rtc_time')),
  io('RTC_IRQP_READ', 0x8008700b, output('long'), 'long'),
  io('RTC_IRQP_SET', 0x4008700c, value, 'long'),
  io('RTC_EPOCH_READ', 0x8008700d, output('long'), 'long'),
  io('RTC_WKALM_SET', 0x4028700f, input('rtc_wkalrm')),
  io('RTC_WKALM_RD', 0x80287010, output('rtc_wkalrm')),
  io('RTC_VL_READ', 0x80047013, output('int')),
  io('RTC_VL_CLR', 0x7014, none),
  io('WDIOC_GETSUPPORT', 0x80285700, littleEndian),
  io('WDIOC_GETSTATUS', 0x80045701, output('int')),
  io('WDIOC_GETBOOTSTATUS', 0x80045702, output('int')),
  io('WDIOC_SETOPTIONS', 0x80045704, input('int')),
  io('WDIOC_KEEPALIVE', 0x80045705, output('int')),
  io('WDIOC_SETTIMEOUT', 0xc0045706, both('int')),
  io('WDIOC_GETTIMEOUT', 0x80045707, output('int')),
];

/** linux/soundcard.h: the Open Sound System, and what ALSA programs ask first. */
const SOUND: readonly Ioctl[] = [
  io('SNDCTL_DSP_RESET', 0x5000, none),
  io('SNDCTL_DSP_SYNC', 0x5001, none),
  io('SNDCTL_DSP_SPEED', 0xc0045002, both('int')),
  io('SNDCTL_DSP_STEREO', 0xc0045003, both('int')),
  io('SNDCTL_DSP_GETBLKSIZE', 0xc0045004, both('int')),
  io('SNDCTL_DSP_SETFMT', 0xc0045005, both('int')),
  io('SNDCTL_DSP_CHANNELS', 0xc0045006, both('int')),
  io('SNDCTL_DSP_POST', 0x5008, none),
  io('SNDCTL_DSP_SUBDIVIDE', 0xc0045009, both('int')),
  io('SNDCTL_DSP_SETFRAGMENT', 0xc004500a, both('int')),
  io('SNDCTL_DSP_GETFMTS', 0x8004500b, output('int')),
  io('SNDCTL_DSP_GETOSPACE', 0x8010500c, output('audio_buf_info')),
  io('SNDCTL_DSP_GETISPACE', 0x8010500d, output('audio_buf_info')),
  io('SNDCTL_DSP_NONBLOCK', 0x500e, none),
  io('SNDCTL_DSP_GETCAPS', 0x8004500f, output('int')),
  io('SNDCTL_DSP_SETTRIGGER', 0x40045010, input('int')),
  io('SNDCTL_DSP_GETTRIGGER', 0x80045010, output('int')),
  io('SNDCTL_DSP_GETODELAY', 0x80045017, output('int')),
  ...Array.from({ length: 25 }, (_, i) => io(`SOUND_MIXER_READ(${i})`, 0x80044d00 + i, output('int'))),
  ...Array.from({ length: 25 }, (_, i) => io(`SOUND_MIXER_WRITE(${i})`, 0xc0044d00 + i, both('int'))),
  io('SNDRV_CTL_IOCTL_PVERSION', 0x80045500, output('int')),
  io('SNDRV_PCM_IOCTL_PVERSION', 0x80044100, output('int')),
];

/** linux/input.h */
const INPUT: readonly Ioctl[] = [
  io('EVIOCGVERSION', 0x80044501, output('int')),
  io('EVIOCGID', 0x80084502, littleEndian),
  io('EVIOCGREP', 0x80084503, output('u32_pair')),
  io('EVIOCSREP', 0x40084503, input('u32_pair')),
  io('EVIOCGRAB', 0x40044590, value),
  ...evdev('EVIOCGNAME', 0x80004506, NAME_LENGTHS),
  ...evdev('EVIOCGPHYS', 0x80004507, NAME_LENGTHS),
  ...evdev('EVIOCGUNIQ', 0x80004508, NAME_LENGTHS),
];

export const DEVICES: readonly Ioctl[] = [...BLOCK, ...LOOP, ...CLOCKS, ...SOUND, ...INPUT];
