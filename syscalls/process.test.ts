import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { E } from './errno';
import { FORBIDDEN, GuestFixture } from './guest-fixture';
import { ProcessExit } from './signal-state';

const SIGTERM = 15;
const SIGPIPE = 13;
const SIGSEGV = 11;
const SIGUSR2 = 12;
const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
const SIG_SETMASK = 2;
const SIG_IGN = 1;

let g: GuestFixture;
beforeEach(() => {
  g = new GuestFixture({ release: '5.4.0-guest' });
});
afterEach(() => {
  for (const fd of g.fds.open()) if (fd > 2) g.call('close', fd);
});

const sigaction = (handler: number): number => g.words(handler, 0x1000_0004, 0x1234, 0x5678, 0x9abc);

describe('signals', () => {
  it('gives back what was set', () => {
    const old = g.allocate(20);
    expect(g.call('rt_sigaction', SIGUSR2, sigaction(0x8000), 0, 8)).toBe(0);
    expect(g.call('rt_sigaction', SIGUSR2, 0, old, 8)).toBe(0);
    expect([0, 4, 8, 12, 16].map((o) => g.memory.read32(old + o))).toEqual([0x8000, 0x1000_0004, 0x1234, 0x5678, 0x9abc]);
    expect(g.call('rt_sigaction', 9, sigaction(SIG_IGN), 0, 8)).toBe(-E.INVAL);
    expect(g.call('rt_sigaction', 65, 0, old, 8)).toBe(-E.INVAL);
    expect(g.call('rt_sigaction', SIGUSR2, 0, old, 4)).toBe(-E.INVAL);
    expect(g.call('rt_sigaction', SIGUSR2, FORBIDDEN, 0, 8)).toBe(-E.FAULT);
  });

  /** Numbers of the signals that have arrived for the guest. */
  function arrived(): number[] {
    const signals = g.calls.signals.take().map((a) => a.signal);
    g.calls.signals.resume();
    return signals;
  }

  it('arrive at once or when they are unblocked', () => {
    const self = process.pid;
    g.call('rt_sigaction', SIGTERM, sigaction(0x8000), 0, 8);
    expect(g.call('kill', self, SIGTERM)).toBe(0);
    expect(g.calls.signals.pending).toBe(true);
    expect(g.polled[0]).toBe(0);
    expect(arrived()).toEqual([SIGTERM]);
    const set = g.words(1 << (SIGTERM - 1), 0);
    const pending = g.allocate(8);
    expect(g.call('rt_sigprocmask', SIG_BLOCK, set, 0, 8)).toBe(0);
    expect(g.call('kill', self, SIGTERM)).toBe(0);
    expect(g.calls.signals.pending).toBe(false);
    expect(g.call('rt_sigpending', pending, 8)).toBe(0);
    expect(g.memory.read32(pending)).toBe(1 << (SIGTERM - 1));
    expect(g.call('rt_sigprocmask', SIG_UNBLOCK, set, 0, 8)).toBe(0);
    expect(arrived()).toEqual([SIGTERM]);
    expect(g.call('rt_sigaction', SIGTERM, sigaction(0), 0, 8)).toBe(0);
    expect(g.call('kill', self, 0)).toBe(0);
    expect(g.call('kill', self, 99)).toBe(-E.INVAL);
  });

  it('wait in the kernel if they are blocked between their arrival and their delivery', () => {
    // A shell that blocked SIGCHLD just as it came slept in sigsuspend for ever
    const { signals } = g.calls;
    const set = g.words(1 << (SIGTERM - 1), 0);
    g.call('rt_sigaction', SIGTERM, sigaction(0x8000), 0, 8);
    expect(g.call('kill', process.pid, SIGTERM)).toBe(0);
    expect(signals.pending).toBe(true);
    expect(g.call('rt_sigprocmask', SIG_BLOCK, set, 0, 8)).toBe(0);
    for (const arrived of signals.take()) signals.putBack(arrived);
    signals.resume();
    expect(signals.pending).toBe(false);
    expect(g.call('rt_sigtimedwait', set, 0, g.words(0, 0), 8)).toBe(SIGTERM);
    expect(g.call('rt_sigprocmask', SIG_UNBLOCK, set, 0, 8)).toBe(0);
    expect(signals.pending).toBe(false);
    expect(g.call('rt_sigaction', SIGTERM, sigaction(0), 0, 8)).toBe(0);
  });

  it('do nothing when ignored', () => {
    expect(g.call('rt_sigaction', SIGTERM, sigaction(SIG_IGN), 0, 8)).toBe(0);
    expect(g.call('kill', process.pid, SIGTERM)).toBe(0);
    expect(g.call('rt_sigaction', SIGTERM, sigaction(0), 0, 8)).toBe(0);
  });

  it('have calls with masks of one word', () => {
    const [mask, old] = [g.words(1 << (SIGTERM - 1)), g.allocate(16)];
    expect(g.call('rt_sigprocmask', SIG_SETMASK, g.words(0, 1 << 7), 0, 8)).toBe(0);
    expect(g.call('sigprocmask', SIG_BLOCK, mask, 0)).toBe(0);
    expect(g.call('kill', process.pid, SIGTERM)).toBe(0);
    expect(g.call('sigpending', old)).toBe(0);
    expect(g.memory.read32(old)).toBe(1 << (SIGTERM - 1));
    expect(g.call('sigaction', SIGTERM, g.words(0x8000, 0x20, 0x1000_0004, 0x1234), 0)).toBe(0);
    expect(g.call('sigaction', SIGTERM, 0, old)).toBe(0);
    expect([0, 4, 8, 12].map((o) => g.memory.read32(old + o))).toEqual([0x8000, 0x20, 0x1000_0004, 0x1234]);
    expect(g.call('sigsuspend', 0, 0, 0)).toBe(-E.INTR);
    expect(arrived()).toEqual([SIGTERM]);
    expect(g.call('sigprocmask', SIG_SETMASK, g.words(0), old)).toBe(0);
    expect(g.memory.read32(old)).toBe(1 << (SIGTERM - 1));
    expect(g.call('rt_sigprocmask', SIG_SETMASK, g.words(0, 0), old, 8)).toBe(0);
    // the others are not touched
    expect([g.memory.read32(old), g.memory.read32(old + 4)]).toEqual([0, 1 << 7]);
    expect(g.call('sigaction', SIGTERM, g.words(0, 0, 0, 0), 0)).toBe(0);
    expect(g.call('sigaction', 9, mask, 0)).toBe(-E.INVAL);
    expect(g.call('sigprocmask', 7, mask, 0)).toBe(-E.INVAL);
    expect(g.call('sigprocmask', SIG_BLOCK, FORBIDDEN, 0)).toBe(-E.FAULT);
    expect(g.call('restart_syscall')).toBe(-E.INTR);
  });

  it('never include SIGKILL in a mask', () => {
    g.call('rt_sigprocmask', SIG_BLOCK, g.words(0xffff_ffff, 0xffff_ffff), 0, 8);
    const old = g.allocate(8);
    g.call('rt_sigprocmask', SIG_BLOCK, 0, old, 8);
    expect(g.memory.read32(old)).toBe(~((1 << 8) | (1 << 18)) >>> 0);
    g.call('rt_sigprocmask', SIG_SETMASK, g.words(0, 0), 0, 8);
  });

  it('hold back SIGSEGV, which the host cannot block', () => {
    g.call('rt_sigaction', SIGSEGV, sigaction(0x8000), 0, 8);
    const set = g.words(1 << (SIGSEGV - 1), 0);
    const pending = g.allocate(8);
    g.call('rt_sigprocmask', SIG_BLOCK, set, 0, 8);
    g.call('kill', process.pid, SIGSEGV);
    expect(arrived()).toEqual([]);
    g.call('rt_sigpending', pending, 8);
    expect(g.memory.read32(pending)).toBe(1 << (SIGSEGV - 1));
    g.call('rt_sigprocmask', SIG_UNBLOCK, set, 0, 8);
    expect(arrived()).toEqual([SIGSEGV]);
    g.call('rt_sigaction', SIGSEGV, sigaction(0), 0, 8);
  });

  it('include SIGPIPE for a write to a closed pipe, unless it is ignored', () => {
    const pair = g.allocate(8);
    expect(g.call('pipe2', pair, 0)).toBe(0);
    const [r, w] = [g.memory.read32(pair), g.memory.read32(pair + 4)];
    g.call('close', r);
    g.call('rt_sigaction', SIGPIPE, sigaction(0x8000), 0, 8);
    expect(g.call('write', w, pair, 1)).toBe(-E.PIPE);
    expect(arrived()).toEqual([SIGPIPE]);
    g.call('rt_sigaction', SIGPIPE, sigaction(SIG_IGN), 0, 8);
    expect(g.call('write', w, pair, 1)).toBe(-E.PIPE);
    expect(arrived()).toEqual([]);
  });

  it('keeps the alternate stack', () => {
    const old = g.allocate(12);
    expect(g.call('sigaltstack', g.words(0x10000, 0, 8192), 0)).toBe(0);
    expect(g.call('sigaltstack', 0, old)).toBe(0);
    expect([0, 4, 8].map((o) => g.memory.read32(old + o))).toEqual([0x10000, 0, 8192]);
    expect(g.call('sigaltstack', g.words(0x10000, 0, 100), 0)).toBe(-E.NOMEM);
  });

  it('exits', () => {
    expect(() => g.call('exit_group', 0x1_02)).toThrow(new ProcessExit(2));
  });
});

