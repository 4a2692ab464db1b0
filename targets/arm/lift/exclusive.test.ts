/** Exclusive accesses, swaps and coprocessor transfers. */
import { GuestFault, type GuestViews } from '../../../translate/guest-access';
import { EXCLUSIVE_NONE } from '../state';
import { mcr, mrc, type CoprocessorOperands } from './coprocessor';
import { clearExclusive, loadExclusive, storeExclusive, swap, type ExclusiveSize } from './exclusive';
import { runSemantics, smallMemory, WAYS, type Fields, type Outcome } from './semantics-fixture';

const ADDRESS = 0x40;
const TAG = ['exclusive_address', 'exclusive_low', 'exclusive_high'] as const;

/** Memory that holds bytes 0x10, 0x11, ... from ADDRESS. */
function countingMemory(): GuestViews {
  const memory = smallMemory();
  for (let i = 0; i < 16; i++) memory.u8[ADDRESS + i] = 0x10 + i;
  return memory;
}

function tagOf({ state }: Outcome): Fields {
  return Object.fromEntries(TAG.map((name) => [name, state.get(name)]));
}

const bigEndian = (on: boolean) => (cx: { bigEndianData: boolean }) => {
  cx.bigEndianData = on;
};

/** Rt, Rt2 = r1, r2; address in r0; status in r3. */
const LOAD = { n: 0, t: 1, u: 2 } as const;
const STORE = { ...LOAD, d: 3 } as const;

const LOADED: readonly (readonly [ExclusiveSize, boolean, readonly number[]])[] = [
  ['byte', false, [0x10]],
  ['half', false, [0x1110]],
  ['half', true, [0x1011]],
  ['word', false, [0x13121110]],
  ['word', true, [0x10111213]],
  ['double', false, [0x13121110, 0x17161514]],
  ['double', true, [0x10111213, 0x14151617]],
];

describe.each(WAYS)('exclusive accesses (%s)', (way) => {
  it.each(LOADED)('loads and stores a %s, big-endian %s', (size, be, values) => {
    const memory = countingMemory();
    const loaded = runSemantics((cx) => loadExclusive(cx, size, LOAD), { r0: ADDRESS, r2: -1 }, way, memory, bigEndian(be));
    expect([loaded.state.get('r1'), loaded.state.get('r2')]).toEqual(size === 'double' ? values : [values[0], -1]);
    expect(loaded.state.get('exclusive_address')).toBe(ADDRESS);

    const inputs = { r0: ADDRESS, r1: 0x21222324, r2: 0x31323334, r3: 9, ...tagOf(loaded) };
    const stored = runSemantics((cx) => storeExclusive(cx, size, STORE), inputs, way, memory, bigEndian(be));
    expect(stored.state.get('r3')).toBe(0);
    expect(stored.state.get('exclusive_address')).toBe(EXCLUSIVE_NONE);

    const written = {
      byte: [0x24],
      half: [0x24, 0x23],
      word: [0x24, 0x23, 0x22, 0x21],
      double: [0x24, 0x23, 0x22, 0x21, 0x34, 0x33, 0x32, 0x31],
    }[size];
    const word = (bytes: readonly number[]): readonly number[] => (be ? [...bytes].reverse() : bytes);
    const expected = size === 'double' ? [...word(written.slice(0, 4)), ...word(written.slice(4))] : word(written);
    expect([...memory.u8.slice(ADDRESS, ADDRESS + expected.length)]).toEqual(expected);
    expect(memory.u8[ADDRESS + expected.length]).toBe(0x10 + expected.length);
  });

  it.each(['byte', 'half', 'word', 'double'] as const)(
    'fails to store a %s without tag, at another address, and after a change',
    (size) => {
      const memory = countingMemory();
      const tag = tagOf(runSemantics((cx) => loadExclusive(cx, size, LOAD), { r0: ADDRESS }, way, memory));
      const attempt = (fields: Fields): number => {
        const before = [...memory.u8];
        const { state } = runSemantics(
          (cx) => storeExclusive(cx, size, STORE),
          { r0: ADDRESS, r1: 1, r2: 2, ...tag, ...fields },
          way,
          memory,
        );
        expect([...memory.u8]).toEqual(before);
        expect(state.get('exclusive_address')).toBe(EXCLUSIVE_NONE);
        return state.get('r3');
      };
      expect(attempt({ exclusive_address: EXCLUSIVE_NONE })).toBe(1);
      // The same value at another address must not pass for the tagged one.
      memory.u8.copyWithin(ADDRESS + 0x40, ADDRESS, ADDRESS + 8);
      expect(attempt({ r0: ADDRESS + 0x40 })).toBe(1);
      memory.u8[ADDRESS]! ^= 1;
      expect(attempt({})).toBe(1);
    },
  );

  it('faults on unaligned addresses', () => {
    for (const [size, bytes] of [
      ['half', 2],
      ['word', 4],
      ['double', 8],
    ] as const) {
      const inputs = { r0: ADDRESS + bytes / 2 };
      expect(() => runSemantics((cx) => loadExclusive(cx, size, LOAD), inputs, way, countingMemory())).toThrow(GuestFault);
    }
  });

  it('CLREX forgets the tag', () => {
    expect(runSemantics(clearExclusive, { exclusive_address: ADDRESS }, way).state.get('exclusive_address')).toBe(EXCLUSIVE_NONE);
  });
});

