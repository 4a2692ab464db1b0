/** setsockopt and getsockopt: values as socket-options.ts describes them. */
import { HOST, syscall } from '../../runtime/host';
import { swapFields, swapWords } from '../byte-swap';
import { SOCK } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import { fd, guestInts, row, uint, type ArgType, type Table } from '../definition';
import { E } from '../errno';
import { socketOption, type SocketOption } from '../socket-options';

/** No option is longer, filters aside; the kernel copies at most a page. */
const MAX_VALUE = 8192;

function setsockopt(c: Context, hostFd: number, level: number, number: number, value: number, length: number): number {
  const option = socketOption(c.abi, level, number);
  const call = (at: number, size = length): number => syscall(HOST.setsockopt, hostFd, option.level, option.number, at, size);
  if (option.value === 'refused') return -E.NOPROTOOPT;
  if (value === 0) return call(0);
  if (option.value === 'program') return attachProgram(c, value, length, call);
  if (option.value === 'fd') return length < 4 ? -E.INVAL : withFd(c, value, call);
  if (typeof option.value === 'object' && !sameShape(c, option.value.struct)) return setStruct(c, option.value.struct, value, length, call);
  if (c.memory.littleEndian || option.value === 'bytes') return call(c.pointer(value, length));
  if (length > MAX_VALUE || !c.readable(value, length)) return call(BAD_ADDRESS);
  const at = c.arena.take(length);
  c.arena.u8.set(c.memory.u8.subarray(value, value + length), at);
  swapValue(c, option, c.arena.u8, at, length);
  return call(c.arena.host(at));
}

/** True if the struct's fields lie at the same places for guest and host. */
function sameShape(c: Context, name: string): boolean {
  const [guest, host] = [c.guestLayout(name), c.hostLayout(name)];
  return guest.size === host.size && guest.fields.every((f, i) => f.offset === host.fields[i]!.offset && f.size === host.fields[i]!.size);
}

/** Swaps a value of a big-endian guest; values that are no whole number of words are bytes. */
function swapValue(c: Context, option: SocketOption, u8: Uint8Array, at: number, length: number): void {
  if (typeof option.value === 'object') swapFields(u8, at, length, c.hostLayout(option.value.struct));
  else if (option.value !== 'bytes' && length % 4 === 0) swapWords(u8, at, length, 4);
}

function withFd(c: Context, value: number, call: (at: number, size: number) => number): number {
  if (!c.readable(value, 4)) return -E.FAULT;
  const at = c.arena.take(4);
  c.arena.view.setInt32(at, c.fds.host(c.memory.view.getInt32(value, c.memory.littleEndian)), true);
  return call(c.arena.host(at), 4);
}

function setStruct(c: Context, name: string, value: number, length: number, call: (at: number, size: number) => number): number {
  const copier = c.fromGuest(name, name);
  if (length < copier.from.size) return -E.INVAL;
  if (!c.readable(value, copier.from.size)) return -E.FAULT;
  const at = c.arena.take(copier.to.size);
  copier.copy(c.memory.view, value, c.arena.view, at);
  return call(c.arena.host(at), copier.to.size);
}

/** Instructions of classic BPF: a 16-bit code, two bytes, a 32-bit constant. */
const INSTRUCTION = 8;

function attachProgram(c: Context, value: number, length: number, call: (at: number, size: number) => number): number {
  const copier = c.fromGuest('sock_fprog', 'sock_fprog');
  if (length < copier.from.size) return -E.INVAL;
  if (!c.readable(value, copier.from.size)) return -E.FAULT;
  const at = c.arena.take(copier.to.size);
  copier.copy(c.memory.view, value, c.arena.view, at);
  const pointerAt = at + copier.to.fields.find((f) => f.name === 'filter')!.offset;
  const filter = Number(c.arena.view.getBigUint64(pointerAt, true));
  const size = INSTRUCTION * c.arena.view.getUint16(at, true);
  c.arena.view.setBigUint64(pointerAt, BigInt(instructions(c, filter, size)), true);
  return call(c.arena.host(at), copier.to.size);
}