describe('descriptors', () => {
  it('duplicates to the lowest free number and onto others', () => {
    const pair = g.allocate(8);
    g.call('pipe', pair);
    const [r, w] = [g.memory.read32(pair), g.memory.read32(pair + 4)];
    expect([r, w]).toEqual([3, 4]);
    expect(g.call('dup', w)).toBe(5);
    expect(g.call('dup2', w, 9)).toBe(9);
    expect(g.call('dup2', w, w)).toBe(w);
    expect(g.call('dup3', w, w, 0)).toBe(-E.INVAL);
    expect(g.call('dup3', w, 9, 0o2000000)).toBe(9);
    expect(g.call('fcntl64', 9, 1, 0)).toBe(1);
    expect(g.call('fcntl64', w, 0, 20)).toBe(20);
    expect(g.call('fcntl64', w, 1030, 20)).toBe(21);
    expect(g.call('fcntl64', w, 0, 5000)).toBe(-E.INVAL);
    expect(g.call('write', 20, g.string('hi'), 2)).toBe(2);
    expect(g.call('close_range', 4, 0xffff_ffff, 0)).toBe(0);
    expect(g.fds.open()).toEqual([0, 1, 2, 3]);
    const buffer = g.allocate(8);
    expect(g.call('read', r, buffer, 8)).toBe(2);
    expect(g.call('read', r, buffer, 8)).toBe(0);
  });

  it('locks records in both widths', () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-lock-'));
    const fd = g.call('open', g.string(path.join(dir, 'f')), 0o102, 0o600);
    const [GETLK, SETLK, GETLK64, SETLK64] = [5, 6, 12, 13];
    expect(g.call('fcntl64', fd, SETLK, g.words(1, 10, 20, 0))).toBe(0);
    const wide = g.words(1, 0, 5, 1, 0, 1, 0, 0);
    expect(g.call('fcntl64', fd, SETLK64, wide)).toBe(0);
    // one's own locks do not conflict: l_type becomes F_UNLCK
    expect(g.call('fcntl64', fd, GETLK64, wide)).toBe(0);
    expect(g.memory.read16(wide)).toBe(2);
    expect(g.call('fcntl64', fd, GETLK, FORBIDDEN)).toBe(-E.FAULT);
    expect(g.call('fcntl64', fd, 4711, 0)).toBe(-E.INVAL);
    fs.rmSync(dir, { recursive: true });
  });

  it('respects RLIMIT_NOFILE, which is the guest’s own', () => {
    const limit = g.allocate(8);
    expect(g.call('ugetrlimit', 7, limit)).toBe(0);
    expect(g.memory.read32(limit)).toBe(1024);
    expect(g.call('setrlimit', 7, g.words(4, 1024))).toBe(0);
    expect(g.call('dup', 1)).toBe(3);
    expect(g.call('dup', 1)).toBe(-E.MFILE);
    expect(g.call('open', g.string('/dev/null'), 0)).toBe(-E.MFILE);
    expect(g.call('setrlimit', 7, g.words(9, 4))).toBe(-E.INVAL);
  });

  it('shows unlimited as all ones in 32 bits', () => {
    const [old, wide] = [g.allocate(8), g.allocate(16)];
    expect(g.call('prlimit64', 0, 9, 0, wide)).toBe(0);
    expect(g.memory.read64(wide)).toBe(2n ** 64n - 1n);
    g.call('ugetrlimit', 9, old);
    expect(g.memory.read32(old)).toBe(0xffff_ffff);
    // the emulator itself must not be held to the guest's limit
    expect(g.call('setrlimit', 9, g.words(1 << 20, 0xffff_ffff))).toBe(0);
    g.call('ugetrlimit', 9, old);
    expect(g.memory.read32(old)).toBe(1 << 20);
    expect(fs.readFileSync('/proc/self/limits', 'utf8')).toMatch(/Max address space +unlimited/);
  });
});

