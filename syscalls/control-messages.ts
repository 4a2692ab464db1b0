/**
 * Control messages of sendmsg and recvmsg. Their headers hold words of the guest's size, SCM_RIGHTS and
 * SCM_PIDFD carry descriptors, times carry words, and everything else is ints or bytes.
 */
import { swapFields, swapWords } from './byte-swap';
import type { Context } from './context';
import { E } from './errno';
import { guestLevel, hostLevel, socketOption } from './socket-options';
import { readField, writeField } from './struct-codec';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SCM_PIDFD = 4;
/** Room for control data: the kernel's optmem_max is smaller. */
export const MAX_CONTROL = 65536;

/** Structs in control messages by level and type; SCM_TIMESTAMP and its like have the number of the option that asks for them. */
const CONTENTS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [SOL_SOCKET]: {
    2: 'ucred',
    29: 'timeval',
    35: 'timespec',
    37: 'scm_timestamping',
    63: 'timeval64',
    64: 'timespec64',
    65: 'scm_timestamping64',
  },
  0: { 8: 'in_pktinfo', 11: 'sock_extended_err' },
  41: { 25: 'sock_extended_err', 50: 'in6_pktinfo' },
};

export const align = (n: number, word: number): number => Math.ceil(n / word) * word;

interface Header {
  readonly data: number;
  readonly level: number;
  readonly type: number;
}

/** Types of SOL_SOCKET from SO_TIMESTAMP on are option numbers, which some ABIs have their own of. */
const hostType = (c: Context, level: number, type: number): number =>
  level === SOL_SOCKET && type > SCM_PIDFD ? socketOption(c.abi, guestLevel(c.abi, level), type).number : type;

function guestType(c: Context, level: number, type: number): number {
  if (level !== SOL_SOCKET || type <= SCM_PIDFD) return type;
  const own = c.abi.constants.socket ?? {};
  const name = Object.keys(own).find((n) => socketOption(c.abi, guestLevel(c.abi, level), own[n]!).number === type && n.startsWith('SO_'));
  return name === undefined ? type : own[name]!;
}

/** True if the message carries descriptors. */
const carriesFds = (h: Header): boolean => h.level === SOL_SOCKET && (h.type === SCM_RIGHTS || h.type === SCM_PIDFD);

/** Copies the guest's control messages to the arena; returns their size on the host, or a negative errno. */
export function controlToHost(c: Context, from: number, length: number, to: number): number {
  if (length > MAX_CONTROL) return -E.NOBUFS;
  if (!c.readable(from, length)) return -E.FAULT;
  const guest = c.guestLayout('cmsghdr');
  const layout = c.hostLayout('cmsghdr');
  const guestHeader = align(guest.size, c.abi.wordSize);
  let out = to;
  for (let at = from; at + guest.size <= from + length;) {
    const size = readField(c.memory.view, at, guest, 'cmsg_len');
    if (size < guestHeader || at + size > from + length) return -E.INVAL;
    const level = hostLevel(c.abi, readField(c.memory.view, at, guest, 'cmsg_level'));
    const type = hostType(c, level, readField(c.memory.view, at, guest, 'cmsg_type'));
    const data = dataToHost(c, { data: size - guestHeader, level, type }, at + guestHeader, out + layout.size);
    writeField(c.arena.view, out, layout, 'cmsg_len', layout.size + data);
    writeField(c.arena.view, out, layout, 'cmsg_level', level);
    writeField(c.arena.view, out, layout, 'cmsg_type', type);
    out += layout.size + align(data, 8);
    at += align(size, c.abi.wordSize);
  }
  return out - to;
}

/** Returns the number of bytes on the host. */
function dataToHost(c: Context, h: Header, from: number, to: number): number {
  const { memory, arena } = c;
  if (carriesFds(h)) {
    for (let i = 0; i + 4 <= h.data; i += 4)
      arena.view.setInt32(to + i, c.fds.host(memory.view.getInt32(from + i, memory.littleEndian)), true);
    return h.data;
  }
  const name = CONTENTS[h.level]?.[h.type];
  const copier = name === undefined ? undefined : c.fromGuest(name, name);
  if (copier !== undefined && copier.from.size !== copier.to.size && h.data >= copier.from.size) {
    copier.copy(memory.view, from, arena.view, to);
    return copier.to.size;
  }
  arena.u8.set(memory.u8.subarray(from, from + h.data), to);
  if (!memory.littleEndian) swapData(c, arena.u8, to, h, name);
  return h.data;
}

