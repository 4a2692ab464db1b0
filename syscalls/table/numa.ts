/** Placement of memory on NUMA nodes, and reaching into the memory of other processes. */
import { HOST, syscall } from '../../runtime/host';
import type { Context } from '../context';
import { bitsIn, bitsOut, callOut } from '../conversion';
import { address, fd, hex, int, row, uint, type Table } from '../definition';
import { E } from '../errno';
import { hostIovec } from '../thunk';

/** The kernel accepts at most a page of node bits (mempolicy.c). */
const MAX_NODES = 4096 * 8;

/** The last of the `maxnode` bits does not count (get_nodes in mm/mempolicy.c). */
const nodesIn = (c: Context, mask: number, maxnode: number): number => bitsIn(c, mask, Math.min(Math.max(maxnode - 1, 0), MAX_NODES));

const MPOL_F_ADDR = 2;

function getMempolicy(c: Context, mode: number, mask: number, maxnode: number, at: number, how: number): number {
  if (maxnode > MAX_NODES) return -E.INVAL;
  // the host wants at least as many bits as it has nodes, whatever a guest with smaller longs passes
  const bits = Math.ceil(maxnode / 64) * 64;
  const room = c.arena.take(bits / 8 + 8);
  const where = (how & MPOL_F_ADDR) !== 0 ? c.base + at : at;
  const r = callOut(c, 'int', mode, (m) => syscall(HOST.get_mempolicy, m, mask === 0 ? 0 : c.arena.host(room), bits, where, how));
  if (r < 0 || mask === 0) return r;
  const error = bitsOut(c, mask, maxnode, c.arena.host(room));
  return error < 0 ? error : r;
}

const MAX_MOVED = 10_000;

/** move_pages: an array of guest pointers. Pages of other processes are at the same place as ours. */
function movePages(c: Context, pid: number, count: number, pages: number, nodes: number, status: number, how: number): number {
  if (count > MAX_MOVED) return -E.NOMEM;
  const word = c.abi.wordSize;
  if (!c.readable(pages, word * count)) return -E.FAULT;
  const at = c.arena.take(8 * count);
  for (let i = 0; i < count; i++) c.arena.view.setBigUint64(at + 8 * i, BigInt(c.base + c.word(pages + word * i)), true);
  const [given, result] = [c.arena.take(4 * count), c.arena.take(4 * count)];
  const { view, littleEndian } = c.memory;
  if (nodes !== 0) {
    if (!c.readable(nodes, 4 * count)) return -E.FAULT;
    for (let i = 0; i < count; i++) c.arena.view.setInt32(given + 4 * i, view.getInt32(nodes + 4 * i, littleEndian), true);
  }
  const r = syscall(HOST.move_pages, pid, count, c.arena.host(at), nodes === 0 ? 0 : c.arena.host(given), c.arena.host(result), how);
  if (r < 0) return r;
  if (!c.writable(status, 4 * count)) return -E.FAULT;
  for (let i = 0; i < count; i++) view.setInt32(status + 4 * i, c.arena.view.getInt32(result + 4 * i, true), littleEndian);
  return r;
}

/** process_vm_readv and process_vm_writev: guests that descend from one another have their memory at the same place. */
const processVm =
  (name: 'process_vm_readv' | 'process_vm_writev') =>
  (c: Context, pid: number, local: number, localCount: number, remote: number, remoteCount: number, how: number): number =>
    syscall(HOST[name], pid, hostIovec(c, local, localCount), localCount, hostIovec(c, remote, remoteCount), remoteCount, how);

const noKeys = (): number => -E.INVAL;

export const NUMA: Table = {
  mbind: row([address, uint, int, address, uint, hex], (c, at, length, mode, mask, maxnode, how) =>
    at + length > 2 ** 32 ? -E.INVAL : syscall(HOST.mbind, c.base + at, length, mode, nodesIn(c, mask, maxnode), bitsUp(maxnode), how),
  ),
  set_mempolicy: row([int, address, uint], (c, mode, mask, maxnode) =>
    syscall(HOST.set_mempolicy, mode, nodesIn(c, mask, maxnode), bitsUp(maxnode)),
  ),
  get_mempolicy: row([address, address, uint, address, hex], getMempolicy),
  set_mempolicy_home_node: row([address, uint, uint, hex], (c, at, length, node, how) =>
    syscall(HOST.set_mempolicy_home_node, c.base + at, length, node, how),
  ),
  migrate_pages: row([int, uint, address, address], (c, pid, maxnode, from, to) =>
    syscall(HOST.migrate_pages, pid, bitsUp(maxnode), nodesIn(c, from, maxnode), nodesIn(c, to, maxnode)),
  ),
  move_pages: row([int, uint, address, address, address, hex], movePages),
  process_vm_readv: row([int, address, uint, address, uint, uint], processVm('process_vm_readv')),
  process_vm_writev: row([int, address, uint, address, uint, uint], processVm('process_vm_writev')),
  process_madvise: row([fd, address, uint, int, uint], (c, h, iov, count, advice, how) =>
    syscall(HOST.process_madvise, h, hostIovec(c, iov, count), count, advice, how),
  ),
  process_mrelease: row([fd, uint], (_c, h, how) => syscall(HOST.process_mrelease, h, how)),
  // the guest's processor has no protection keys
  pkey_alloc: row([uint, uint], () => -E.NOSPC),
  pkey_free: row([int], noKeys),
  pkey_mprotect: row([address, uint, int, int], (c, at, length, prot, key) => (key === -1 ? c.space.protect(at, length, prot) : noKeys())),
  remap_file_pages: row([address, uint, int, uint, hex], (c, at, length, prot, page, how) =>
    at + length > 2 ** 32 ? -E.INVAL : c.space.remapFilePages(at, length, prot, page, how),
  ),
};

/** As many bits as `bitsIn` places, and one that does not count. */
const bitsUp = (maxnode: number): number => (maxnode === 0 ? 0 : Math.min(Math.ceil((maxnode - 1) / 64) * 64, MAX_NODES) + 1);