describe('waiting', () => {
  it('polls guest descriptors', () => {
    const pair = g.allocate(8);
    g.call('pipe', pair);
    g.call('write', 4, pair, 1);
    const fds = g.words(3, 1, 0xffff_ffff, 1, 77, 1);
    expect(g.call('poll', fds, 3, 0)).toBe(2);
    expect([4, 12, 20].map((o) => g.memory.read32(fds + o) >>> 16)).toEqual([1, 0, 0x20]);
    expect(g.call('ppoll', fds, 1, g.words(0, 0), 0, 8)).toBe(1);
    expect(g.call('poll', fds, 5000, 0)).toBe(-E.INVAL);
  });

  it('selects guest descriptors', () => {
    const pair = g.allocate(8);
    g.call('pipe', pair);
    g.call('dup2', 4, 40);
    const [r, w] = [g.words(1 << 3, 0), g.words(0, 1 << 8)];
    expect(g.call('_newselect', 41, r, w, 0, g.words(5, 0))).toBe(1);
    expect([g.memory.read32(r), g.memory.read32(w), g.memory.read32(w + 4)]).toEqual([0, 0, 1 << 8]);
    g.memory.write32(r, 1 << 3);
    const timeout = g.words(0, 20_000);
    expect(g.call('_newselect', 4, r, 0, 0, timeout)).toBe(0);
    expect(g.memory.read32(timeout + 4)).toBe(0);
    g.memory.write32(r, 1 << 30);
    expect(g.call('_newselect', 31, r, 0, 0, timeout)).toBe(-E.BADF);
  });

  it('gives back epoll data whole', () => {
    const ep = g.call('epoll_create1', 0o2000000);
    const pair = g.allocate(8);
    g.call('pipe', pair);
    const [r, w] = [g.memory.read32(pair), g.memory.read32(pair + 4)];
    expect(g.call('epoll_ctl', ep, 1, r, g.words(1, 0, 0x1111_2222, 0x3333_4444))).toBe(0);
    const events = g.allocate(64);
    expect(g.call('epoll_wait', ep, events, 4, 0)).toBe(0);
    g.call('write', w, pair, 1);
    expect(g.call('epoll_wait', ep, events, 4, -1)).toBe(1);
    expect([0, 8, 12].map((o) => g.memory.read32(events + o))).toEqual([1, 0x1111_2222, 0x3333_4444]);
    expect(g.call('epoll_ctl', ep, 1, 77, g.words(1, 0, 0, 0))).toBe(-E.BADF);
  });

  it('gives thousands of epoll events at once', () => {
    const count = 5000;
    const ep = g.call('epoll_create1', 0o2000000);
    const limit = g.allocate(8);
    g.call('ugetrlimit', 7, limit);
    const [soft, hard] = [g.memory.read32(limit), g.memory.read32(limit + 4)];
    // As many descriptors as the host allows
    if (g.call('setrlimit', 7, g.words(count + 100, hard)) !== 0) return;
    const ready = g.call('eventfd2', 1, 0);
    const copies = Array.from({ length: count }, () => g.call('dup', ready));
    for (const fd of copies) expect(g.call('epoll_ctl', ep, 1, fd, g.words(1, 0, fd, 0))).toBe(0);
    expect(g.call('epoll_wait', ep, g.allocate(16 * count), count, 0)).toBe(count);
    for (const fd of [...copies, ready, ep]) g.call('close', fd);
    g.call('setrlimit', 7, g.words(soft, hard));
  });
});

