/**
 * Messages of netlink sockets for big-endian guests: headers, the fixed part of rtnetlink messages,
 * attribute headers and the attributes that are numbers. Attributes that are not listed stay bytes.
 */
import { swapFields, swapWords } from './byte-swap';
import type { Context } from './context';

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;

interface Family {
  /** The struct after the message header. */
  readonly head: string;
  /** Bytes of the numbers in an attribute by its type. */
  readonly words: Readonly<Record<number, 2 | 4 | 8>>;
}

const of = (size: 2 | 4 | 8, ...types: number[]): Record<number, 2 | 4 | 8> => Object.fromEntries(types.map((t) => [t, size]));

/** rtnetlink(7) by message type divided by 4: each object has NEW, DEL, GET and SET. */
const ROUTE: Readonly<Record<number, Family>> = {
  // RTM_*LINK, linux/if_link.h
  4: {
    head: 'ifinfomsg',
    words: { ...of(4, 4, 5, 7, 10, 13, 15, 19, 27, 28, 29, 30, 31, 32, 35, 37, 40, 41, 47, 48, 49, 50, 51), ...of(8, 23) },
  },
  // RTM_*ADDR, linux/if_addr.h
  5: { head: 'ifaddrmsg', words: of(4, 6, 8, 9, 10) },
  // RTM_*ROUTE, linux/rtnetlink.h
  6: { head: 'rtmsg', words: of(4, 3, 4, 6, 11, 12, 15, 16) },
  // RTM_*NEIGH, linux/neighbour.h
  7: { head: 'ndmsg', words: of(4, 3, 4, 8, 9) },
  // RTM_*RULE, linux/fib_rules.h
  8: { head: 'rtmsg', words: of(4, 6, 10, 14, 15, 16) },
  // RTM_*QDISC, *TCLASS, *TFILTER
  9: { head: 'tcmsg', words: {} },
  10: { head: 'tcmsg', words: {} },
  11: { head: 'tcmsg', words: {} },
};

const align = (n: number): number => (n + 3) & ~3;

/** Reads a number before or after it is swapped: `order` says whose it is now. */
type Order = 'guest' | 'host';

/**
 * Swaps the messages in `length` bytes.
 * @param order whose byte order they have now
 */
export function swapNetlink(c: Context, u8: Uint8Array, at: number, length: number, order: Order): void {
  const view = new DataView(u8.buffer, u8.byteOffset);
  const little = order === 'host';
  const layout = c.hostLayout('nlmsghdr');
  for (let p = at; p + layout.size <= at + length;) {
    const size = Math.min(view.getUint32(p, little), at + length - p);
    const type = view.getUint16(p + 4, little);
    swapFields(u8, p, layout.size, layout);
    if (size < layout.size) return;
    swapBody(c, u8, view, p + layout.size, size - layout.size, type, little);
    p += align(size);
  }
}

function swapBody(c: Context, u8: Uint8Array, view: DataView, at: number, length: number, type: number, little: boolean): void {
  if (type === NLMSG_ERROR) swapFields(u8, at, length, c.hostLayout('nlmsgerr'));
  else if (type === NLMSG_DONE) swapWords(u8, at, Math.min(length, 4), 4);
  const family = type >= 16 ? ROUTE[type >> 2] : undefined;
  if (family === undefined) return;
  const head = c.hostLayout(family.head);
  swapFields(u8, at, length, head);
  for (let p = at + align(head.size); p + 4 <= at + length;) {
    const size = Math.min(view.getUint16(p, little), at + length - p);
    const attribute = view.getUint16(p + 2, little);
    swapWords(u8, p, 4, 2);
    if (size < 4) return;
    const width = (attribute & NLA_F_NESTED) === 0 ? family.words[attribute & NLA_TYPE_MASK] : undefined;
    if (width !== undefined) swapWords(u8, p + 4, size - 4, width);
    p += align(size);
  }
}
