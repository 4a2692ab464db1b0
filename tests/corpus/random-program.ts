/**
 * Random C programs: loops over arrays of all types, which compilers turn into vectors, sums, and calls with structs and many
 * arguments. Nothing in them is undefined, given -fwrapv; each prints a hash after each function and ends with a status of it.
 */
import type { Random } from '../instructions/random';

interface CType {
  readonly name: string;
  /** 0 for floating point. */
  readonly bits: number;
}

const TYPES: readonly CType[] = [
  ...[8, 16, 32, 64].flatMap((bits) => [
    { name: `uint${bits}_t`, bits },
    { name: `int${bits}_t`, bits },
  ]),
  { name: 'float', bits: 0 },
  { name: 'double', bits: 0 },
];

/** Elements of an array; strided accesses take every second or third of the first ones. */
const LENGTH = 120;
const FUNCTIONS = 10;
const DEPTH = 4;

const arrayOf = ({ name }: CType, k: number): string => `${name.replace('_t', '')}_${k}`;

const PRELUDE = `#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#define LENGTH ${LENGTH}
static uint32_t state = 1;
static uint32_t next(void) { return state = state * 1664525u + 1013904223u; }
static uint64_t hash = 14695981039346656037ull;
static void mix(const void *from, size_t n) {
  const uint8_t *p = from;
  while (n--) hash = (hash ^ *p++) * 1099511628211ull;
}
/* Of any value, NaN too, one that fits an int */
static int32_t clampf(float x) { return (int32_t)fminf(fmaxf(x, -1e6f), 1e6f); }
static int32_t clamp(double x) { return (int32_t)fmin(fmax(x, -1e9), 1e9); }
struct pair { int64_t a; double b; uint16_t c; };
static __attribute__((noinline)) struct pair swap(struct pair p, uint8_t k, float f, int64_t wide, double d, int16_t h) {
  struct pair r = {p.a * 3 + k - wide, p.b / 2 + f * d, (uint16_t)(p.c ^ h)};
  return r;
}
`;

/** An expression that has a type of floating point if one of its operands has. */
class Expressions {
  constructor(
    private readonly rng: Random,
    private readonly index: string,
  ) {}

  private operand(): string {
    const { rng } = this;
    if (rng.chance(15)) return rng.pick(['1', '(-7)', '255', '0x8000', '65537', '3u', '1.5f', '0.1', '(-2.0)', '123456789']);
    if (rng.chance(10)) return this.index.includes('i') ? 'i' : 'k';
    return `${arrayOf(rng.pick(TYPES), rng.below(3))}[${this.index}]`;
  }

  /** An integer of 64 bits at most. */
  integer(depth: number): string {
    const { rng } = this;
    const type = rng.pick(TYPES.filter(({ bits }) => bits > 0));
    if (depth === 0) return rng.chance(30) ? `(${rng.between(-300, 300)})` : `${arrayOf(type, rng.below(3))}[${this.index}]`;
    const sub = (): string => this.integer(depth - 1);
    switch (rng.below(10)) {
      case 0:
        return `(${sub()} ${rng.pick(['<<', '>>'])} ${rng.below(8)})`;
      case 1:
        return `(${sub()} ${rng.pick(['/', '%'])} ((${sub()} & 127) + 1))`;
      case 2:
        return `(${this.comparison(depth - 1)} ? ${sub()} : ${sub()})`;
      case 3:
        return `(${rng.pick(['~', '-', '!'])}(${sub()}))`;
      case 4:
        return `((${type.name})${sub()})`;
      case 5:
        return rng.chance(50) ? `clampf(${this.any(depth - 1)})` : `clamp(${this.any(depth - 1)})`;
      default:
        return `(${sub()} ${rng.pick(['+', '-', '*', '&', '|', '^', '+', '-', '*'])} ${sub()})`;
    }
  }

  comparison(depth: number): string {
    return `(${this.any(depth)} ${this.rng.pick(['<', '<=', '>', '>=', '==', '!='])} ${this.any(depth)})`;
  }

