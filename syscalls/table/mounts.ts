/** The mount API of descriptors (fsopen and the like), namespaces and Landlock. */
import { HOST, syscall } from '../../runtime/host';
import { AT, AT_FDCWD, CLONE_NEW, FSCONFIG, MOUNT_FD, O } from '../constants';
import { BAD_ADDRESS, type Context } from '../context';
import { structsIn } from '../conversion';
import { address, dirfd, existingPath, fd, flags, hex, host, int, oneOf, path, row, string, uint, type Table } from '../definition';
import { E } from '../errno';
import { readField, writeField } from '../struct-codec';

/** A call that opens something; `bit` is its close-on-exec flag in the argument `how`. */
function opened(c: Context, how: number, bit: number, call: (how: number) => number): number {
  return c.fds.full() ? -E.MFILE : c.newFd(call(how | bit), (how & bit) !== 0);
}

const { FSCONFIG_SET_BINARY, FSCONFIG_SET_FD, FSCONFIG_SET_PATH, FSCONFIG_SET_PATH_EMPTY } = FSCONFIG as Record<string, number>;

/** fsconfig's last two arguments mean what the command says. */
function fsconfig(c: Context, context: number, command: number, key: number, value: number, extra: number): number {
  const at = value === 0 ? 0 : command === FSCONFIG_SET_BINARY ? c.pointer(value, extra >>> 0) : c.base + value;
  const isPath = command === FSCONFIG_SET_PATH || command === FSCONFIG_SET_PATH_EMPTY;
  const number = command === FSCONFIG_SET_FD || (isPath && extra !== AT_FDCWD) ? c.fds.host(extra) : extra;
  return syscall(HOST.fsconfig, context, command, key, at, number);
}

const MOUNT_ATTR_IDMAP = 0x100000;

/** struct mount_attr may be longer than we know, as openat2's struct. */
function mountSetattr(c: Context, dir: number, name: number, how: number, attributes: number, size: number): number {
  const guest = c.guestLayout('mount_attr');
  if (size < guest.size) return -E.INVAL;
  if (size > guest.size && !tailIsZero(c, attributes + guest.size, size - guest.size)) return -E.TOOBIG;
  if (!c.readable(attributes, guest.size)) return -E.FAULT;
  const layout = c.hostLayout('mount_attr');
  const at = c.arena.take(layout.size);
  c.fromGuest('mount_attr', 'mount_attr').copy(c.memory.view, attributes, c.arena.view, at);
  if ((readField(c.arena.view, at, layout, 'attr_set') & MOUNT_ATTR_IDMAP) !== 0)
    writeField(c.arena.view, at, layout, 'userns_fd', c.fds.host(readField(c.arena.view, at, layout, 'userns_fd')));
  return syscall(HOST.mount_setattr, dir, name, how, c.arena.host(at), layout.size);
}

function tailIsZero(c: Context, at: number, length: number): boolean {
  return c.readable(at, length) && c.memory.u8.subarray(at, at + length).every((b) => b === 0);
}

/** Landlock rules name directories by descriptor. */
function landlockAddRule(c: Context, ruleset: number, type: number, rule: number, how: number): number {
  const name = type === 1 ? 'landlock_path_beneath_attr' : 'landlock_net_port_attr';
  if (!c.readable(rule, c.guestLayout(name).size)) return -E.FAULT;
  const layout = c.hostLayout(name);
  const at = c.arena.take(layout.size);
  c.fromGuest(name, name).copy(c.memory.view, rule, c.arena.view, at);
  if (type === 1) writeField(c.arena.view, at, layout, 'parent_fd', c.fds.host(readField(c.arena.view, at, layout, 'parent_fd')));
  return syscall(HOST.landlock_add_rule, ruleset, type, c.arena.host(at), how);
}

/** Without attributes it answers with the version of the interface. */
function landlockCreateRuleset(c: Context, attributes: number, size: number, how: number): number {
  if (attributes === 0 || how !== 0) return syscall(HOST.landlock_create_ruleset, attributes === 0 ? 0 : BAD_ADDRESS, size, how);
  const known = Math.min(Math.floor(size / 8), 3);
  const pointer = c.memory.littleEndian ? c.pointer(attributes, size) : structsIn(c, 'u64', attributes, known);
  return c.newFd(syscall(HOST.landlock_create_ruleset, pointer, c.memory.littleEndian ? size : 8 * known, 0), true);
}

const CLONE_FILES = 0x400;

/** There is one descriptor table for all threads, so that not sharing it is left out. */
const unshare = (_c: Context, what: number): number => syscall(HOST.unshare, what & ~CLONE_FILES);

export const MOUNTS: Table = {
  fsopen: row([string, flags(MOUNT_FD)], (c, name, how) => opened(c, how, 1, (f) => syscall(HOST.fsopen, name, f)), 'fd'),
  fsconfig: row([fd, oneOf(FSCONFIG), string, address, int], fsconfig),
  fsmount: row(
    [fd, flags(MOUNT_FD), hex],
    (c, h, how, attributes) => opened(c, how, 1, (f) => syscall(HOST.fsmount, h, f, attributes)),
    'fd',
  ),
  fspick: row([dirfd, existingPath, hex], (c, d, p, how) => opened(c, how, 1, (f) => syscall(HOST.fspick, d, p, f)), 'fd'),
  open_tree: row(
    [dirfd, existingPath, flags({ ...AT, OPEN_TREE_CLONE: 1, OPEN_TREE_CLOEXEC: O.O_CLOEXEC, AT_RECURSIVE: 0x8000 })],
    (c, d, p, how) => opened(c, how, O.O_CLOEXEC, (f) => syscall(HOST.open_tree, d, p, f)),
    'fd',
  ),
  move_mount: row([dirfd, path, dirfd, path, hex], host('move_mount')),
  mount_setattr: row([dirfd, path, flags(AT), address, uint], mountSetattr),
  unshare: row([flags(CLONE_NEW)], unshare),
  setns: row([fd, flags(CLONE_NEW)], host('setns')),
  landlock_create_ruleset: row([address, uint, hex], landlockCreateRuleset, 'fd'),
  landlock_add_rule: row([fd, int, address, hex], landlockAddRule),
  landlock_restrict_self: row([fd, hex], host('landlock_restrict_self')),
};
