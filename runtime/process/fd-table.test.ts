import fs from 'node:fs';
import { HOST, syscall } from '../host';
import { FdTable } from './fd-table';

const EMFILE = -24;
const EBADF = -9;
const F_GETFD = 1;

const openNull = (): number => fs.openSync('/dev/null', 'r');
const isOpen = (host: number): boolean => syscall(HOST.fcntl, host, F_GETFD) >= 0;

it('gives out the lowest free number', () => {
  const t = FdTable.create(16);
  const hosts = [openNull(), openNull(), openNull()];
  expect(hosts.map((h) => t.allocate(h, false))).toEqual([0, 1, 2]);
  expect(t.close(1)).toBe(0);
  expect(t.allocate(openNull(), true)).toBe(1);
  expect(t.allocate(openNull(), true)).toBe(3);
  expect([0, 1, 2, 3].map((fd) => t.cloexec(fd))).toEqual([false, true, false, true]);
  t.setCloexec(3, false);
  expect(t.cloexec(3)).toBe(false);
  for (const fd of t.open()) t.close(fd);
  expect(t.open()).toEqual([]);
});

it('allocates from a given number upwards without losing lower ones', () => {
  const t = FdTable.create(16);
  expect(t.allocate(openNull(), false, 10)).toBe(10);
  expect(t.allocate(openNull(), false, 10)).toBe(11);
  expect(t.allocate(openNull(), false)).toBe(0);
  t.close(10);
  expect(t.allocate(openNull(), false, 5)).toBe(5);
  expect(t.allocate(openNull(), false, 10)).toBe(10);
  expect(t.open()).toEqual([0, 5, 10, 11]);
  for (const fd of t.open()) t.close(fd);
});

it('closes the host fd with the guest fd, and when there is no room', () => {
  const t = FdTable.create(1);
  const [a, b] = [openNull(), openNull()];
  expect(t.allocate(a, false)).toBe(0);
  expect(t.full()).toBe(true);
  expect(t.allocate(b, false)).toBe(EMFILE);
  expect([isOpen(a), isOpen(b)]).toEqual([true, false]);
  expect(t.host(0)).toBe(a);
  expect(t.guest(a)).toBe(0);
  expect(t.close(0)).toBe(0);
  expect(t.close(0)).toBe(EBADF);
  expect(t.host(0)).toBe(-1);
  expect(isOpen(a)).toBe(false);
});

it('starts with the descriptors that are open', () => {
  const closed = openNull();
  fs.closeSync(closed);
  expect(FdTable.inherit(64, [0, 1, 2, closed]).open()).toEqual([0, 1, 2].filter(isOpen));
});

it('is the same in all threads', () => {
  const t = FdTable.create(64);
  const other = FdTable.share(t.buffer);
  const [a, b] = [openNull(), openNull()];
  expect(t.allocate(a, true)).toBe(0);
  expect(other.allocate(b, false)).toBe(1);
  expect([other.limit, other.host(0), other.cloexec(0), t.guest(b), t.open()]).toEqual([64, a, true, 1, [0, 1]]);
  expect(other.close(0)).toBe(0);
  expect(t.allocate(openNull(), false)).toBe(0);
  for (const fd of t.open()) t.close(fd);
});

it('forgets what was noted of a host fd with it', () => {
  const t = FdTable.create(64);
  const host = openNull();
  const fd = t.allocate(host, false);
  t.setNote(host, 200);
  expect([t.note(host), t.guest(host)]).toEqual([200, fd]);
  t.close(fd);
  expect([t.note(host), t.guest(host)]).toEqual([0, -1]);
});