describe('forbidden registers', () => {
  it('make exclusives undefined', () => {
    const lifted = (f: { n: number; t: number; u: number; d: number }, size: ExclusiveSize = 'word'): boolean =>
      runSemantics((cx) => storeExclusive(cx, size, f), { r0: ADDRESS, r3: ADDRESS }, 'simplified', countingMemory()).lifted;
    expect(lifted(STORE)).toBe(true);
    expect(lifted({ ...STORE, d: STORE.n })).toBe(false);
    expect(lifted({ ...STORE, d: STORE.t })).toBe(false);
    expect(lifted({ ...STORE, d: STORE.u })).toBe(true);
    expect(lifted({ ...STORE, d: STORE.u }, 'double')).toBe(false);
    expect(lifted({ ...STORE, n: 15 })).toBe(false);
    expect(lifted({ ...STORE, t: 15 })).toBe(false);
  });
});

describe.each(WAYS)('SWP (%s)', (way) => {
  it.each([
    ['word', 0x13121110, [0x24, 0x23, 0x22, 0x21]],
    ['byte', 0x10, [0x24, 0x11, 0x12, 0x13]],
  ] as const)('exchanges a %s', (size, old, bytes) => {
    const memory = countingMemory();
    const { state, terminator } = runSemantics((cx) => swap(cx, size, { n: 0, t: 1, m: 1 }), { r0: ADDRESS, r1: 0x21222324 }, way, memory);
    expect(state.get('r1')).toBe(old);
    expect([...memory.u8.slice(ADDRESS, ADDRESS + 4)]).toEqual(bytes);
    expect(terminator?.kind).toBe('branch');
  });
});

describe.each(WAYS)('coprocessor transfers (%s)', (way) => {
  const THREAD_REGISTER: CoprocessorOperands = { p: 15, o: 0, n: 13, m: 0, q: 3, t: 4 };

  it('reads TPIDRURO and does not write it', () => {
    expect(runSemantics((cx) => mrc(cx, THREAD_REGISTER), { tpidruro: 0x1234, tpidrurw: 5 }, way).state.get('r4')).toBe(0x1234);
    expect(runSemantics((cx) => mcr(cx, THREAD_REGISTER), {}, way).lifted).toBe(false);
  });

  it('reads PMUSERENR as 0', () => {
    expect(runSemantics((cx) => mrc(cx, { ...THREAD_REGISTER, n: 9, m: 14, q: 0 }), { r4: 5 }, way).state.get('r4')).toBe(0);
  });

  it('reads and writes TPIDRURW', () => {
    const register = { ...THREAD_REGISTER, q: 2 };
    expect(runSemantics((cx) => mrc(cx, register), { tpidruro: 5, tpidrurw: 0x1234 }, way).state.get('r4')).toBe(0x1234);
    expect(runSemantics((cx) => mcr(cx, register), { r4: 0x4321 }, way).state.get('tpidrurw')).toBe(0x4321);
  });

  it('reads into the flags with Rt = 15', () => {
    const { state } = runSemantics(
      (cx) => mrc(cx, { ...THREAD_REGISTER, t: 15 }),
      { tpidruro: 0xa0000000 | 0, n: 0, z: 1, c: 0, v: 1 },
      way,
    );
    expect(['n', 'z', 'c', 'v'].map((f) => state.get(f))).toEqual([1, 0, 1, 0]);
  });

  it('leaves the rest undefined', () => {
    for (const other of [{ p: 14 }, { o: 1 }, { n: 0 }, { m: 1 }, { q: 4 }]) {
      expect(runSemantics((cx) => mrc(cx, { ...THREAD_REGISTER, ...other }), {}, way).lifted).toBe(false);
      expect(runSemantics((cx) => mcr(cx, { ...THREAD_REGISTER, q: 2, ...other }), {}, way).lifted).toBe(false);
    }
  });
});
