/** ioctl: the request's row says what its argument is. Unknown requests answer ENOTTY and are logged. */
import { HOST, syscall } from '../../runtime/host';
import type { Abi } from '../abi/abi';
import { O } from '../constants';
import type { Context } from '../context';
import { address, int, row, type Table } from '../definition';
import { E } from '../errno';
import { IOCTLS, requestNumber, sizedNumber, type Ioctl, type IoctlArgument } from '../ioctls';
import { readField, writeField } from '../struct-codec';

interface Request {
  readonly ioctl: Ioctl;
  readonly hostNumber: number;
}

const requestsOf = new Map<Abi, ReadonlyMap<number, Request>>();

/** Requests by the guest's number. */
function byNumber(c: Context): ReadonlyMap<number, Request> {
  const known = requestsOf.get(c.abi);
  if (known !== undefined) return known;
  const requests = new Map(
    IOCTLS.map((ioctl) => {
      const { number, sized } = ioctl;
      const hostNumber = sized === undefined ? number : sizedNumber(number, c.hostLayout(sized).size);
      return [requestNumber(ioctl, c.abi, (name) => c.guestLayout(name).size), { ioctl, hostNumber }];
    }),
  );
  requestsOf.set(c.abi, requests);
  return requests;
}

type StructArgument = Extract<IoctlArgument, { kind: 'struct' }>;
/** Unions are declared with one member, and the kernel may write all of them. */
const LARGEST_UNION = 64;

function withStruct(c: Context, hostFd: number, request: Request, how: StructArgument, argument: number): number {
  const { name, dir, fds = [], pointers = [] } = how;
  const guest = c.guestLayout(name);
  const layout = c.hostLayout(name);
  if (pointers.length > 0 && !c.memory.littleEndian) return unknown(c, request.ioctl.name);
  const slot = c.arena.take(layout.size + LARGEST_UNION);
  if (dir === 'out') c.arena.u8.fill(0, slot, slot + layout.size);
  else {
    if (!c.readable(argument, guest.size)) return -E.FAULT;
    c.fromGuest(name, name).copy(c.memory.view, argument, c.arena.view, slot);
  }
  const given = (field: string): number => readField(c.memory.view, argument, guest, field);
  for (const f of fds) writeField(c.arena.view, slot, layout, f, c.fds.host(given(f)));
  const addresses = pointers.map(given);
  pointers.forEach((f, i) => writeField(c.arena.view, slot, layout, f, addresses[i] === 0 ? 0 : c.base + addresses[i]!));
  const r = c.call(HOST.ioctl, hostFd, request.hostNumber, c.arena.host(slot));
  if (r < 0 || dir === 'in') return r;
  if (!c.writable(argument, guest.size)) return -E.FAULT;
  const fits = c.toGuest(name, name).copy(c.arena.view, slot, c.memory.view, argument);
  pointers.forEach((f, i) => writeField(c.memory.view, argument, guest, f, addresses[i]!));
  return fits ? r : -E.OVERFLOW;
}

/** A struct ifreq of the host's is 40 bytes long, one of a 32-bit guest's 32. */
const IFREQ_NAME = 16;
const ifreqSize = (wordSize: number): number => IFREQ_NAME + (wordSize === 8 ? 24 : 16);
const HOST_IFREQ = ifreqSize(8);

function interfaces(c: Context, hostFd: number, nr: number, argument: number): number {
  const layout = c.hostLayout('ifconf');
  const guest = c.guestLayout('ifconf');
  if (!c.readable(argument, guest.size)) return -E.FAULT;
  const stride = ifreqSize(c.abi.wordSize);
  const buffer = readField(c.memory.view, argument, guest, 'ifc_buf');
  const room = Math.floor(Math.max(readField(c.memory.view, argument, guest, 'ifc_len'), 0) / stride);
  const list = c.arena.take(Math.max(room * HOST_IFREQ, 1));
  if (list < 0) return -E.NOMEM;
  const slot = c.arena.take(layout.size);
  writeField(c.arena.view, slot, layout, 'ifc_len', room * HOST_IFREQ);
  writeField(c.arena.view, slot, layout, 'ifc_buf', buffer === 0 ? 0 : c.arena.host(list));
  const r = syscall(HOST.ioctl, hostFd, nr, c.arena.host(slot));
  if (r < 0) return r;
  const count = readField(c.arena.view, slot, layout, 'ifc_len') / HOST_IFREQ;
  if (!c.writable(argument, guest.size) || (buffer !== 0 && !c.writable(buffer, count * stride))) return -E.FAULT;
  const copier = c.toGuest('ifreq_addr', 'ifreq_addr');
  for (let i = 0; buffer !== 0 && i < count; i++) copier.copy(c.arena.view, list + i * HOST_IFREQ, c.memory.view, buffer + i * stride);
  writeField(c.memory.view, argument, guest, 'ifc_len', count * stride);
  return r;
}

