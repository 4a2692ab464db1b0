import { fma32, fma64, fma64Exact } from './fma';

const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000_000);

const view = new DataView(new ArrayBuffer(8));

function double(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** x, y, z and the result as glibc's fma() and an x86 FMA unit give it. */
const HARD_CASES: readonly (readonly [string, number, number, number, number])[] = [
  ['product and addend cancel to the error of the product', 1 + 2 ** -52, 1 + 2 ** -52, -(1 + 2 ** -51), 2 ** -104],
  ['a bit far below decides a tie upwards', 1 + 2 ** -52, 1, 2 ** -53 * (1 + 2 ** -52), 1 + 2 ** -51],
  ['a bit far below decides a tie downwards', 1 + 2 ** -52, 1, -(2 ** -53) * (1 + 2 ** -52), 1],
  ['the exact tie goes to even', 1 + 2 ** -52, 1, 2 ** -53, 1 + 2 ** -51],
  ['the product alone would overflow', 2 ** 1023, 2, -(2 ** 1023), 2 ** 1023],
  ['the result overflows', 2 ** 1023, 1, 2 ** 1023, Infinity],
  ['rounds to the largest finite number', Number.MAX_VALUE, 1, 2 ** 969, Number.MAX_VALUE],
  ['the product is far below the smallest subnormal', 2 ** -600, 2 ** -600, 1, 1],
  ['an invisible product decides a subnormal tie', 2 ** -537, 2 ** -538, Number.MIN_VALUE, 2 * Number.MIN_VALUE],
  ['a subnormal product is rounded once', 2 ** -537 * (1 + 2 ** -52), 2 ** -538, 0, Number.MIN_VALUE],
  ['exact zero is positive', 3, 5, -15, 0],
  ['zero keeps the sign that both terms share', -0, 1, -0, -0],
  ['zero of opposite signs is positive', 0, 1, -0, 0],
  ['an underflowing product keeps its sign', -(2 ** -600), 2 ** -600, 0, -0],
  ['infinity wins', Infinity, 2, -1e308, Infinity],
  ['an infinite addend beats a product that would overflow', 2 ** 1000, -(2 ** 1000), Infinity, Infinity],
];

describe('fma64', () => {
  it.each(HARD_CASES)('%s', (_, x, y, z, expected) => {
    expect(fma64(x, y, z)).toBe(expected);
    expect(fma64(y, x, z)).toBe(expected);
  });

  it.each([
    [Infinity, 0, 1],
    [Infinity, 1, -Infinity],
    [NaN, 1, 1],
    [1, 1, NaN],
  ])('is NaN for %p * %p + %p', (x, y, z) => expect(fma64(x, y, z)).toBeNaN());

  it(`equals exact integer arithmetic on random operands (TEST_SEED=${SEED})`, () => {
    let state = BigInt(SEED) + 0x9e3779b97f4a7c15n;
    const word = (): bigint => {
      state = BigInt.asUintN(64, state ^ (state << 13n));
      state ^= state >> 7n;
      state = BigInt.asUintN(64, state ^ (state << 17n));
      return state;
    };
    const operand = (): number => {
      const exponent = word() % 3n === 0n ? word() % 2047n : 1000n + (word() % 46n);
      return double(
        (word() & 0x8000000000000000n) | (exponent << 52n) | (word() & 0xfffffffffffffn & (word() % 2n === 0n ? -1n : -1n << 27n)),
      );
    };
    for (let i = 0; i < 20000; i++) {
      const [x, y] = [operand(), operand()];
      // Often an addend that nearly cancels the product
      const z = i % 3 === 0 && Number.isFinite(x * y) ? -x * y : operand();
      if (x === 0 || y === 0) continue;
      const expected = fma64Exact(x, y, z);
      if (!Object.is(fma64(x, y, z), expected)) throw new Error(`fma64(${x}, ${y}, ${z}) is ${fma64(x, y, z)}, not ${expected}`);
    }
  });
});

describe('fma32', () => {
  it.each([
    ['the double sum would hit a tie that the exact one does not', 1 + 2 ** -12, 1 + 2 ** -12, 2 ** -60, 1 + 2 ** -11 + 2 ** -23],
    ['the exact tie goes to even', 1 + 2 ** -12, 1 + 2 ** -12, 0, 1 + 2 ** -11],
    ['just below the tie', 1 + 2 ** -12, 1 + 2 ** -12, -(2 ** -60), 1 + 2 ** -11],
    ['subnormal results are rounded once', 2 ** -75, 2 ** -75, 2 ** -149, 2 ** -148],
    ['overflow', 2 ** 127, 2, 0, Infinity],
    ['exact zero is positive', 3, 5, -15, 0],
  ])('%s', (_, x, y, z, expected) => expect(fma32(x, y, z)).toBe(expected));
});
