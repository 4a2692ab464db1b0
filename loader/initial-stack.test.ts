import { AT, buildInitialStack, type InitialStack, type StackContents } from './initial-stack';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);

const CONTENTS: StackContents = {
  top: 0xbf00_0000,
  size: 0x80_0000,
  wordSize: 4,
  order: 'little',
  argv: [text('prog')],
  envp: [],
  path: text('/bin/prog'),
  platform: 'v7l',
  random: Uint8Array.from({ length: 16 }, (_, i) => i + 1),
  aux: [[AT.PAGESZ, 4096]],
};

const build = (change: Partial<StackContents> = {}): InitialStack => {
  const stack = buildInitialStack({ ...CONTENTS, ...change });
  if (stack === undefined) throw new Error('too long');
  return stack;
};

/** Reads words and strings of a stack image as the guest would. */
function reader(
  stack: InitialStack,
  wordSize: 4 | 8,
  order: 'little' | 'big',
): { word: (n: number) => number; string: (address: number) => string } {
  const view = new DataView(stack.bytes.buffer);
  return {
    word: (n) => (wordSize === 4 ? view.getUint32(4 * n, order === 'little') : Number(view.getBigUint64(8 * n, order === 'little'))),
    string: (address) => {
      const at = address - stack.stackPointer;
      return Buffer.from(stack.bytes.subarray(at, stack.bytes.indexOf(0, at))).toString();
    },
  };
}

describe.each([
  [4, 'little'],
  [4, 'big'],
  [8, 'little'],
  [8, 'big'],
] as [4 | 8, 'little' | 'big'][])('%d-byte %s-endian words', (wordSize, order) => {
  it('holds argc, argv, envp and the auxiliary vector in this order', () => {
    const stack = build({
      wordSize,
      order,
      envp: [text('A=1'), text('B=')],
      aux: [
        [AT.PAGESZ, 4096],
        [AT.HWCAP, 0xffff_fffe],
      ],
    });
    const { word, string } = reader(stack, wordSize, order);
    expect(word(0)).toBe(1);
    expect(string(word(1))).toBe('prog');
    expect(word(2)).toBe(0);
    expect(string(word(3))).toBe('A=1');
    expect(string(word(4))).toBe('B=');
    expect(word(5)).toBe(0);
    expect([word(6), word(7), word(8), word(9)]).toEqual([AT.PAGESZ, 4096, AT.HWCAP, 0xffff_fffe]);
    expect(word(10)).toBe(AT.RANDOM);
    expect(stack.bytes.subarray(word(11) - stack.stackPointer).subarray(0, 16)).toEqual(CONTENTS.random);
    expect(word(12)).toBe(AT.EXECFN);
    expect(string(word(13))).toBe('/bin/prog');
    expect(word(14)).toBe(AT.PLATFORM);
    expect(string(word(15))).toBe('v7l');
    expect([word(16), word(17)]).toEqual([AT.NULL, 0]);
    expect(stack.auxvAddress).toBe(stack.stackPointer + 6 * wordSize);
    expect(stack.auxv.length).toBe(12 * wordSize);
  });
});

it('aligns the stack pointer to 16 bytes and ends at the top, whatever the strings are', () => {
  for (let length = 0; length < 40; length++) {
    const stack = build({ argv: [text('x'.repeat(length))], envp: length % 3 === 0 ? [] : [text('E')] });
    expect(stack.stackPointer % 16).toBe(0);
    expect(stack.stackPointer + stack.bytes.length).toBe(CONTENTS.top);
    // No string or vector runs into the next
    expect(reader(stack, 4, 'little').string(stack.argStart)).toBe('x'.repeat(length));
    expect(stack.auxvAddress + stack.auxv.length).toBeLessThanOrEqual(stack.argStart);
  }
});

it('gives a program without arguments an empty one', () => {
  const { word, string } = reader(build({ argv: [] }), 4, 'little');
  expect(word(0)).toBe(1);
  expect(string(word(1))).toBe('');
});

it('leaves AT_PLATFORM out where the architecture has none', () => {
  const stack = build({ platform: undefined });
  const types = Array.from({ length: stack.auxv.length / 8 }, (_, i) => stack.auxv[8 * i]);
  expect(types).toEqual([AT.PAGESZ, AT.RANDOM, AT.EXECFN, AT.NULL]);
});

it('refuses what exceeds the limits of Linux', () => {
  const long = (n: number): Uint8Array => new Uint8Array(n).fill(0x61);
  expect(buildInitialStack({ ...CONTENTS, argv: [long(0x2_0000 - 1)] })).toBeDefined();
  expect(buildInitialStack({ ...CONTENTS, argv: [long(0x2_0000)] })).toBeUndefined();
  const quarter = Array.from({ length: 0x20 }, () => long(0x1_0000 - 5));
  expect(buildInitialStack({ ...CONTENTS, argv: quarter.slice(1) })).toBeDefined();
  expect(buildInitialStack({ ...CONTENTS, argv: [...quarter, long(1)] })).toBeUndefined();
  expect(buildInitialStack({ ...CONTENTS, size: 0x1_0000, argv: [long(0xd000)] })).toBeUndefined();
});