describe('sockets', () => {
  it('passes data and descriptors over a pair', () => {
    const pair = g.allocate(8);
    expect(g.call('socketpair', 1, 1, 0, pair)).toBe(0);
    const [a, b] = [g.memory.read32(pair), g.memory.read32(pair + 4)];
    const null_ = g.call('open', g.string('/dev/null'), 0);
    const control = g.words(16, 1, 1, null_);
    const message = g.words(0, 0, g.words(g.string('data'), 4), 1, control, 16, 0);
    expect(g.call('sendmsg', a, message, 0)).toBe(4);
    const [buffer, room] = [g.allocate(8), g.allocate(64)];
    const received = g.words(0, 0, g.words(buffer, 8), 1, room, 64, 0);
    expect(g.call('recvmsg', b, received, 0)).toBe(4);
    expect(g.readText(buffer, 4)).toBe('data');
    expect([0, 4, 8].map((o) => g.memory.read32(room + o))).toEqual([16, 1, 1]);
    const copy = g.memory.read32(room + 12);
    expect(copy).toBe(null_ + 1);
    expect(g.memory.read32(received + 20)).toBe(16);
    const st = g.allocate(104);
    expect(g.call('fstat64', copy, st)).toBe(0);
    expect(g.memory.read32(st + 16) & 0o170000).toBe(0o020000);
    expect(g.call('setsockopt', a, 1, 20, g.words(1, 500_000), 8)).toBe(0);
    const [value, length] = [g.allocate(8), g.words(8)];
    expect(g.call('getsockopt', a, 1, 20, value, length)).toBe(0);
    expect([g.memory.read32(value), g.memory.read32(length)]).toEqual([1, 8]);
  });
});

