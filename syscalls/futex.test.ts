/** Futexes of guests of both byte orders, and what the kernel keeps of a thread's. */
import { ARM_BE8_EABI, ARM_EABI } from './abi/arm';
import { FUTEX } from './constants';
import { E } from './errno';
import { FORBIDDEN, GuestFixture } from './guest-fixture';

const ETIMEDOUT = 110;

describe.each([ARM_EABI, ARM_BE8_EABI].map((abi) => [abi.name, abi] as const))('futexes of %s', (_, abi) => {
  const g = new GuestFixture({ abi });
  const soon = g.words(0, 1_000_000);

  it('are compared as the guest sees them', () => {
    const word = g.words(0x1234);
    expect(g.call('futex', word, FUTEX.FUTEX_WAIT, 0x1234, soon)).toBe(-ETIMEDOUT);
    expect(g.call('futex', word, FUTEX.FUTEX_WAIT, 0x3412_0000, soon)).toBe(-E.AGAIN);
    const [from, to] = [g.words(7), g.words(0)];
    expect(g.call('futex', from, FUTEX.FUTEX_CMP_REQUEUE, 1, 1, to, 7)).toBe(0);
    expect(g.call('futex', from, FUTEX.FUTEX_CMP_REQUEUE, 1, 1, to, 8)).toBe(-E.AGAIN);
  });

  it.each([
    ['set', 0, 5, 5],
    ['add', 1, 5, 105],
    ['or', 2, 3, 103],
    ['and not', 3, 4, 96],
    ['xor', 4, 1, 101],
    ['add a power of two', 9, 4, 116],
    ['add a negative number', 1, 0xfff, 99],
  ])('are changed and woken in one call: %s', (_name, operation, operand, expected) => {
    const [word, changed] = [g.words(0), g.words(100)];
    // FUTEX_OP_CMP_EQ with 100
    expect(g.call('futex', word, FUTEX.FUTEX_WAKE_OP, 1, 1, changed, (operation << 28) | (operand << 12) | 100)).toBe(0);
    expect(g.memory.read32(changed)).toBe(expected);
  });

  it('can be waited for together', () => {
    const words = [g.words(1), g.words(2)];
    const waiters = g.allocate(48);
    const write = (at: number, value: number): void => g.memory.view.setBigUint64(at, BigInt(value), g.memory.littleEndian);
    words.forEach((word, i) => {
      write(waiters + 24 * i, i + 1);
      write(waiters + 24 * i + 8, word);
      // FUTEX_32
      g.memory.write32(waiters + 24 * i + 16, 2);
    });
    const until = g.allocate(16);
    write(until, 1);
    const wait = (): number => g.call('futex_waitv', waiters, 2, 0, until, 1);
    const r = wait();
    // since Linux 5.16
    if (r === -E.NOSYS) return;
    expect(r).toBe(-ETIMEDOUT);
    g.memory.write32(words[1]!, 9);
    expect(wait()).toBe(-E.AGAIN);
    expect(g.call('futex_waitv', FORBIDDEN, 1, 0, 0, 1)).toBe(-E.FAULT);
    expect(g.call('futex_waitv', waiters, 0, 0, 0, 1)).toBe(-E.INVAL);
  });

  it('that a thread holds are known by the head of their list', () => {
    const [head, length] = [g.allocate(4), g.allocate(4)];
    expect(g.call('set_robust_list', 0x1000, 12)).toBe(0);
    expect(g.call('set_robust_list', 0x2000, 11)).toBe(-E.INVAL);
    expect(g.call('get_robust_list', 0, head, length)).toBe(0);
    expect([g.memory.read32(head), g.memory.read32(length)]).toEqual([0x1000, 12]);
    expect(g.call('get_robust_list', 0, FORBIDDEN, length)).toBe(-E.FAULT);
    expect(g.call('get_robust_list', 0x7fff_ffff, head, length)).toBe(-E.SRCH);
  });
});
