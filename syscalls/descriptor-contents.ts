/**
 * Descriptors whose bytes are structs of the kernel's: events that carry descriptors (fanotify), and for
 * big-endian guests everything that holds numbers. What a descriptor is, is looked up once and noted in
 * the descriptor table.
 */
import { HOST, syscall } from '../runtime/host';
import { swapFields, swapWords } from './byte-swap';
import { AT_FDCWD } from './constants';
import { BAD_ADDRESS, type Context } from './context';
import { NOTE } from './fd-notes';
import { swapNetlink } from './netlink';
import { guestSignal } from './signal-sets';
import { readField, writeField } from './struct-codec';

const ANONYMOUS: Readonly<Record<string, number>> = {
  'anon_inode:[eventfd]': NOTE.counter,
  'anon_inode:[timerfd]': NOTE.counter,
  'anon_inode:[signalfd]': NOTE.signalfd,
  'anon_inode:inotify': NOTE.inotify,
  'anon_inode:[fanotify]': NOTE.fanotify,
};
const LINK_BYTES = 64;
const SOL_SOCKET = 1;
const SO_PROTOCOL = 38;
const SO_DOMAIN = 39;
const AF_NETLINK = 16;
const NETLINK_KOBJECT_UEVENT = 15;

function lookUp(c: Context, hostFd: number): number {
  const link = c.arena.cString(Buffer.from(`/proc/self/fd/${hostFd}`));
  const at = c.arena.take(LINK_BYTES);
  const n = syscall(HOST.readlinkat, AT_FDCWD, link, c.arena.host(at), LINK_BYTES);
  const text = Buffer.from(c.arena.u8.subarray(at, at + Math.max(n, 0))).toString('latin1');
  if (!text.startsWith('socket:')) return ANONYMOUS[text] ?? NOTE.plain;
  // the kernel's announcements of devices are text
  return socketInt(c, hostFd, SO_DOMAIN) === AF_NETLINK && socketInt(c, hostFd, SO_PROTOCOL) !== NETLINK_KOBJECT_UEVENT
    ? NOTE.netlink
    : NOTE.plain;
}

function socketInt(c: Context, hostFd: number, option: number): number {
  const at = c.arena.take(16);
  c.arena.view.setInt32(at + 8, 4, true);
  syscall(HOST.getsockopt, hostFd, SOL_SOCKET, option, c.arena.host(at), c.arena.host(at + 8));
  return c.arena.view.getInt32(at, true);
}

/** What a descriptor's bytes are; for little-endian guests only what was noted when it was opened matters. */
function noteOf(c: Context, hostFd: number): number {
  const known = c.fds.note(hostFd);
  if (known !== NOTE.unknown || c.memory.littleEndian || hostFd < 0) return known;
  const note = lookUp(c, hostFd);
  c.fds.setNote(hostFd, note);
  return note;
}

/** True if bytes read from the descriptor go through `contentsToGuest`, and bytes written through `contentsToHost`. */
export function isTranslated(c: Context, hostFd: number): boolean {
  return noteOf(c, hostFd) > NOTE.memory;
}

/** Turns `length` bytes that were read into guest memory at `at` into the guest's form. */
export function contentsToGuest(c: Context, hostFd: number, at: number, length: number): void {
  if (!c.writable(at, length)) return;
  const note = noteOf(c, hostFd);
  if (note === NOTE.fanotify) fanotifyEvents(c, at, length);
  if (note === NOTE.signalfd) each(length, SIGNALFD_SIGINFO, (i) => signalEvent(c, at + i));
  if (c.memory.littleEndian) return;
  const { u8 } = c.memory;
  if (note === NOTE.counter) swapWords(u8, at, length, 8);
  else if (note === NOTE.inotify) inotifyEvents(c, at, length);
  else if (note === NOTE.netlink) swapNetlink(c, u8, at, length, 'host');
}

function each(length: number, size: number, f: (at: number) => void): void {
  for (let i = 0; i + size <= length; i += size) f(i);
}

const SIGNALFD_SIGINFO = 128;

/** The signal gets the guest's number. */
function signalEvent(c: Context, at: number): void {
  c.memory.view.setUint32(at, guestSignal(c.abi, c.memory.view.getUint32(at, true)), true);
  if (!c.memory.littleEndian) swapFields(c.memory.u8, at, SIGNALFD_SIGINFO, c.hostLayout('signalfd_siginfo'));
}

/** The descriptors in events become the guest's. */
function fanotifyEvents(c: Context, at: number, length: number): void {
  const layout = c.hostLayout('fanotify_event_metadata');
  for (let p = at; p + layout.size <= at + length;) {
    const size = readField(c.memory.view, p, layout, 'event_len');
    const hostFd = readField(c.memory.view, p, layout, 'fd');
    if (hostFd >= 0) writeField(c.memory.view, p, layout, 'fd', c.fds.allocate(hostFd, false));
    if (!c.memory.littleEndian) swapFields(c.memory.u8, p, layout.size, layout);
    if (size < layout.size) break;
    p += size;
  }
}

function inotifyEvents(c: Context, at: number, length: number): void {
  const layout = c.hostLayout('inotify_event');
  for (let p = at; p + layout.size <= at + length;) {
    const name = readField(c.memory.view, p, layout, 'len');
    swapFields(c.memory.u8, p, layout.size, layout);
    p += layout.size + name;
  }
}

/** The host's form of bytes the guest writes: a host address, which faults if they cannot be read. */
export function contentsToHost(c: Context, hostFd: number, at: number, length: number): number {
  if (c.memory.littleEndian || !isTranslated(c, hostFd)) return c.pointer(at, length);
  if (!c.readable(at, length)) return BAD_ADDRESS;
  const slot = c.arena.take(length);
  if (slot < 0) return BAD_ADDRESS;
  c.arena.u8.set(c.memory.u8.subarray(at, at + length), slot);
  hostContents(c, hostFd, slot, length);
  return c.arena.host(slot);
}

/** Turns guest bytes that were copied into the arena into the host's form. */
export function hostContents(c: Context, hostFd: number, slot: number, length: number): void {
  if (c.memory.littleEndian) return;
  const note = noteOf(c, hostFd);
  if (note === NOTE.counter) swapWords(c.arena.u8, slot, length, 8);
  else if (note === NOTE.netlink) swapNetlink(c, c.arena.u8, slot, length, 'guest');
}
