import fs from 'node:fs';
import { ARM_EABI } from './abi/arm';
import type { Abi } from './abi/abi';
import { E } from './errno';
import { FORBIDDEN, GuestFixture } from './guest-fixture';

const BIG: Abi = { ...ARM_EABI, name: 'big', byteOrder: 'big' };
const [AF_UNIX, AF_INET, AF_NETLINK] = [1, 2, 16];
const [STREAM, DGRAM] = [1, 2];
const SOL_SOCKET = 1;

describe.each([ARM_EABI, BIG])('$name', (abi) => {
  let g: GuestFixture;
  beforeEach(() => (g = new GuestFixture({ abi })));
  afterEach(() => {
    for (const fd of g.fds.open()) if (fd > 2) g.call('close', fd);
  });
  const halves = (...values: number[]): number => {
    const at = g.allocate(2 * values.length);
    values.forEach((v, i) => g.memory.write16(at + 2 * i, v));
    return at;
  };
  const pair = (type: number): [number, number] => {
    const at = g.allocate(8);
    expect(g.call('socketpair', AF_UNIX, type, 0, at)).toBe(0);
    return [g.memory.read32(at), g.memory.read32(at + 4)];
  };
  const words = (at: number, count: number): number[] => Array.from({ length: count }, (_, i) => g.memory.read32(at + 4 * i));

  it('names sockets', () => {
    const name = (text: string): [number, number] => {
      const bytes = Buffer.from(`\0\0\0${text}`);
      const at = g.bytes(bytes);
      g.memory.write16(at, AF_UNIX);
      return [at, bytes.length];
    };
    const [server, serverLength] = name(`tsemu-server-${process.pid}`);
    const [client, clientLength] = name(`tsemu-client-${process.pid}`);
    const a = g.call('socket', AF_UNIX, DGRAM, 0);
    const b = g.call('socket', AF_UNIX, DGRAM, 0);
    expect(g.call('bind', a, server, serverLength)).toBe(0);
    expect(g.call('bind', b, client, clientLength)).toBe(0);
    expect(g.call('sendto', b, g.string('hi'), 2, 0, server, serverLength)).toBe(2);
    const [buffer, from, length] = [g.allocate(8), g.allocate(128), g.words(128)];
    expect(g.call('recvfrom', a, buffer, 8, 0, from, length)).toBe(2);
    expect([g.memory.read32(length), g.memory.read16(from)]).toEqual([clientLength, AF_UNIX]);
    expect(g.readText(from + 3, clientLength - 3)).toBe(`tsemu-client-${process.pid}`);
    expect(g.call('connect', b, server, serverLength)).toBe(0);
    g.memory.write32(length, 4);
    expect(g.call('getpeername', b, from, length)).toBe(0);
    expect(g.memory.read32(length)).toBe(serverLength);
    expect(g.call('getsockname', a, FORBIDDEN, length)).toBe(-E.FAULT);
    expect(g.call('getsockname', a, from, FORBIDDEN)).toBe(-E.FAULT);
  });

  it('speaks TCP', () => {
    const address = halves(AF_INET, 0, 0, 0, 0, 0, 0, 0);
    g.memory.u8.set([127, 0, 0, 1], address + 4);
    const [server, client] = [g.call('socket', AF_INET, STREAM, 0), g.call('socket', AF_INET, STREAM, 0)];
    expect(g.call('bind', server, address, 16)).toBe(0);
    const length = g.words(16);
    expect(g.call('getsockname', server, address, length)).toBe(0);
    expect(g.call('listen', server, 5)).toBe(0);
    expect(g.call('connect', client, address, 16)).toBe(0);
    const peer = g.allocate(16);
    const accepted = g.call('accept4', server, peer, length, 0o2000000);
    expect([accepted > client, g.memory.read16(peer)]).toEqual([true, AF_INET]);
    expect(g.call('fcntl64', accepted, 1)).toBe(1);
    const info = g.allocate(256);
    g.memory.write32(length, 104);
    expect(g.call('getsockopt', accepted, 6, 11, info, length)).toBe(0);
    const mss = g.memory.read32(info + 16);
    expect([g.memory.read32(length), g.memory.u8[info], mss > 100 && mss < 100_000]).toEqual([104, 1, true]);
    const type = g.allocate(4);
    g.memory.write32(length, 4);
    expect(g.call('getsockopt', accepted, SOL_SOCKET, 3, type, length)).toBe(0);
    expect(g.memory.read32(type)).toBe(STREAM);
  });

  it('has options that are structs', () => {
    const [a] = pair(STREAM);
    const [value, length] = [g.allocate(32), g.allocate(4)];
    const get = (option: number, room: number): number[] => {
      g.memory.write32(length, room);
      expect(g.call('getsockopt', a, SOL_SOCKET, option, value, length)).toBe(0);
      return words(value, g.memory.read32(length) / 4);
    };
    expect(g.call('setsockopt', a, SOL_SOCKET, 13, g.words(1, 30), 8)).toBe(0);
    expect(get(13, 8)).toEqual([1, 30]);
    expect(g.call('setsockopt', a, SOL_SOCKET, 20, g.words(2, 500_000), 8)).toBe(0);
    expect(get(20, 8)).toEqual([2, 500_000]);
    expect(get(66, 16)).toEqual(abi === BIG ? [0, 2, 0, 500_000] : [2, 0, 500_000, 0]);
    expect(get(17, 12)).toEqual([process.pid, process.getuid!(), process.getgid!()]);
    expect(g.call('setsockopt', a, SOL_SOCKET, 20, g.words(2), 4)).toBe(-E.INVAL);
    expect(g.call('setsockopt', a, SOL_SOCKET, 20, FORBIDDEN, 8)).toBe(-E.FAULT);
    expect(g.call('setsockopt', a, SOL_SOCKET, 7, g.words(20_000), 4)).toBe(0);
    expect(get(7, 4)).toEqual([40_000]);
    expect(g.call('setsockopt', a, 0, 64, value, 32)).toBe(-E.NOPROTOOPT);
  });

  it('attaches filters', () => {
    const [a, b] = pair(DGRAM);
    // ldh [0]; jeq #0x6869, accept, drop; ret #1; ret #0
    const instructions = [0x28, 0, 0, 0, 0x15, 0, 0, 0x6869, 6, 0, 0, 9, 6, 0, 0, 0];
    const at = g.allocate(32);
    for (let i = 0; i < 4; i++) {
      g.memory.write16(at + 8 * i, instructions[4 * i]!);
      g.memory.write32(at + 8 * i + 4, instructions[4 * i + 3]!);
    }
    g.memory.write8(at + 8 + 3, 1);
    const program = g.words(0, at);
    g.memory.write16(program, 4);
    expect(g.call('setsockopt', b, SOL_SOCKET, 26, program, 8)).toBe(0);
    const buffer = g.allocate(8);
    g.call('send', a, g.string('no'), 2, 0);
    g.call('send', a, g.string('hi'), 2, 0);
    expect(g.call('recv', b, buffer, 8, 0x40)).toBe(2);
    expect(g.readText(buffer, 2)).toBe('hi');
  });

  const message = (text: number, length: number, control: number, room: number): number =>
    g.words(0, 0, g.words(text, length), 1, control, room, 0);

  it('receives credentials and times', () => {
    const [a, b] = pair(DGRAM);
    for (const option of [16, 29]) expect(g.call('setsockopt', b, SOL_SOCKET, option, g.words(1), 4)).toBe(0);
    expect(g.call('sendmsg', a, message(g.string('x'), 1, 0, 0), 0)).toBe(1);
    const control = g.allocate(128);
    const received = message(g.allocate(8), 8, control, 128);
    expect(g.call('recvmsg', b, received, 0)).toBe(1);
    expect(g.memory.read32(received + 20)).toBe(20 + 24);
    expect(words(control, 3)).toEqual([20, SOL_SOCKET, 29]);
    expect(Math.abs(g.memory.read32(control + 12) - Date.now() / 1000)).toBeLessThan(100);
    expect(g.memory.read32(control + 16)).toBeLessThan(1e6);
    expect(words(control + 20, 6)).toEqual([24, SOL_SOCKET, 2, process.pid, process.getuid!(), process.getgid!()]);
  });

  it('passes only as many descriptors as there is room for', () => {
    const [a, b] = pair(STREAM);
    const passed = message(g.string('x'), 1, g.words(24, 1, 1, 0, 1, 2), 24);
    const MSG_CTRUNC = 8;
    expect(g.call('sendmsg', a, passed, 0)).toBe(1);
    const control = g.allocate(32);
    const received = message(g.allocate(8), 8, control, 20);
    const before = g.fds.open();
    expect(g.call('recvmsg', b, received, 0x4000_0000)).toBe(1);
    const added = g.fds.open().filter((n) => !before.includes(n));
    expect(words(control, 5)).toEqual([20, 1, 1, ...added]);
    expect([added.length, g.memory.read32(received + 24) & MSG_CTRUNC, g.call('fcntl64', added[0]!, 1)]).toEqual([2, MSG_CTRUNC, 1]);
    // no room for even one: nothing is left behind
    expect(g.call('sendmsg', a, passed, 0)).toBe(1);
    g.memory.write32(received + 20, 12);
    expect(g.call('recvmsg', b, received, 0)).toBe(1);
    expect([g.fds.open().length, g.memory.read32(received + 20)]).toEqual([before.length + 2, 0]);
    expect(g.call('sendmsg', a, message(g.string('x'), 1, g.words(16, 1, 1, 99), 16), 0)).toBe(-E.BADF);
  });

  it('sends and receives several messages at once', () => {
    const [a, b] = pair(DGRAM);
    const one = (text: string): number[] => [0, 0, g.words(g.string(text), text.length), 1, 0, 0, 0, 0];
    const messages = g.words(...one('one'), ...one('three'));
    expect(g.call('sendmmsg', a, messages, 2, 0)).toBe(2);
    expect([28, 60].map((o) => g.memory.read32(messages + o))).toEqual([3, 5]);
    const [x, y] = [g.allocate(8), g.allocate(8)];
    const room = (at: number): number[] => [0, 0, g.words(at, 8), 1, 0, 0, 0, 0];
    const vector = g.words(...room(x), ...room(y), ...room(x));
    const timeout = g.words(5, 0);
    expect(g.call('recvmmsg', b, vector, 3, 0x40, timeout)).toBe(2);
    expect([g.readText(x, 3), g.readText(y, 5)]).toEqual(['one', 'three']);
    expect(g.memory.read32(timeout)).toBe(4);
    expect(g.call('recvmmsg', b, vector, 3, 0x40, g.words(0, 1e9))).toBe(-E.INVAL);
  });

  it('asks the kernel for network interfaces', () => {
    const s = g.call('socket', AF_NETLINK, 3, 0);
    const self = g.allocate(12);
    g.memory.write16(self, AF_NETLINK);
    expect(g.call('bind', s, self, 12)).toBe(0);
    const length = g.words(12);
    expect(g.call('getsockname', s, self, length)).toBe(0);
    expect([g.memory.read16(self), g.memory.read32(self + 4) > 0, g.memory.read32(length)]).toEqual([AF_NETLINK, true, 12]);
    const [RTM_NEWLINK, RTM_GETLINK, REQUEST_DUMP] = [16, 18, 0x301];
    const request = g.allocate(20);
    g.memory.write32(request, 20);
    g.memory.write16(request + 4, RTM_GETLINK);
    g.memory.write16(request + 6, REQUEST_DUMP);
    g.memory.write32(request + 8, 77);
    expect(g.call('sendto', s, request, 20, 0, 0, 0)).toBe(20);
    const buffer = g.allocate(32768);
    const n = g.call('recvmsg', s, message(buffer, 32768, 0, 0), 0);
    expect(n).toBeGreaterThan(100);
    const names: string[] = [];
    for (let at = buffer; at < buffer + n && g.memory.read16(at + 4) === RTM_NEWLINK; at += (g.memory.read32(at) + 3) & ~3) {
      expect(g.memory.read32(at + 8)).toBe(77);
      for (let attribute = at + 32; attribute < at + g.memory.read32(at); attribute += (g.memory.read16(attribute) + 3) & ~3) {
        if (g.memory.read16(attribute + 2) === 3) names.push(g.readString(attribute + 4));
        if (g.memory.read16(attribute + 2) === 4) expect(g.memory.read32(attribute + 4)).toBeLessThan(1 << 20);
      }
    }
    expect(names).toContain('lo');
  });

  it('counts events', () => {
    const e = g.call('eventfd2', 5, 0o4000);
    const counter = abi === BIG ? g.words(0, 7) : g.words(7, 0);
    expect(g.call('write', e, counter, 8)).toBe(8);
    expect(g.call('read', e, counter, 8)).toBe(8);
    expect(g.memory.read64(counter)).toBe(12n);
    expect(g.call('read', e, counter, 8)).toBe(-E.AGAIN);
    expect(g.call('write', e, FORBIDDEN, 8)).toBe(-E.FAULT);
    const t = g.call('timerfd_create', 1, 0);
    expect(g.call('timerfd_settime', t, 0, g.words(0, 0, 0, 1), 0)).toBe(0);
    expect(g.call('read', t, counter, 8)).toBe(8);
    expect(g.memory.read64(counter)).toBe(1n);
  });

  it('watches files', () => {
    const i = g.call('inotify_init1', 0o4000);
    const watch = g.call('inotify_add_watch', i, g.string('/tmp'), 0x100);
    expect(watch).toBe(1);
    const name = `/tmp/tsemu-watch-${process.pid}-${abi.name}`;
    const file = g.call('open', g.string(name), 0o102, 0o600);
    g.call('unlink', g.string(name));
    g.call('close', file);
    const buffer = g.allocate(4096);
    const n = g.call('read', i, buffer, 4096);
    let found = false;
    for (let at = buffer; at < buffer + n; at += 16 + g.memory.read32(at + 12)) {
      expect([g.memory.read32(at), g.memory.read32(at + 4)]).toEqual([1, 0x100]);
      found ||= g.readString(at + 16) === name.slice(5);
    }
    expect(found).toBe(true);
    expect(g.call('inotify_rm_watch', i, watch)).toBe(0);
  });

  it('gives the descriptors in fanotify events numbers of the guest', () => {
    const FAN_OPEN = 0x20;
    const name = `/tmp/tsemu-fanotify-${process.pid}-${abi.name}`;
    fs.writeFileSync(name, 'watched');
    const f = g.call('fanotify_init', 2, 0);
    // needs a privilege, and a kernel with it
    if (f < 0) return;
    const [low, high] = g.memory.littleEndian ? [FAN_OPEN, 0] : [0, FAN_OPEN];
    expect(g.call('fanotify_mark', f, 1, low, high, -100, g.string(name))).toBe(0);
    const opened = fs.openSync(name, 'r');
    const event = g.allocate(256);
    expect(g.call('read', f, event, 256)).toBe(24);
    expect([g.memory.read32(event), g.memory.read16(event + 6), g.memory.read64(event + 8)]).toEqual([24, 24, BigInt(FAN_OPEN)]);
    const fd = g.memory.read32(event + 16);
    expect([g.fds.open().includes(fd), g.memory.read32(event + 20)]).toEqual([true, process.pid]);
    const buffer = g.allocate(8);
    expect(g.readText(buffer, g.call('read', fd, buffer, 8))).toBe('watched');
    fs.closeSync(opened);
    fs.rmSync(name);
  });

  it('makes descriptors of signals and processes', () => {
    const s = g.call('signalfd4', -1, abi === BIG ? g.words(1 << 11, 0) : g.words(1 << 11, 0), 8, 0o4000);
    expect(s).toBeGreaterThan(2);
    const info = g.allocate(128);
    expect(g.call('read', s, info, 128)).toBe(-E.AGAIN);
    expect(g.call('signalfd', s, g.words(1, 0), 8)).toBe(s);
    expect(g.call('signalfd', -1, g.words(1, 0), 4)).toBe(-E.INVAL);
    expect(g.call('signalfd4', -1, FORBIDDEN, 8, 0)).toBe(-E.FAULT);
    const p = g.call('pidfd_open', process.pid, 0);
    const copy = g.call('pidfd_getfd', p, s, 0);
    expect(copy).toBe(p + 1);
    expect(g.call('kcmp', process.pid, process.pid, 0, s, copy)).toBe(0);
    expect(g.call('pidfd_getfd', p, 99, 0)).toBe(-E.BADF);
    expect(g.call('pidfd_send_signal', p, 0, 0, 0)).toBe(0);
  });
});
