/**
 * sendmsg and recvmsg: msghdr, its iovec and its control messages between the guest's layout and the
 * host's. Control message headers are three words of differing size, and SCM_RIGHTS carries fds.
 */
import type { Context } from './context';
import { E } from './errno';
import { readField, writeField } from './struct-codec';
import { hostIovec } from './thunk';

const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CTRUNC = 8;
const UIO_MAXIOV = 1024;
/** Room for control data: the kernel's optmem_max is smaller. */
const MAX_CONTROL = 65536;

const align = (n: number, word: number): number => Math.ceil(n / word) * word;

interface HostMessage {
  /** Offset of the host msghdr in the arena. */
  readonly at: number;
  readonly control: number;
  readonly controlSize: number;
}

/** Builds the host's msghdr in the arena; a negative errno if the guest's cannot be read. */
function hostMessage(c: Context, guestMessage: number, sending: boolean): HostMessage | number {
  const guest = c.guestLayout('msghdr');
  const layout = c.hostLayout('msghdr');
  if (!c.readable(guestMessage, guest.size)) return -E.FAULT;
  const get = (name: string): number => readField(c.memory.view, guestMessage, guest, name);
  const at = c.arena.take(layout.size);
  c.arena.u8.fill(0, at, at + layout.size);
  const put = (name: string, v: number): void => writeField(c.arena.view, at, layout, name, v);
  const name = get('msg_name');
  if (name !== 0) {
    put('msg_name', c.pointer(name, get('msg_namelen') >>> 0));
    put('msg_namelen', get('msg_namelen'));
  }
  const count = get('msg_iovlen');
  if (count > UIO_MAXIOV) return -E.MSGSIZE;
  put('msg_iov', hostIovec(c, get('msg_iov'), count));
  put('msg_iovlen', count);
  put('msg_flags', get('msg_flags'));
  const guestControl = get('msg_control');
  const length = get('msg_controllen');
  if (guestControl === 0 || length === 0) return { at, control: 0, controlSize: 0 };
  // a host header is 4 bytes longer than a 32-bit guest's and the data is padded to 8
  const room = Math.min(length, MAX_CONTROL) * 2 + 64;
  const control = c.arena.take(room);
  const controlSize = sending ? controlToHost(c, guestControl, length, control) : Math.min(length, MAX_CONTROL) + 64;
  if (controlSize < 0) return controlSize;
  put('msg_control', c.arena.host(control));
  put('msg_controllen', controlSize);
  return { at, control, controlSize };
}

/** Copies the guest's control messages; returns their size on the host. */
function controlToHost(c: Context, from: number, length: number, to: number): number {
  if (length > MAX_CONTROL) return -E.NOBUFS;
  if (!c.readable(from, length)) return -E.FAULT;
  const guest = c.guestLayout('cmsghdr');
  const layout = c.hostLayout('cmsghdr');
  const guestHeader = align(guest.size, c.abi.wordSize);
  const { view, u8, littleEndian } = c.memory;
  let out = to;
  for (let at = from; at + guest.size <= from + length;) {
    const size = readField(view, at, guest, 'cmsg_len');
    if (size < guestHeader || at + size > from + length) return -E.INVAL;
    const data = size - guestHeader;
    const level = readField(view, at, guest, 'cmsg_level');
    const type = readField(view, at, guest, 'cmsg_type');
    writeField(c.arena.view, out, layout, 'cmsg_len', layout.size + data);
    writeField(c.arena.view, out, layout, 'cmsg_level', level);
    writeField(c.arena.view, out, layout, 'cmsg_type', type);
    const body = out + layout.size;
    if (level === SOL_SOCKET && type === SCM_RIGHTS)
      for (let i = 0; i + 4 <= data; i += 4)
        c.arena.view.setInt32(body + i, c.fds.host(view.getInt32(at + guestHeader + i, littleEndian)), true);
    else c.arena.u8.set(u8.subarray(at + guestHeader, at + size), body);
    out = body + align(data, 8);
    at += align(size, c.abi.wordSize);
  }
  return out - to;
}

/** Copies what the host received; returns the guest's msg_controllen and whether something did not fit. */
function controlToGuest(c: Context, message: HostMessage, received: number, to: number, room: number, cloexec: boolean): [number, boolean] {
  const guest = c.guestLayout('cmsghdr');
  const layout = c.hostLayout('cmsghdr');
  const guestHeader = align(guest.size, c.abi.wordSize);
  const { view, u8, littleEndian } = c.memory;
  const host = c.arena.view;
  let out = 0;
  for (let at = message.control; at + layout.size <= message.control + received;) {
    const size = readField(host, at, layout, 'cmsg_len');
    if (size < layout.size) break;
    const data = size - layout.size;
    const body = at + layout.size;
    const rights = readField(host, at, layout, 'cmsg_level') === SOL_SOCKET && readField(host, at, layout, 'cmsg_type') === SCM_RIGHTS;
    if (out + guestHeader + data > room || !c.writable(to + out, guestHeader + data)) return [out, true];
    writeField(view, to + out, guest, 'cmsg_len', guestHeader + data);
    writeField(view, to + out, guest, 'cmsg_level', readField(host, at, layout, 'cmsg_level'));
    writeField(view, to + out, guest, 'cmsg_type', readField(host, at, layout, 'cmsg_type'));
    if (rights)
      for (let i = 0; i + 4 <= data; i += 4)
        view.setInt32(to + out + guestHeader + i, c.fds.allocate(host.getInt32(body + i, true), cloexec), littleEndian);
    else u8.set(c.arena.u8.subarray(body, body + data), to + out + guestHeader);
    out = Math.min(out + align(guestHeader + data, c.abi.wordSize), room);
    at += align(size, 8);
  }
  return [out, false];
}

const MSG_CMSG_CLOEXEC = 0x4000_0000;

/** Sends one message: `call` gets the host address of the msghdr. */
export function sendMessage(c: Context, guestMessage: number, call: (message: number) => number): number {
  const m = hostMessage(c, guestMessage, true);
  return typeof m === 'number' ? m : call(c.arena.host(m.at));
}

/** Receives one message; `flags` are recvmsg's. The call must add MSG_CMSG_CLOEXEC. */
export function receiveMessage(c: Context, guestMessage: number, flags: number, call: (message: number) => number): number {
  const m = hostMessage(c, guestMessage, false);
  if (typeof m === 'number') return m;
  const r = call(c.arena.host(m.at));
  if (r < 0) return r;
  const guest = c.guestLayout('msghdr');
  const layout = c.hostLayout('msghdr');
  if (!c.writable(guestMessage, guest.size)) return -E.FAULT;
  const got = (name: string): number => readField(c.arena.view, m.at, layout, name);
  const put = (name: string, v: number): void => writeField(c.memory.view, guestMessage, guest, name, v);
  const room = readField(c.memory.view, guestMessage, guest, 'msg_controllen');
  const [length, cut] =
    m.controlSize === 0
      ? [0, false]
      : controlToGuest(
          c,
          m,
          got('msg_controllen'),
          readField(c.memory.view, guestMessage, guest, 'msg_control'),
          room,
          (flags & MSG_CMSG_CLOEXEC) !== 0,
        );
  if (readField(c.memory.view, guestMessage, guest, 'msg_name') !== 0) put('msg_namelen', got('msg_namelen'));
  put('msg_controllen', length);
  put('msg_flags', (got('msg_flags') & ~MSG_CMSG_CLOEXEC) | (cut ? MSG_CTRUNC : 0));
  return r;
}