  any(depth: number): string {
    const { rng } = this;
    if (depth === 0) return this.operand();
    const sub = (): string => this.any(depth - 1);
    if (rng.chance(50)) return this.integer(depth - 1);
    if (rng.chance(20)) return `${rng.pick(['fabsf', 'sqrtf', 'floorf', 'fabs', 'sqrt', 'trunc'])}(${sub()})`;
    return `(${sub()} ${rng.pick(['+', '-', '*', '/'])} ${sub()})`.replace(/ \/ (.*)\)$/, ' / ($1 + 0.5f))');
  }

  /** As a value of the type. */
  ofType({ name, bits }: CType): string {
    const depth = this.rng.between(1, DEPTH);
    return `(${name})${bits === 0 ? this.any(depth) : this.integer(depth)}`;
  }
}

/** A loop over arrays; its index has a stride, so that vectors have to be taken apart. */
function loop(rng: Random): string {
  const type = rng.pick(TYPES);
  const stride = rng.pick([1, 1, 1, 2, 3]);
  const index = stride === 1 ? 'i' : `${stride} * i + ${rng.below(stride)}`;
  const e = new Expressions(rng, index);
  const target = `${arrayOf(type, rng.below(3))}[${rng.chance(80) ? index : 'i'}]`;
  const statement = rng.chance(20)
    ? `if ${e.comparison(1)} ${target} = ${e.ofType(type)};`
    : `${target} ${rng.chance(20) ? '+=' : '='} ${e.ofType(type)};`;
  return `for (int i = 0; i < LENGTH / ${stride}; i++) ${statement}`;
}

/** A sum, a product of sums, or a greatest value. */
function reduction(rng: Random): string {
  const type = rng.pick(TYPES);
  const e = new Expressions(rng, 'i');
  const step = rng.pick(['r += x;', 'r = r < x ? x : r;', 'r = r > x ? x : r;', 'r -= x;']);
  return `{ ${type.name} r = 1; for (int i = 0; i < LENGTH; i++) { ${type.name} x = ${e.ofType(type)}; ${step} } mix(&r, sizeof r); }`;
}

function call(rng: Random): string {
  const e = new Expressions(rng, 'k & 63');
  const pair = `(struct pair){${e.integer(2)}, ${e.any(1)}, ${e.integer(1)}}`;
  const args = [e.integer(1), e.any(1), e.integer(2), e.any(2), e.integer(1)].join(', ');
  return `for (int k = 0; k < 20; k++) { struct pair p = swap(${pair}, ${args}); mix(&p.a, 8); mix(&p.b, 8); mix(&p.c, 2); }`;
}

function choice(rng: Random): string {
  const cases = Array.from({ length: rng.between(3, 9) }, (_, n) => {
    const type = rng.pick(TYPES);
    return `case ${n}: ${arrayOf(type, rng.below(3))}[k] = ${new Expressions(rng, 'k').ofType(type)};${rng.chance(70) ? ' break;' : ''}`;
  });
  return `for (int k = 0; k < LENGTH; k++) switch (${new Expressions(rng, 'k').integer(1)} & 7) { ${cases.join(' ')} }`;
}

/** The text of a program. */
export function randomProgram(rng: Random): string {
  const arrays = TYPES.flatMap((type) => [0, 1, 2].map((k) => ({ type, name: arrayOf(type, k) })));
  const declarations = arrays.map(({ type, name }) => `static ${type.name} ${name}[LENGTH];`);
  const filling = arrays.map(
    ({ type, name }) =>
      `for (int i = 0; i < LENGTH; i++) ${name}[i] = ${type.bits === 0 ? '(int32_t)next() / 65536.0f' : type.bits === 64 ? '((uint64_t)next() << 32) | next()' : 'next() >> (i & 15)'};`,
  );
  const functions = Array.from({ length: FUNCTIONS }, (_, n) => {
    const body = Array.from({ length: rng.between(1, 3) }, () => rng.pick([loop, loop, loop, reduction, call, choice])(rng));
    return `static __attribute__((noinline)) void f${n}(void) {\n  ${body.join('\n  ')}\n}`;
  });
  const calls = functions.map(
    (_, n) => `f${n}(); ${arrays.map(({ name }) => `mix(${name}, sizeof ${name});`).join(' ')} printf("f${n} %016llx\\n", hash);`,
  );
  return `${PRELUDE}${declarations.join('\n')}\n${functions.join('\n')}\nint main(void) {\n  ${filling.join('\n  ')}\n  for (int round = 0; round < 3; round++) {\n  ${calls.join('\n  ')}\n  }\n  return hash & 127;\n}\n`;
}
