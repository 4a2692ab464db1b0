import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AT, O } from './constants';
import { FORBIDDEN, GuestFixture } from './guest-fixture';
import { decodeFlags, quote } from './strace';

const AT_FDCWD = -100;

let g: GuestFixture;
let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tsemu-strace-'));
  g = new GuestFixture({ strace: true });
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

function line(name: string, ...args: number[]): string {
  g.straceLines.length = 0;
  try {
    g.call(name, ...args);
  } catch {
    // the call ended the guest; its line is what counts
  }
  expect(g.straceLines).toHaveLength(1);
  return g.straceLines[0]!;
}

it('prints files', () => {
  const file = path.join(dir, 'f');
  const p = g.string(file);
  expect(line('openat', AT_FDCWD, g.string('/no/such'), 0o2000000, 0)).toBe(
    'openat(AT_FDCWD, "/no/such", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)',
  );
  expect(line('open', p, 0o101, 0o644)).toBe(`open("${file}", O_WRONLY|O_CREAT, 0644) = 3`);
  expect(line('write', 3, g.string('one\ttwo\n"'), 9)).toBe('write(3, "one\\ttwo\\n\\"", 9) = 9');
  expect(line('writev', 3, g.words(g.string('abc'), 3, g.string('de'), 2), 2)).toBe(
    'writev(3, [{iov_base="abc", iov_len=3}, {iov_base="de", iov_len=2}], 2) = 5',
  );
  expect(line('close', 3)).toBe('close(3) = 0');
  expect(line('stat64', p, g.allocate(104))).toBe(`stat64("${file}", {st_mode=S_IFREG|0644, st_size=14, ...}) = 0`);
  expect(line('stat64', p, FORBIDDEN)).toBe(`stat64("${file}", 0x${FORBIDDEN.toString(16)}) = -1 EFAULT (Bad address)`);
  expect(line('open', g.string(dir), 0o40000, 0)).toBe(`open("${dir}", O_RDONLY|O_DIRECTORY) = 3`);
  expect(line('pread64', 3, 0, 1, 99, 0xffff_ffff, 0xffff_ffff)).toBe('pread64(3, NULL, 1, -1) = -1 EINVAL (Invalid argument)');
  expect(line('close', 3)).toBe('close(3) = 0');
});

it('shows what a call filled in only when it succeeded', () => {
  fs.writeFileSync(path.join(dir, 'r'), 'x'.repeat(40));
  g.call('open', g.string(path.join(dir, 'r')), 0, 0);
  const buffer = g.allocate(64);
  expect(line('read', 3, buffer, 64)).toBe(`read(3, "${'x'.repeat(32)}"..., 64) = 40`);
  expect(line('read', 77, buffer, 64)).toBe(`read(77, 0x${buffer.toString(16)}, 64) = -1 EBADF (Bad file descriptor)`);
  g.call('close', 3);
});

it('prints memory, times, signals and exits', () => {
  expect(line('mmap2', 0, 8192, 3, 0x22, -1, 0)).toMatch(
    /^mmap2\(NULL, 8192, PROT_READ\|PROT_WRITE, MAP_PRIVATE\|MAP_ANONYMOUS, -1, 0x0\) = 0x[0-9a-f]{8}$/,
  );
  expect(line('nanosleep', g.words(0, 1000), 0)).toBe('nanosleep({tv_sec=0, tv_nsec=1000}, NULL) = 0');
  expect(line('clock_gettime', 1, g.allocate(8))).toMatch(/^clock_gettime\(CLOCK_MONOTONIC, \{tv_sec=\d+, tv_nsec=\d+\}\) = 0$/);
  expect(line('rt_sigprocmask', 0, g.words(1, 0), 0, 8)).toBe('rt_sigprocmask(SIG_BLOCK, {bits.0=1, bits.1=0}, NULL, 8) = 0');
  expect(line('kill', 0x7fffffff, 15)).toBe('kill(2147483647, SIGTERM) = -1 ESRCH (No such process)');
  expect(line('umask', 0o22)).toMatch(/^umask\(022\) = 0[0-7]*$/);
  expect(line('exit_group', 3)).toBe('exit_group(3) = ?');
});

it('prints requests and calls it does not know', () => {
  const fd = g.call('open', g.string('/dev/null'), 2, 0);
  expect(line('ioctl', fd, 0x5401, 0)).toBe(`ioctl(${fd}, TCGETS, NULL) = -1 ENOTTY (Inappropriate ioctl for device)`);
  expect(line('ioctl', fd, 0x1234, 0)).toBe(`ioctl(${fd}, 0x1234, NULL) = -1 ENOTTY (Inappropriate ioctl for device)`);
  expect(line('bdflush', 1, 2)).toBe('bdflush(1, 2) = -1 ENOSYS (Function not implemented)');
  g.straceLines.length = 0;
  g.calls.call(999, [1, 0, 0, 0, 0, 0, 0]);
  expect(g.straceLines).toEqual(['syscall_999(0x1, 0x0, 0x0, 0x0, 0x0, 0x0) = -1 ENOSYS (Function not implemented)']);
});

