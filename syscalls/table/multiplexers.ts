/** Calls of older ABIs that stand for others: ipc(2), socketcall(2), and those that took arrays. The rows they lead to convert the arguments. */
import type { Context } from '../context';
import { address, hex, int, row, type Table } from '../definition';
import { E } from '../errno';
import { compile, type Thunk } from '../thunk';
import { IPC } from './ipc';
import { MEMORY } from './memory';
import { POLL } from './poll';
import { SOCKETS } from './sockets';

const thunks = new WeakMap<Context, Map<string, Thunk>>();

/** Makes the call of a row with raw guest values. */
function through(c: Context, table: Table, name: string, ...args: number[]): number {
  let known = thunks.get(c);
  if (known === undefined) thunks.set(c, (known = new Map<string, Thunk>()));
  let thunk = known.get(name);
  if (thunk === undefined) known.set(name, (thunk = compile(table[name]!, c)));
  return thunk([...args, 0, 0, 0, 0, 0, 0].slice(0, 7).map((a) => a >>> 0));
}

/** net/socket.c: names by number, and how many words the argument array has. */
const SOCKET_CALLS: readonly (readonly [name: string, words: number] | undefined)[] = [
  undefined,
  ['socket', 3],
  ['bind', 3],
  ['connect', 3],
  ['listen', 2],
  ['accept', 3],
  ['getsockname', 3],
  ['getpeername', 3],
  ['socketpair', 4],
  ['send', 4],
  ['recv', 4],
  ['sendto', 6],
  ['recvfrom', 6],
  ['shutdown', 2],
  ['setsockopt', 5],
  ['getsockopt', 5],
  ['sendmsg', 3],
  ['recvmsg', 3],
  ['accept4', 4],
  ['recvmmsg_time32', 5],
  ['sendmmsg', 4],
];

function socketcall(c: Context, call: number, args: number): number {
  const found = SOCKET_CALLS[call];
  if (found === undefined) return -E.INVAL;
  const [name, words] = found;
  if (!c.readable(args, words * c.abi.wordSize)) return -E.FAULT;
  return through(c, SOCKETS, name, ...Array.from({ length: words }, (_, i) => c.word(args + i * c.abi.wordSize)));
}

/** Calls from when six arguments did not fit into registers: they are in an array. */
function withArray(table: Table, name: string, words: number) {
  return (c: Context, args: number): number => {
    if (!c.readable(args, words * c.abi.wordSize)) return -E.FAULT;
    return through(c, table, name, ...Array.from({ length: words }, (_, i) => c.word(args + i * c.abi.wordSize)));
  };
}

/** ipc/syscall.c. The upper half of the number is a version; 0 passes msgrcv two arguments in a struct. */
function ipc(c: Context, call: number, first: number, second: number, third: number, pointer: number, fifth: number): number {
  const word = (at: number): number | undefined => (c.readable(at, c.abi.wordSize) ? c.word(at) : undefined);
  switch (call & 0xffff) {
    case 1:
      return through(c, IPC, 'semop', first, pointer, second);
    case 2:
      return through(c, IPC, 'semget', first, second, third);
    case 3: {
      const argument = word(pointer);
      return argument === undefined ? -E.FAULT : through(c, IPC, 'semctl', first, second, third, argument);
    }
    case 4:
      return through(c, IPC, 'semtimedop_time32', first, pointer, second, fifth);
    case 11:
      return through(c, IPC, 'msgsnd', first, pointer, second, third);
    case 12: {
      if (call >>> 16 !== 0) return through(c, IPC, 'msgrcv', first, pointer, second, fifth, third);
      const [message, type] = [word(pointer), word(pointer + c.abi.wordSize)];
      return message === undefined || type === undefined ? -E.FAULT : through(c, IPC, 'msgrcv', first, message, second, type, third);
    }
    case 13:
      return through(c, IPC, 'msgget', first, second);
    case 14:
      return through(c, IPC, 'msgctl', first, second, pointer);
    case 21: {
      const at = through(c, IPC, 'shmat', first, pointer, second);
      return at < 0 && at >= -4095 ? at : c.put32(third, at);
    }
    case 22:
      return through(c, IPC, 'shmdt', pointer);
    case 23:
      return through(c, IPC, 'shmget', first, second, third);
    case 24:
      return through(c, IPC, 'shmctl', first, second, pointer);
    default:
      return -E.NOSYS;
  }
}

export const MULTIPLEXERS: Table = {
  socketcall: row([int, address], socketcall),
  old_mmap: row([address], withArray(MEMORY, 'mmap', 6), 'address'),
  old_select: row([address], withArray(POLL, 'select', 5)),
  ipc: row([hex, int, hex, hex, address, hex], (c, call, first, second, third, pointer, fifth) =>
    ipc(c, call, first, second, third, pointer, fifth),
  ),
};