function instructions(c: Context, filter: number, size: number): number {
  if (c.memory.littleEndian) return c.pointer(filter, size);
  if (!c.readable(filter, size)) return BAD_ADDRESS;
  const at = c.arena.take(size);
  if (at < 0) return BAD_ADDRESS;
  c.arena.u8.set(c.memory.u8.subarray(filter, filter + size), at);
  for (let i = 0; i < size; i += INSTRUCTION) {
    swapWords(c.arena.u8, at + i, 2, 2);
    swapWords(c.arena.u8, at + i + 4, 4, 4);
  }
  return c.arena.host(at);
}

function getsockopt(c: Context, hostFd: number, level: number, number: number, value: number, length: number): number {
  const option = socketOption(c.abi, level, number);
  if (option.value === 'refused' || (option.value === 'program' && !c.memory.littleEndian)) return -E.NOPROTOOPT;
  const asIs = typeof option.value !== 'object' || sameShape(c, option.value.struct);
  const sameBytes = c.memory.littleEndian && asIs && !['fd', 'error', 'socketType'].includes(option.value as string);
  if (sameBytes) return syscall(HOST.getsockopt, hostFd, option.level, option.number, c.pointer(value, 1), c.pointer(length, 4));
  if (!c.readable(length, 4)) return -E.FAULT;
  const room = c.memory.view.getInt32(length, c.memory.littleEndian);
  if (room < 0) return -E.INVAL;
  const at = c.arena.take(MAX_VALUE + 8);
  const lengthAt = at + MAX_VALUE;
  c.arena.view.setInt32(lengthAt, asIs ? Math.min(room, MAX_VALUE) : MAX_VALUE, true);
  const r = syscall(HOST.getsockopt, hostFd, option.level, option.number, c.arena.host(at), c.arena.host(lengthAt));
  if (r < 0) return r;
  const size = Math.min(valueToGuest(c, option, at, c.arena.view.getInt32(lengthAt, true), asIs), room);
  if (!c.writable(value, size)) return -E.FAULT;
  c.memory.u8.set(c.arena.u8.subarray(at, at + size), value);
  return c.put32(length, size);
}

function guestSocketType(c: Context, type: number): number {
  const own = c.abi.constants.socketType ?? {};
  const name = Object.keys(SOCK).find((n) => SOCK[n] === type);
  return name === undefined ? type : (own[name] ?? type);
}

/** Turns a value in the arena into the guest's form, in place; returns its length. */
function valueToGuest(c: Context, option: SocketOption, at: number, length: number, asIs: boolean): number {
  const { arena, memory } = c;
  if (!asIs && typeof option.value === 'object') {
    const copier = c.toGuest(option.value.struct, option.value.struct);
    const to = arena.take(copier.to.size);
    copier.copy(arena.view, at, arena.view, to);
    arena.u8.copyWithin(at, to, to + copier.to.size);
    return copier.to.size;
  }
  const number = arena.view.getInt32(at, true);
  if (option.value === 'fd') arena.view.setInt32(at, c.newFd(number, true), memory.littleEndian);
  else if (option.value === 'error') arena.view.setInt32(at, c.abi.errno.get(number) ?? number, memory.littleEndian);
  else if (option.value === 'socketType') arena.view.setInt32(at, guestSocketType(c, number), memory.littleEndian);
  else if (!memory.littleEndian) swapValue(c, option, arena.u8, at, length);
  return length;
}

const level: ArgType = { kind: 'socketLevel' };
const option: ArgType = { kind: 'socketOption', level: 1 };

export const SOCKET_OPTIONS: Table = {
  setsockopt: row([fd, level, option, { kind: 'guestInts', dir: 'in', length: 4 }, uint], setsockopt),
  getsockopt: row([fd, level, option, guestInts('out', 1), guestInts('inout', 1)], getsockopt),
};
