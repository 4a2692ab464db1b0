/* Saturating and SIMD-within-a-register instructions, bit-fields and multiplies through arm_acle.h and inline assembly. */
#include <arm_acle.h>
#include <stdint.h>
#include <stdio.h>

static volatile int32_t values[] = {0, 1, -1, 0x7fffffff, INT32_MIN, 0x7fff8000, (int32_t)0x80007fff, 0x00ff00ff, 0x12345678, (int32_t)0xdeadbeef, 0x80, -129};
#define COUNT (sizeof values / sizeof *values)

static uint64_t hash = 14695981039346656037ULL;
static void mix(uint32_t v) { hash = (hash ^ v) * 1099511628211ULL; }

int main(void)
{
    for (unsigned i = 0; i < COUNT; i++)
        for (unsigned k = 0; k < COUNT; k++) {
            int32_t a = values[i], b = values[k], r;
            mix(__builtin_clz(a | 1)), mix(__builtin_ctz(b | 16)), mix(__builtin_bswap32(a)), mix(__builtin_bswap16(a)), mix((int16_t)__builtin_bswap16(b));
#if __ARM_FEATURE_DSP
            mix(__qadd(a, b)), mix(__qsub(a, b)), mix(__qdbl(a));
            mix(__smlabb(a, b, a)), mix(__smlatt(a, b, b)), mix(__smlawb(a, b, b)), mix(__smlawt(a, b, a));
#endif
#if __ARM_FEATURE_SAT
            mix(__ssat(a, 13)), mix(__usat(a, 7)), mix(__ssat(b, 1)), mix(__usat(b, 31));
#endif
#if __ARM_FEATURE_SIMD32
            mix(__sadd16(a, b)), mix(__sel(a, b)), mix(__usub8(a, b)), mix(__sel(a, b)), mix(__uqadd16(a, b)), mix(__qsub8(a, b));
            mix(__shadd16(a, b)), mix(__uhsub8(a, b)), mix(__sasx(a, b)), mix(__ssax(a, b)), mix(__uqasx(a, b)), mix(__shsax(a, b));
            mix(__usad8(a, b)), mix(__usada8(a, b, a)), mix(__sxtab16(a, b)), mix(__uxtb16(a)), mix(__ssat16(a, 5)), mix(__usat16(a, 5));
            mix(__smlad(a, b, a)), mix(__smlsdx(a, b, b)), mix(__smuad(a, b)), mix(__smusdx(a, b));
#endif
            __asm__ volatile("bfi %0, %1, #3, #9" : "=r"(r) : "r"(b), "0"(a));
            mix(r);
            __asm__ volatile("sbfx %0, %1, #5, #14" : "=r"(r) : "r"(a));
            mix(r);
            uint32_t low = a, high = b;
            __asm__ volatile("umaal %0, %1, %2, %3" : "+r"(low), "+r"(high) : "r"(b), "r"(a));
            mix(low), mix(high);
            __asm__ volatile("smmlar %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(a));
            mix(r);
            uint32_t apsr;
            __asm__ volatile("adds %0, %2, %3\n\tadcs %0, %0, %3\n\tmrs %1, apsr" : "=&r"(r), "=&r"(apsr) : "r"(a), "r"(b) : "cc");
            mix(r), mix(apsr & 0xf0000000);
        }
    printf("%016llx\n", (unsigned long long)hash);
    return 0;
}
