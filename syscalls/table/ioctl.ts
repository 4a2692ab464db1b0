/** ioctl: the request's row says what its argument is. Unknown requests answer ENOTTY and are logged. */
import { HOST, syscall } from '../../runtime/host';
import type { Abi } from '../abi/abi';
import { O } from '../constants';
import type { Context } from '../context';
import { address, int, row, type Table } from '../definition';
import { E } from '../errno';
import { IOCTLS, sizedNumber, type Ioctl } from '../ioctls';
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
  const own = c.abi.constants.ioctl ?? {};
  const requests = new Map(
    IOCTLS.map((ioctl) => {
      const { name, number, sized } = ioctl;
      const guestNumber = own[name] ?? (sized === undefined ? number : sizedNumber(number, c.guestLayout(sized).size));
      const hostNumber = sized === undefined ? number : sizedNumber(number, c.hostLayout(sized).size);
      return [guestNumber, { ioctl, hostNumber }];
    }),
  );
  requestsOf.set(c.abi, requests);
  return requests;
}

function withStruct(c: Context, hostFd: number, request: Request, name: string, dir: string, argument: number): number {
  const guest = c.guestLayout(name);
  const slot = c.arena.take(Math.max(c.hostLayout(name).size, 8));
  if (dir !== 'out') {
    if (!c.readable(argument, guest.size)) return -E.FAULT;
    c.fromGuest(name, name).copy(c.memory.view, argument, c.arena.view, slot);
  }
  const r = syscall(HOST.ioctl, hostFd, request.hostNumber, c.arena.host(slot));
  if (r < 0 || dir === 'in') return r;
  if (!c.writable(argument, guest.size)) return -E.FAULT;
  return c.toGuest(name, name).copy(c.arena.view, slot, c.memory.view, argument) ? r : -E.OVERFLOW;
}

function cloneRange(c: Context, hostFd: number, request: Request, argument: number): number {
  const name = 'file_clone_range';
  const guest = c.guestLayout(name);
  const layout = c.hostLayout(name);
  const slot = c.arena.take(layout.size);
  if (!c.readable(argument, guest.size)) return -E.FAULT;
  c.fromGuest(name, name).copy(c.memory.view, argument, c.arena.view, slot);
  writeField(c.arena.view, slot, layout, 'src_fd', c.fds.host(readField(c.memory.view, argument, guest, 'src_fd')));
  return syscall(HOST.ioctl, hostFd, request.hostNumber, c.arena.host(slot));
}

function run(c: Context, request: Request, guestFd: number, hostFd: number, value: number): number {
  const { argument } = request.ioctl;
  const nr = request.hostNumber;
  switch (argument.kind) {
    case 'none':
    case 'value':
      return syscall(HOST.ioctl, hostFd, nr, value);
    case 'struct':
      return withStruct(c, hostFd, request, argument.name, argument.dir, value);
    case 'fd':
      return syscall(HOST.ioctl, hostFd, nr, c.fds.host(value));
    case 'newFd':
      return c.newFd(syscall(HOST.ioctl, hostFd, nr, value | O.O_CLOEXEC), (value & O.O_CLOEXEC) !== 0);
    case 'cloexec':
      c.fds.setCloexec(guestFd, argument.on);
      return 0;
    case 'cloneRange':
      return cloneRange(c, hostFd, request, value);
  }
}

function ioctl(c: Context, guestFd: number, number: number, value: number): number {
  const hostFd = c.fds.host(guestFd);
  if (hostFd < 0) return -E.BADF;
  const request = byNumber(c).get(number);
  if (request !== undefined) return run(c, request, guestFd, hostFd, value);
  c.process.log.unimplemented(`ioctl 0x${number.toString(16)}`);
  return -E.NOTTY;
}

export const IOCTL_CALLS: Table = { ioctl: row([int, { kind: 'ioctl' }, address], ioctl) };