function swapData(c: Context, u8: Uint8Array, at: number, h: Header, name: string | undefined): void {
  if (name !== undefined) swapFields(u8, at, h.data, c.hostLayout(name));
  else if (h.data === 4) swapWords(u8, at, 4, 4);
  else if (h.data === 2) swapWords(u8, at, 2, 2);
}

export interface Received {
  /** The guest's msg_controllen. */
  readonly length: number;
  /** Something did not fit (MSG_CTRUNC). */
  readonly cut: boolean;
}

/**
 * Copies what the host received at an arena offset into `room` bytes of the guest's. As in the kernel,
 * data is cut at the end of the buffer; descriptors that do not fit are closed.
 */
export function controlToGuest(c: Context, from: number, received: number, to: number, room: number, cloexec: boolean): Received {
  const guest = c.guestLayout('cmsghdr');
  const layout = c.hostLayout('cmsghdr');
  const guestHeader = align(guest.size, c.abi.wordSize);
  const host = c.arena.view;
  let out = 0;
  let cut = false;
  for (let at = from; at + layout.size <= from + received;) {
    const size = readField(host, at, layout, 'cmsg_len');
    if (size < layout.size) break;
    const header = {
      data: size - layout.size,
      level: readField(host, at, layout, 'cmsg_level'),
      type: readField(host, at, layout, 'cmsg_type'),
    };
    const space = c.writable(to + out, Math.max(room - out, 0)) ? room - out - guestHeader : -1;
    const data = dataToGuest(c, header, at + layout.size, to + out + guestHeader, space, cloexec);
    cut ||= data.cut;
    if (data.length >= 0) {
      writeField(c.memory.view, to + out, guest, 'cmsg_len', guestHeader + data.length);
      writeField(c.memory.view, to + out, guest, 'cmsg_level', guestLevel(c.abi, header.level));
      writeField(c.memory.view, to + out, guest, 'cmsg_type', guestType(c, header.level, header.type));
      out = Math.min(out + align(guestHeader + data.length, c.abi.wordSize), room);
    }
    at += align(size, 8);
  }
  return { length: out, cut };
}

/** Writes at most `space` bytes; length -1 if not even the header has room. */
function dataToGuest(c: Context, h: Header, from: number, to: number, space: number, cloexec: boolean): Received {
  if (carriesFds(h)) return fdsToGuest(c, h, from, to, space, cloexec);
  if (space < 0) return { length: -1, cut: true };
  const name = CONTENTS[h.level]?.[h.type];
  const copier = name === undefined ? undefined : c.toGuest(name, name);
  let [data, length] = [from, h.data];
  if (copier !== undefined && copier.from.size !== copier.to.size) {
    data = c.arena.take(copier.to.size);
    length = copier.to.size;
    copier.copy(c.arena.view, from, c.arena.view, data);
  } else {
    if (name === 'sock_extended_err') renumberError(c, from);
    if (!c.memory.littleEndian) swapData(c, c.arena.u8, from, h, name);
  }
  const kept = Math.min(length, space);
  c.memory.u8.set(c.arena.u8.subarray(data, data + kept), to);
  return { length: kept, cut: kept < length };
}

/** The first field is an error number. */
function renumberError(c: Context, at: number): void {
  const error = c.arena.view.getUint32(at, true);
  c.arena.view.setUint32(at, c.abi.errno.get(error) ?? error, true);
}

function fdsToGuest(c: Context, h: Header, from: number, to: number, space: number, cloexec: boolean): Received {
  const count = Math.floor(h.data / 4);
  let taken = 0;
  let failed = false;
  for (let i = 0; i < count; i++) {
    const hostFd = c.arena.view.getInt32(from + 4 * i, true);
    failed ||= 4 * (i + 1) > space;
    // without room the host fd goes; the table closes it itself when it is full
    const fd = failed ? c.fds.discard(hostFd) : c.fds.allocate(hostFd, cloexec);
    if (fd < 0) failed = true;
    else {
      c.memory.view.setInt32(to + 4 * i, fd, c.memory.littleEndian);
      taken++;
    }
  }
  return { length: taken === 0 ? -1 : 4 * taken, cut: failed };
}
