import { readFileSync } from 'node:fs';
import { assemble, hasAssembler, HOSTS, imageFile, type Host } from '../../../scripts/code-page';
import { addressOf, syscall } from '../ffi';
import { HOST } from '../numbers';
import { GuestThread, RESTART } from '.';

describe('code page', () => {
  describe.each(Object.keys(HOSTS) as Host[])('for %s', (host) => {
    // binutils of the other host need not be installed
    const check = hasAssembler(host) ? it : it.skip;
    check('is what its sources assemble to', () => {
      expect(readFileSync(imageFile(host), 'utf8')).toBe(assemble(host));
    });
  });
});

const SIGUSR1 = 10;
const SIGUSR2 = 12;
const SI_TKILL = -6;
const SIG_SETMASK = 2;
const polled = new Int32Array(16);
const mask = new BigUint64Array(8);

function send(signal: number): void {
  syscall(HOST.tgkill, syscall(HOST.getpid), syscall(HOST.gettid), signal);
}

function unblockAll(): void {
  mask.fill(0n);
  syscall(HOST.rt_sigprocmask, SIG_SETMASK, addressOf(mask), 0, 8);
}

describe('a guest thread', () => {
  const thread = GuestThread.current(addressOf(polled))!;
  beforeAll(() => {
    thread.silenceOthers();
    thread.handle(SIGUSR1, 0);
    thread.handle(SIGUSR2, 0);
  });
  afterAll(() => {
    thread.leave();
  });
  beforeEach(() => {
    polled[0] = 1;
    unblockAll();
  });

  it('gets a signal with its siginfo, one at a time until the mask is set again', () => {
    send(SIGUSR1);
    send(SIGUSR2);
    expect(polled[0]).toBe(0);
    expect(thread.pending).toBe(true);
    const [first, ...more] = thread.take();
    expect(more).toEqual([]);
    expect(first!.signal).toBe(SIGUSR1);
    expect(first!.info.getInt32(8, true)).toBe(SI_TKILL);
    expect(first!.info.getInt32(16, true)).toBe(process.pid);
    expect(thread.pending).toBe(false);
    unblockAll();
    expect(thread.take().map((a) => a.signal)).toEqual([SIGUSR2]);
  });

  it('makes system calls unless a signal waits', () => {
    expect(thread.syscall(HOST.getpid, 0, 0, 0, 0, 0, 0)).toBe(process.pid);
    expect(thread.syscall(HOST.close, -1, 0, 0, 0, 0, 0)).toBe(-9);
    send(SIGUSR1);
    expect(thread.syscall(HOST.getpid, 0, 0, 0, 0, 0, 0)).toBe(RESTART);
    thread.take();
    expect(thread.syscall(HOST.getpid, 0, 0, 0, 0, 0, 0)).toBe(process.pid);
  });

  it('passes all six arguments', () => {
    const page = 4096;
    const at = thread.syscall(HOST.mmap, 0, 2 * page, 1, 0x22, -1, 0);
    expect(at).toBeGreaterThan(0);
    expect(thread.syscall(HOST.munmap, at, 2 * page, 0, 0, 0, 0)).toBe(0);
    expect(thread.syscall(HOST.mmap, 0, page, 1, 2, -1, 0)).toBe(-9);
  });
});
