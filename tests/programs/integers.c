/* Integer arithmetic at its edges: 32 and 64 bits, shifts, rotates, divisions, bit-fields, bit counts. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static volatile int32_t s32[] = {0, 1, -1, 2, -2, 7, -7, 0x7fffffff, INT32_MIN, INT32_MIN + 1, 0x12345678, -65536, 65535, 10};
static volatile int64_t s64[] = {0, 1, -1, 3, -3, INT64_MAX, INT64_MIN, INT64_MIN + 1, 0x100000000LL, -0x100000000LL, 0x123456789abcdefLL, 0xffffffffLL, 1000000007};
#define COUNT(a) (sizeof(a) / sizeof *(a))

static uint64_t hash = 14695981039346656037ULL;
static void mix(uint64_t v) { hash = (hash ^ v) * 1099511628211ULL; }
static uint32_t ror(uint32_t x, unsigned n) { return n & 31 ? x >> (n & 31) | x << (32 - (n & 31)) : x; }

struct bits { unsigned a : 3; signed b : 5; unsigned c : 11; signed d : 13; unsigned long long e : 40; signed long long f : 24; };

int main(void)
{
    for (unsigned i = 0; i < COUNT(s32); i++)
        for (unsigned k = 0; k < COUNT(s32); k++) {
            int32_t a = s32[i], b = s32[k];
            uint32_t u = a, v = b;
            mix(u + v), mix(u - v), mix(u * v), mix(u & ~v), mix((uint64_t)u * v), mix((int64_t)a * b);
            mix(a < b), mix(u < v), mix(a <= b), mix(u >= v), mix(ror(u, v));
            if (b != 0) {
                mix(u / v), mix(u % v);
                if (!(a == INT32_MIN && b == -1))
                    mix(a / b), mix(a % b);
            }
            int32_t r;
            mix(__builtin_add_overflow(a, b, &r)), mix(r), mix(__builtin_sub_overflow(a, b, &r)), mix(r), mix(__builtin_mul_overflow(a, b, &r)), mix(r);
            mix((int16_t)a * (int16_t)b), mix((int8_t)a + (uint8_t)b), mix((uint16_t)(a >> 8));
        }
    printf("32 bits %016" PRIx64 "\n", hash);
    for (unsigned i = 0; i < COUNT(s32); i++)
        for (volatile int n = 0; n < 32; n++) {
            int32_t a = s32[i];
            mix((uint32_t)a << n), mix((uint32_t)a >> n), mix(a >> n), mix(ror(a, n));
        }
    printf("shifts %016" PRIx64 "\n", hash);
    for (unsigned i = 0; i < COUNT(s64); i++)
        for (unsigned k = 0; k < COUNT(s64); k++) {
            int64_t a = s64[i], b = s64[k];
            uint64_t u = a, v = b;
            mix(u + v), mix(u - v), mix(u * v), mix(a < b), mix(u < v), mix(u ^ v);
            if (b != 0) {
                mix(u / v), mix(u % v);
                if (!(a == INT64_MIN && b == -1))
                    mix(a / b), mix(a % b);
            }
            int64_t r;
            mix(__builtin_add_overflow(a, b, &r)), mix(r), mix(__builtin_mul_overflow(a, b, &r)), mix(r);
        }
    for (unsigned i = 0; i < COUNT(s64); i++)
        for (volatile int n = 0; n < 64; n++)
            mix((uint64_t)s64[i] << n), mix((uint64_t)s64[i] >> n), mix(s64[i] >> n);
    printf("64 bits %016" PRIx64 "\n", hash);
    for (unsigned i = 1; i < COUNT(s32); i++) {
        uint32_t u = s32[i];
        mix(__builtin_clz(u)), mix(__builtin_ctz(u)), mix(__builtin_popcount(u)), mix(__builtin_bswap32(u)), mix(__builtin_bswap16(u)), mix(__builtin_ffs(u));
    }
    printf("bit counts %016" PRIx64 "\n", hash);
    for (unsigned i = 0; i < COUNT(s64); i++) {
        volatile struct bits x = {.a = s64[i], .b = s64[i] >> 1, .c = s64[i] >> 2, .d = s64[i] >> 3, .e = s64[i] * 5, .f = s64[i] * 3};
        x.a++, x.b--, x.c ^= x.b, x.d += x.a, x.e += x.f;
        mix(x.a), mix(x.b), mix(x.c), mix(x.d), mix(x.e), mix(x.f);
    }
    printf("bit-fields %016" PRIx64 "\n", hash);
    for (unsigned i = 0; i < COUNT(s64); i++) {
        volatile double d = s64[i];
        volatile float f = s32[i];
        mix((int64_t)(d / 3)), mix((int32_t)(f / 3)), mix((uint64_t)(d < 0 ? -d / 2 : d / 2)), mix((uint32_t)(f < 0 ? -f / 2 : f / 2));
    }
    printf("conversions %016" PRIx64 "\n", hash);
    return 0;
}