describe('the guest’s truth', () => {
  const read = (file: string): string => {
    const fd = g.call('open', g.string(file), 0, 0);
    const buffer = g.allocate(8192);
    const n = g.call('read', fd, buffer, 8192);
    g.call('close', fd);
    return g.readText(buffer, n);
  };

  it('is in /proc', () => {
    const buffer = g.allocate(64);
    expect(g.call('readlink', g.string('/proc/self/exe'), buffer, 64)).toBe(9);
    expect(g.readText(buffer, 9)).toBe('/bin/true');
    expect(g.call('readlink', g.string(`/proc/${process.pid}/exe`), buffer, 4)).toBe(4);
    expect(read('/proc/self/cmdline')).toBe('guest\0argument\0');
    expect(read('/proc/cpuinfo')).toBe('processor\t: 0\n');
    expect(read('/proc/self/stat')).toMatch(new RegExp(`^${process.pid} \\(\\w+\\) \\S `));
    expect(read('/proc/self/status')).toMatch(/^FDSize:\t64\n/m);
    expect(read('/proc/self/exe').startsWith('\x7fELF')).toBe(true);
    expect(read('/proc/self/auxv').length).toBe(8);
    expect(read('/proc/self/environ')).toBe('KEY=value\0');
    expect(read('/proc/self/limits')).toMatch(/^Max open files {12}1024 /m);
    expect(read('/proc/self/smaps')).toMatch(/^00020000-00060000 rw-p .*\nSize: +256 kB$/m);
  });

  it('names its descriptors by its own numbers', () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-fd-'));
    const file = path.join(dir, 'f');
    fs.writeFileSync(file, 'contents');
    g.call('open', g.string(file), 0);
    const buffer = g.allocate(256);
    const n = g.call('readlink', g.string('/proc/self/fd/3'), buffer, 256);
    expect(g.readText(buffer, n)).toBe(file);
    expect(read('/dev/fd/3')).toBe('contents');
    fs.rmSync(dir, { recursive: true });
  });

  const entries = (directory: number): string[] => {
    const buffer = g.allocate(4096);
    const n = g.call('getdents64', directory, buffer, 4096);
    const names: string[] = [];
    for (let at = buffer; at < buffer + n; at += g.memory.read16(at + 16)) names.push(g.readString(at + 19));
    return names.sort();
  };

  it('lists its descriptors, by name or through a directory', () => {
    const O_DIRECTORY = 0o40000;
    const wide = g.call('fcntl64', 1, 0, 1000);
    for (const name of ['/proc/self/fd', '/dev/fd', `/proc/${process.pid}/fdinfo`, '/proc/thread-self/fd']) {
      const directory = g.call('open', g.string(name), O_DIRECTORY);
      expect(entries(directory)).toEqual(['.', '..', '0', '1', '1000', '2', `${directory}`]);
      expect(g.call('faccessat', directory, g.string('1000'), 0)).toBe(0);
      expect(g.call('faccessat', directory, g.string('999'), 0)).toBe(-E.NOENT);
      g.call('close', directory);
    }
    const own = g.call('open', g.string('/proc/self'), O_DIRECTORY);
    const cmdline = g.call('openat', own, g.string('cmdline'), 0);
    const buffer = g.allocate(64);
    expect(g.readText(buffer, g.call('read', cmdline, buffer, 64))).toBe('guest\0argument\0');
    expect(g.readText(buffer, g.call('readlinkat', own, g.string('exe'), buffer, 64))).toBe('/bin/true');
    // what is known of a descriptor is true of its duplicates
    for (const copy of [g.call('dup', own), g.call('dup2', own, 33), g.call('fcntl64', own, 1030, 0)])
      expect(g.call('faccessat', copy, g.string('fd/1000'), 0)).toBe(0);
    const tasks = g.call('openat', own, g.string('task'), O_DIRECTORY);
    expect(entries(tasks)).toEqual(['.', '..', `${process.pid}`]);
    g.call('close', wide);
  });

  it('is the memory in /proc/self/mem', () => {
    const mem = g.call('open', g.string('/proc/self/mem'), 2);
    const [text, buffer] = [g.string('in memory'), g.allocate(16)];
    expect(g.call('pread64', mem, buffer, 9, 0, text, 0)).toBe(9);
    expect(g.readText(buffer, 9)).toBe('in memory');
    expect(g.call('lseek', mem, text + 3, 0)).toBe(text + 3);
    expect(g.call('write', mem, g.string('MEM'), 3)).toBe(3);
    expect(g.readText(text, 9)).toBe('in MEMory');
    expect(g.codeChanges).toContainEqual([text + 3, text + 6]);
    expect(g.call('pread64', mem, buffer, 9, 0, 0x9000_0000, 0)).toBe(-5);
  });

  it('is in uname, sysinfo and the ids', () => {
    const u = g.allocate(390);
    expect(g.call('uname', u)).toBe(0);
    expect([g.readString(u), g.readString(u + 130), g.readString(u + 260)]).toEqual(['Linux', '5.4.0-guest', 'armv7l']);
    const s = g.allocate(64);
    expect(g.call('sysinfo', s)).toBe(0);
    expect(g.memory.read32(s + 16) * g.memory.read32(s + 52)).toBeGreaterThan(0.99 * os.totalmem());
    expect(g.call('getuid32')).toBe(process.getuid!());
    expect(g.call('getpid')).toBe(process.pid);
    const ids = g.words(9, 9, 9);
    expect(g.call('getresuid', ids, ids + 4, ids + 8)).toBe(0);
    expect(g.memory.read16(ids)).toBe(Math.min(process.getuid!(), 65534));
  });

  it('includes what only ARM has', () => {
    expect(g.call('ARM_set_tls', 0x1234)).toBe(0);
    expect([g.threadPointer, g.call('ARM_get_tls')]).toEqual([0x1234, 0x1234]);
    expect(g.call('ARM_cacheflush', 0x8000, 0x9000, 0)).toBe(0);
    expect(g.codeChanges).toContainEqual([0x8000, 0x9000]);
    expect(g.call('ARM_cacheflush', 0x9000, 0x8000, 0)).toBe(-E.INVAL);
  });

  it('prefers files below the sysroot', () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-sysroot-'));
    for (const name of ['etc', 'proc', 'dev']) fs.mkdirSync(path.join(dir, name));
    fs.writeFileSync(path.join(dir, 'etc/hostname'), 'guest');
    g = new GuestFixture({ sysroot: `${dir}/` });
    expect(read('/etc/hostname')).toBe('guest');
    // mount points in it are empty
    for (const name of ['/proc', '/dev']) expect(entries(g.call('open', g.string(name), 0o40000)).length).toBeGreaterThan(5);
    expect(read('/etc/passwd')).toBe(fs.readFileSync('/etc/passwd', 'utf8').slice(0, 8192));
    fs.rmSync(dir, { recursive: true });
  });
});

describe('what is missing', () => {
  it('answers ENOSYS and says so', () => {
    expect(g.call('bdflush')).toBe(-E.NOSYS);
    expect(g.calls.call(500, [0, 0, 0, 0, 0, 0, 0])).toBe(-E.NOSYS);
    expect(g.unimplemented).toEqual(['system call bdflush', 'system call 500']);
  });
});
