import { E } from './errno';
import { FORBIDDEN, GuestFixture } from './guest-fixture';
import { ARM_EABI } from './abi/arm';
import type { Abi } from './abi/abi';

/** A 32-bit big-endian ABI with the calls that stand for several. */
const BIG: Abi = { ...ARM_EABI, name: 'big', byteOrder: 'big', numbers: { ...ARM_EABI.numbers, ipc: 117, socketcall: 102 } };

const IPC_PRIVATE = 0;
const IPC_RMID = 0;
const IPC_STAT = 2;
const IPC_64 = 0x100;
const [SETVAL, GETVAL, GETALL, SETALL] = [16, 12, 13, 17];

describe.each([ARM_EABI, BIG])('$name', (abi) => {
  let g: GuestFixture;
  beforeEach(() => (g = new GuestFixture({ abi })));
  const halves = (...values: number[]): number => {
    const at = g.allocate(2 * values.length);
    values.forEach((v, i) => g.memory.write16(at + 2 * i, v));
    return at;
  };

  it('has semaphores', () => {
    const id = g.call('semget', IPC_PRIVATE, 2, 0o600);
    expect(id).toBeGreaterThanOrEqual(0);
    try {
      expect(g.call('semctl', id, 1, SETVAL | IPC_64, 3)).toBe(0);
      expect(g.call('semop', id, halves(1, 0xffff, 0, 0, 5, 0), 2)).toBe(0);
      const values = g.allocate(4);
      expect(g.call('semctl', id, 0, GETALL, values)).toBe(0);
      expect([g.memory.read16(values), g.memory.read16(values + 2)]).toEqual([5, 2]);
      expect(g.call('semctl', id, 0, SETALL, halves(7, 0))).toBe(0);
      expect(g.call('semctl', id, 0, GETVAL)).toBe(7);
      const status = g.allocate(80);
      expect(g.call('semctl', id, 0, IPC_STAT | IPC_64, status)).toBe(0);
      const now = g.memory.read32(status + 36);
      expect(Math.abs(now - Date.now() / 1000)).toBeLessThan(100);
      expect([g.memory.read32(status + 52), g.memory.read32(status + 48)]).toEqual([2, 0]);
      expect(g.memory.read16(status + 20)).toBe(0o600);
      const wait = halves(1, 0xffff, 0);
      expect(g.call('semtimedop', id, wait, 1, g.words(0, 1_000_000))).toBe(-E.AGAIN);
      const [high, low] = abi.byteOrder === 'big' ? [0, 1_000_000] : [1_000_000, 0];
      expect(g.call('semtimedop_time64', id, wait, 1, g.words(0, 0, high, low))).toBe(-E.AGAIN);
      expect(g.call('semop', id, FORBIDDEN, 1)).toBe(-E.FAULT);
    } finally {
      expect(g.call('semctl', id, 0, IPC_RMID)).toBe(0);
    }
  });

  it('has shared memory', () => {
    const id = g.call('shmget', IPC_PRIVATE, 5000, 0o600);
    const status = g.allocate(96);
    try {
      const one = g.call('shmat', id, 0, 0) >>> 0;
      expect(one % 0x4000).toBe(0);
      const other = g.call('shmat', id, one + 0x10_0123, 0o20000) >>> 0;
      expect(other).toBe(one + 0x10_0000);
      g.memory.write32(one + 4999 - 3, 0x1234_5678);
      expect(g.memory.read32(other + 4996)).toBe(0x1234_5678);
      expect(g.call('shmctl', id, IPC_STAT | IPC_64, status)).toBe(0);
      expect([g.memory.read32(status + 36), g.memory.read32(status + 72)]).toEqual([5000, 2]);
      expect(g.memory.read32(status + 64)).toBe(process.pid);
      const readOnly = g.call('shmat', id, 0, 0o10000) >>> 0;
      expect(g.memory.pages[readOnly >>> 12]).toBe(1);
      expect(g.call('shmat', id, one, 0)).toBe(-E.INVAL);
      expect(g.call('shmat', id, one + 1, 0)).toBe(-E.INVAL);
      expect(g.call('shmat', id, 0, 0o40000)).toBe(-E.INVAL);
      expect(g.call('shmdt', one + 4096)).toBe(-E.INVAL);
      for (const at of [one, other, readOnly]) expect(g.call('shmdt', at)).toBe(0);
      expect(g.call('shmdt', one)).toBe(-E.INVAL);
      expect(g.memory.pages[one >>> 12]).toBe(0);
      g.call('shmctl', id, IPC_STAT | IPC_64, status);
      expect(g.memory.read32(status + 72)).toBe(0);
    } finally {
      expect(g.call('shmctl', id, IPC_RMID, 0)).toBe(0);
    }
    expect(g.call('shmat', id, 0, 0)).toBe(-E.INVAL);
  });

  it('has messages', () => {
    const id = g.call('msgget', IPC_PRIVATE, 0o600);
    try {
      const message = g.words(42, 0x6869_0000);
      expect(g.call('msgsnd', id, message, 4, 0)).toBe(0);
      const status = g.allocate(88);
      expect(g.call('msgctl', id, IPC_STAT | IPC_64, status)).toBe(0);
      expect([g.memory.read32(status + 60), g.memory.read32(status + 64)]).toEqual([4, 1]);
      const buffer = g.allocate(16);
      expect(g.call('msgrcv', id, buffer, 2, 0, 0)).toBe(-7);
      expect(g.call('msgrcv', id, buffer, 8, 42, 0)).toBe(4);
      expect([g.memory.read32(buffer), g.memory.read32(buffer + 4)]).toEqual([42, 0x6869_0000]);
      expect(g.call('msgrcv', id, buffer, 8, 0, 0o4000)).toBe(-42);
      expect(g.call('msgsnd', id, g.words(0, 0), 4, 0)).toBe(-E.INVAL);
      expect(g.call('msgsnd', id, FORBIDDEN, 4, 0)).toBe(-E.FAULT);
    } finally {
      expect(g.call('msgctl', id, IPC_RMID, 0)).toBe(0);
    }
  });

  it('has POSIX message queues', () => {
    const name = g.string(`tsemu-test-${process.pid}-${abi.name}`);
    const fd = g.call('mq_open', name, 0o4102, 0o600, g.words(0, 4, 16, 0, 0, 0, 0, 0));
    if (fd === -E.NOSYS) return;
    try {
      expect(fd).toBe(3);
      expect(g.call('mq_timedsend', fd, g.string('late'), 4, 1, 0)).toBe(0);
      expect(g.call('mq_timedsend', fd, g.string('first'), 5, 9, 0)).toBe(0);
      const attributes = g.allocate(32);
      expect(g.call('mq_getsetattr', fd, 0, attributes)).toBe(0);
      expect([0, 4, 8, 12].map((o) => g.memory.read32(attributes + o))).toEqual([0o4000, 4, 16, 2]);
      const [buffer, priority] = [g.allocate(16), g.allocate(4)];
      expect(g.call('mq_timedreceive', fd, buffer, 16, priority, 0)).toBe(5);
      expect([g.readText(buffer, 5), g.memory.read32(priority)]).toEqual(['first', 9]);
      expect(g.call('mq_timedreceive', fd, buffer, 15, priority, 0)).toBe(-E.MSGSIZE);
      expect(g.call('mq_notify', fd, g.words(0, 0, 1, ...Array<number>(13).fill(0)))).toBe(0);
      expect(g.call('mq_notify', fd, 0)).toBe(0);
    } finally {
      g.call('close', fd);
      expect(g.call('mq_unlink', name)).toBe(0);
    }
  });

  it('has timers', () => {
    const id = g.allocate(4);
    const event = g.words(0x1234, 10, 1, ...Array<number>(13).fill(0));
    expect(g.call('timer_create', 1, event, id)).toBe(0);
    const timer = g.memory.read32(id);
    expect(g.call('timer_settime', timer, 0, g.words(1, 500, 1000, 0), 0)).toBe(0);
    const left = g.allocate(32);
    expect(g.call('timer_gettime', timer, left)).toBe(0);
    expect([g.memory.read32(left), g.memory.read32(left + 4)]).toEqual([1, 500]);
    expect(g.memory.read32(left + 8)).toBeGreaterThan(990);
    expect(g.call('timer_gettime64', timer, left)).toBe(0);
    expect(g.memory.read64(left + 16)).toBeGreaterThan(990n);
    expect(g.call('timer_getoverrun', timer)).toBe(0);
    expect(g.call('timer_delete', timer)).toBe(0);
    expect(g.call('timer_delete', timer)).toBe(-E.INVAL);
    expect(g.call('timer_create', 1, FORBIDDEN, id)).toBe(-E.FAULT);
    expect(g.call('timer_create', 1, event, FORBIDDEN)).toBe(-E.FAULT);
  });
});