const DEDUPE = 'file_dedupe_range';
const DEDUPE_ENTRY = 'file_dedupe_range_info';

/** Both structs have the same size everywhere; the destinations are guest fds. */
function dedupeRange(c: Context, hostFd: number, nr: number, argument: number): number {
  const [head, entry] = [c.hostLayout(DEDUPE), c.hostLayout(DEDUPE_ENTRY)];
  if (!c.readable(argument, head.size)) return -E.FAULT;
  const count = readField(c.memory.view, argument, c.guestLayout(DEDUPE), 'dest_count');
  const size = head.size + count * entry.size;
  if (!c.readable(argument, size) || !c.writable(argument, size)) return -E.FAULT;
  const slot = c.arena.take(size);
  if (slot < 0) return -E.NOMEM;
  const guestEntry = c.guestLayout(DEDUPE_ENTRY);
  c.fromGuest(DEDUPE, DEDUPE).copy(c.memory.view, argument, c.arena.view, slot);
  const at = (base: number, i: number): number => base + head.size + i * entry.size;
  const numbers = Array.from({ length: count }, (_, i) => readField(c.memory.view, at(argument, i), guestEntry, 'dest_fd'));
  numbers.forEach((n, i) => {
    c.fromGuest(DEDUPE_ENTRY, DEDUPE_ENTRY).copy(c.memory.view, at(argument, i), c.arena.view, at(slot, i));
    writeField(c.arena.view, at(slot, i), entry, 'dest_fd', c.fds.host(n));
  });
  const r = syscall(HOST.ioctl, hostFd, nr, c.arena.host(slot));
  if (r < 0) return r;
  numbers.forEach((n, i) => {
    c.toGuest(DEDUPE_ENTRY, DEDUPE_ENTRY).copy(c.arena.view, at(slot, i), c.memory.view, at(argument, i));
    writeField(c.memory.view, at(argument, i), guestEntry, 'dest_fd', n);
  });
  return r;
}

function run(c: Context, request: Request, guestFd: number, hostFd: number, value: number): number {
  const { argument, name } = request.ioctl;
  const nr = request.hostNumber;
  switch (argument.kind) {
    case 'none':
    case 'value':
      return c.call(HOST.ioctl, hostFd, nr, value);
    case 'struct':
      return withStruct(c, hostFd, request, argument, value);
    case 'littleEndian':
      if (!c.memory.littleEndian) return unknown(c, name);
      return syscall(HOST.ioctl, hostFd, nr, c.pointer(value, 1));
    case 'pointer':
      return syscall(HOST.ioctl, hostFd, nr, c.pointer(value, 1));
    case 'fd':
      return syscall(HOST.ioctl, hostFd, nr, c.fds.host(value));
    case 'newFd':
      return c.newFd(syscall(HOST.ioctl, hostFd, nr, value | O.O_CLOEXEC), (value & O.O_CLOEXEC) !== 0);
    case 'cloexec':
      c.fds.setCloexec(guestFd, argument.on);
      return 0;
    case 'interfaces':
      return interfaces(c, hostFd, nr, value);
    case 'dedupeRange':
      return dedupeRange(c, hostFd, nr, value);
  }
}

function unknown(c: Context, request: string): number {
  c.process.log.unimplemented(`ioctl ${request}`);
  return -E.NOTTY;
}

function ioctl(c: Context, guestFd: number, number: number, value: number): number {
  const hostFd = c.fds.host(guestFd);
  if (hostFd < 0) return -E.BADF;
  const request = byNumber(c).get(number);
  return request === undefined ? unknown(c, `0x${number.toString(16)}`) : run(c, request, guestFd, hostFd, value);
}

export const IOCTL_CALLS: Table = { ioctl: row([int, { kind: 'ioctl' }, address], ioctl) };
