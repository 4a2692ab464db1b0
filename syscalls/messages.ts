/** sendmsg and recvmsg: msghdr and its iovec between the guest's layout and the host's. */
import type { Context } from './context';
import { controlToGuest, controlToHost, MAX_CONTROL, type Received } from './control-messages';
import { contentsToGuest, hostContents, isTranslated } from './descriptor-contents';
import { E } from './errno';
import { addressIn, swapAddressOut } from './socket-addresses';
import { readField, writeField } from './struct-codec';
import { hostIovec } from './thunk';

const MSG_CTRUNC = 8;
const UIO_MAXIOV = 1024;
/** Lengths of names above this are cut (net/socket.c, __copy_msghdr). */
const MAX_NAME = 128;

interface HostMessage {
  /** Offset of the host msghdr in the arena. */
  readonly at: number;
  readonly control: number;
  readonly controlSize: number;
}

/** Builds the host's msghdr in the arena; a negative errno if the guest's cannot be read. */
function hostMessage(c: Context, hostFd: number, guestMessage: number, sending: boolean): HostMessage | number {
  const guest = c.guestLayout('msghdr');
  const layout = c.hostLayout('msghdr');
  if (!c.readable(guestMessage, guest.size)) return -E.FAULT;
  const get = (name: string): number => readField(c.memory.view, guestMessage, guest, name);
  const at = c.arena.take(layout.size);
  c.arena.u8.fill(0, at, at + layout.size);
  const put = (name: string, v: number): void => writeField(c.arena.view, at, layout, name, v);
  const name = get('msg_name');
  if (name !== 0) {
    const length = get('msg_namelen');
    if (length < 0) return -E.INVAL;
    put('msg_name', sending ? addressIn(c, name, Math.min(length, MAX_NAME)) : c.pointer(name, length));
    put('msg_namelen', length);
  }
  const count = get('msg_iovlen');
  if (count > UIO_MAXIOV) return -E.MSGSIZE;
  const whole = sending && count > 0 && isTranslated(c, hostFd) ? wholeIovec(c, hostFd, get('msg_iov'), count) : undefined;
  put('msg_iov', whole ?? hostIovec(c, get('msg_iov'), count));
  put('msg_iovlen', whole === undefined ? count : 1);
  put('msg_flags', get('msg_flags'));
  const guestControl = get('msg_control');
  const length = get('msg_controllen');
  if (guestControl === 0 || length === 0) return { at, control: 0, controlSize: 0 };
  // a host header is 4 bytes longer than a 32-bit guest's and the data is padded to 8
  const room = Math.min(length, MAX_CONTROL) * 2 + 64;
  const control = c.arena.take(room);
  const controlSize = sending ? controlToHost(c, guestControl, length, control) : room;
  if (controlSize < 0) return controlSize;
  put('msg_control', c.arena.host(control));
  put('msg_controllen', controlSize);
  return { at, control, controlSize };
}

/** The buffers of a guest iovec that may be read, or undefined. */
function buffersOf(c: Context, iov: number, count: number): readonly (readonly [at: number, length: number])[] | undefined {
  const word = c.abi.wordSize;
  if (!c.readable(iov, 2 * word * count)) return undefined;
  const list = Array.from({ length: count }, (_, i) => [c.word(iov + 2 * word * i), c.word(iov + 2 * word * i + word)] as const);
  return list.every(([at, length]) => c.readable(at, length)) ? list : undefined;
}

/** An iovec of one buffer with what the guest's hold together, in host form; undefined if they cannot be read. */
function wholeIovec(c: Context, hostFd: number, iov: number, count: number): number | undefined {
  const buffers = buffersOf(c, iov, count);
  if (buffers === undefined) return undefined;
  const total = buffers.reduce((n, [, length]) => n + length, 0);
  const slot = c.arena.take(total);
  const pair = c.arena.take(16);
  if (slot < 0 || pair < 0) return undefined;
  let out = slot;
  for (const [at, length] of buffers) {
    c.arena.u8.set(c.memory.u8.subarray(at, at + length), out);
    out += length;
  }
  hostContents(c, hostFd, slot, total);
  c.arena.view.setBigUint64(pair, BigInt(c.arena.host(slot)), true);
  c.arena.view.setBigUint64(pair + 8, BigInt(total), true);
  return c.arena.host(pair);
}

/** Puts received bytes into the guest's form, as far as they are in the first buffer: nobody scatters such messages. */
function translateReceived(c: Context, hostFd: number, iov: number, count: number, length: number): void {
  const buffers = buffersOf(c, iov, count);
  const [first] = buffers ?? [];
  if (first !== undefined) contentsToGuest(c, hostFd, first[0], Math.min(first[1], length));
}

const MSG_CMSG_CLOEXEC = 0x4000_0000;

/** Sends one message: `call` gets the host address of the msghdr. */
export function sendMessage(c: Context, hostFd: number, guestMessage: number, call: (message: number) => number): number {
  const m = hostMessage(c, hostFd, guestMessage, true);
  return typeof m === 'number' ? m : call(c.arena.host(m.at));
}

/** Receives one message; `flags` are recvmsg's. The call must add MSG_CMSG_CLOEXEC. */
export function receiveMessage(c: Context, hostFd: number, guestMessage: number, flags: number, call: (message: number) => number): number {
  const m = hostMessage(c, hostFd, guestMessage, false);
  if (typeof m === 'number') return m;
  const r = call(c.arena.host(m.at));
  if (r < 0) return r;
  const guest = c.guestLayout('msghdr');
  const layout = c.hostLayout('msghdr');
  if (!c.writable(guestMessage, guest.size)) return -E.FAULT;
  const got = (name: string): number => readField(c.arena.view, m.at, layout, name);
  const put = (name: string, v: number): void => writeField(c.memory.view, guestMessage, guest, name, v);
  const given = (name: string): number => readField(c.memory.view, guestMessage, guest, name);
  if (r > 0 && isTranslated(c, hostFd)) translateReceived(c, hostFd, given('msg_iov'), given('msg_iovlen'), r);
  const room = given('msg_controllen');
  const control = given('msg_control');
  const cloexec = (flags & MSG_CMSG_CLOEXEC) !== 0;
  const { length, cut }: Received =
    m.controlSize === 0 ? { length: 0, cut: false } : controlToGuest(c, m.control, got('msg_controllen'), control, room, cloexec);
  const name = given('msg_name');
  if (name !== 0) {
    const nameRoom = given('msg_namelen');
    swapAddressOut(c, name, Math.min(got('msg_namelen'), nameRoom));
    put('msg_namelen', got('msg_namelen'));
  }
  put('msg_controllen', length);
  put('msg_flags', (got('msg_flags') & ~MSG_CMSG_CLOEXEC) | (cut ? MSG_CTRUNC : 0));
  return r;
}