it('reaches the same through ipc and socketcall', () => {
  const g = new GuestFixture({ abi: BIG });
  const [SHMAT, SHMDT, SHMGET, SHMCTL, SEMGET, SEMCTL] = [21, 22, 23, 24, 2, 3];
  const id = g.call('ipc', SHMGET, IPC_PRIVATE, 4096, 0o600, 0, 0);
  const result = g.allocate(4);
  expect(g.call('ipc', SHMAT, id, 0, result, 0, 0)).toBe(0);
  expect(g.memory.pages[g.memory.read32(result) >>> 12]).toBe(3);
  expect(g.call('ipc', SHMDT, 0, 0, 0, g.memory.read32(result), 0)).toBe(0);
  expect(g.call('ipc', SHMCTL, id, IPC_RMID, 0, 0, 0)).toBe(0);
  const set = g.call('ipc', SEMGET, IPC_PRIVATE, 1, 0o600, 0, 0);
  expect(g.call('ipc', SEMCTL, set, 0, SETVAL, g.words(9), 0)).toBe(0);
  expect(g.call('ipc', SEMCTL, set, 0, GETVAL, g.words(0), 0)).toBe(9);
  expect(g.call('ipc', SEMCTL, set, 0, IPC_RMID, g.words(0), 0)).toBe(0);
  const pair = g.allocate(8);
  expect(g.call('socketcall', 8, g.words(1, 1, 0, pair))).toBe(0);
  expect(g.call('socketcall', 9, g.words(g.memory.read32(pair), g.string('hi'), 2, 0))).toBe(2);
  expect(g.call('socketcall', 99, 0)).toBe(-E.INVAL);
});