describe('formats', () => {
  it('quotes bytes as C does', () => {
    expect(quote(Buffer.from('a\0b\x001'))).toBe('"a\\0b\\0001"');
    expect(quote(Buffer.from('\\\x7f\xff', 'latin1'))).toBe('"\\\\\\177\\377"');
    expect(quote(Buffer.from('abcdef'), 3)).toBe('"abc"...');
  });

  it('decodes flags with names, combinations and rests', () => {
    expect(decodeFlags(0, AT)).toBe('0');
    expect(decodeFlags(0x100, AT)).toBe('AT_SYMLINK_NOFOLLOW');
    expect(decodeFlags(0x80000100, AT)).toBe('AT_SYMLINK_NOFOLLOW|0x80000000');
    expect(decodeFlags(0o4010002, O, 3)).toBe('O_RDWR|O_SYNC');
    expect(decodeFlags(0o10002, O, 3)).toBe('O_RDWR|O_DSYNC');
  });
});

it('prints the making of processes', () => {
  expect(line('clone', 0x0120_0011, 0, 0, 0, 0x1234)).toBe(
    'clone(SIGCHLD|CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID, NULL, NULL, NULL, 0x1234) = -1 ENOSYS (Function not implemented)',
  );
  expect(line('clone', 0x100, 0, 0, 0, 0)).toBe('clone(0|CLONE_VM, NULL, NULL, NULL, NULL) = -1 EINVAL (Invalid argument)');
  const argv = g.words(g.string('zero'), g.string('one "two"'), 0);
  const envp = g.words(g.string('A=1'), g.string('B=2'), 0);
  expect(line('execve', g.string('/bin/x'), argv, envp)).toBe(
    `execve("/bin/x", ["zero", "one \\"two\\""], 0x${envp.toString(16)} /* 2 vars */) = -1 ENOENT (No such file or directory)`,
  );
  expect(line('execveat', AT_FDCWD, g.string('x'), 0, 0, 0x100)).toMatch(
    /^execveat\(AT_FDCWD, "x", NULL, NULL, AT_SYMLINK_NOFOLLOW\) = -1 ENOENT/,
  );
  expect(g.executed).toEqual(['/bin/x']);
  // Not of any child: the process that runs the tests may have some
  const nobody = 0x3fff_ffff;
  expect(line('wait4', nobody, 0, 1, 0)).toBe(`wait4(${nobody}, NULL, WNOHANG, NULL) = -1 ECHILD (No child processes)`);
  expect(line('waitid', 1, nobody, 0, 5, 0)).toBe(`waitid(P_PID, ${nobody}, NULL, WNOHANG|WEXITED, NULL) = -1 ECHILD (No child processes)`);
});

it('prints sockets, their addresses and options', () => {
  const pair = g.allocate(8);
  const text = line('socketpair', 1, 1, 0, pair);
  const [a, b] = [g.memory.read32(pair), g.memory.read32(pair + 4)];
  expect(text).toBe(`socketpair(AF_UNIX, SOCK_STREAM, 0, [${a}, ${b}]) = 0`);
  expect(line('setsockopt', a, 1, 13, g.words(1, 9), 8)).toBe(`setsockopt(${a}, SOL_SOCKET, SO_LINGER, [1, 9], 8) = 0`);
  expect(line('getsockopt', a, 1, 3, g.allocate(4), g.words(4))).toBe(`getsockopt(${a}, SOL_SOCKET, SO_TYPE, [1], [4]) = 0`);
  expect(line('getsockname', a, g.allocate(16), g.words(16))).toBe(`getsockname(${a}, {sa_family=AF_UNIX}, [16 => 2]) = 0`);
  expect(line('poll', g.words(b, 5), 1, 0)).toBe(`poll([{fd=${b}, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1`);
  const inet = g.bytes(Uint8Array.of(2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0));
  expect(line('bind', a, inet, 16)).toBe(
    `bind(${a}, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINVAL (Invalid argument)`,
  );
  const inet6 = g.bytes(Uint8Array.from([10, 0, 0, 80, 0, 0, 0, 0, ...Array<number>(15).fill(0), 1, 0, 0, 0, 0]));
  expect(line('connect', 99, inet6, 28)).toMatch(
    /^connect\(99, \{sa_family=AF_INET6, sin6_port=htons\(80\), sin6_addr="::1"\}, 28\) = -1 EBADF/,
  );
  const abstract = g.bytes(Buffer.from('\x01\0\0name'));
  expect(line('connect', 99, abstract, 7)).toMatch(/^connect\(99, \{sa_family=AF_UNIX, sun_path=@"name"\}, 7\)/);
  for (const fd of [a, b]) g.call('close', fd);
});

it('prints IPC flags with permissions', () => {
  const text = line('semget', 0, 1, 0o1640);
  const id = Number(/= (\d+)$/.exec(text)?.[1]);
  expect(text).toBe(`semget(0x0, 1, IPC_CREAT|0640) = ${id}`);
  expect(line('semctl', id, 0, 0x100, 0)).toBe(`semctl(${id}, 0, IPC_64|IPC_RMID, NULL) = 0`);
});
