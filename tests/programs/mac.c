/* The 405's instructions that accumulate products of halfwords, and dlmzb: each against what it is defined to compute. */
#include <stdint.h>
#include <stdio.h>

static int failures;

enum { SIGNED = 1, NEGATIVE = 2, LIMITED = 4 };

static int64_t half(uint32_t x, int high, int is_signed)
{
    uint16_t h = high ? x >> 16 : x;
    return is_signed ? (int16_t)h : h;
}

/* Result and, in bit 32, whether it has overflowed. */
static uint64_t expected(uint32_t sum, uint32_t a, uint32_t b, int high_a, int high_b, int how)
{
    int64_t product = half(a, high_a, how & SIGNED) * half(b, high_b, how & SIGNED);
    int64_t exact = (how & SIGNED ? (int64_t)(int32_t)sum : (int64_t)sum) + (how & NEGATIVE ? -product : product);
    int64_t least = how & SIGNED ? INT32_MIN : 0, most = how & SIGNED ? INT32_MAX : UINT32_MAX;
    uint64_t overflow = exact < least || exact > most;
    if (overflow && how & LIMITED) exact = exact < least ? least : most;
    return (uint32_t)exact | overflow << 32;
}

#define CHECK(name, sum, a, b, high_a, high_b, how)                                                                         \
    do {                                                                                                                    \
        uint32_t plain_ = sum, noting_ = sum, xer_ = 0;                                                                     \
        uint64_t e_ = expected(sum, a, b, high_a, high_b, how);                                                             \
        __asm__ volatile(name " %0,%1,%2" : "+r"(plain_) : "r"(a), "r"(b));                                                 \
        __asm__ volatile("mtxer %1; " name "o %0,%2,%3; mfxer %1" : "+r"(noting_), "+r"(xer_) : "r"(a), "r"(b) : "xer");    \
        if (plain_ != (uint32_t)e_ || noting_ != plain_ || xer_ != (e_ >> 32) * 0xc0000000u)                                \
            failures++, printf("%s %08x %08x %08x: %08x %08x %08x\n", name, sum, a, b, plain_, noting_, xer_);              \
    } while (0)

#define FORMS(halves, sum, a, b, high_a, high_b)                                                 \
    do {                                                                                         \
        CHECK("mac" halves "w", sum, a, b, high_a, high_b, SIGNED);                              \
        CHECK("mac" halves "ws", sum, a, b, high_a, high_b, SIGNED | LIMITED);                   \
        CHECK("mac" halves "wu", sum, a, b, high_a, high_b, 0);                                  \
        CHECK("mac" halves "wsu", sum, a, b, high_a, high_b, LIMITED);                           \
        CHECK("nmac" halves "w", sum, a, b, high_a, high_b, SIGNED | NEGATIVE);                  \
        CHECK("nmac" halves "ws", sum, a, b, high_a, high_b, SIGNED | NEGATIVE | LIMITED);       \
    } while (0)

static void zero_byte(uint32_t first, uint32_t second, uint32_t count, uint32_t field)
{
    uint32_t got, xer, cr;
    __asm__ volatile("dlmzb. %0,%3,%4; mfxer %1; mfcr %2" : "=&r"(got), "=&r"(xer), "=&r"(cr) : "r"(first), "r"(second) : "cr0", "xer");
    if (got != count || (xer & 0x7f) != count || cr >> 29 != field)
        failures++, printf("dlmzb. %08x %08x: %u %u %x\n", first, second, got, xer & 0x7f, cr >> 29);
}

int main(void)
{
    static const uint32_t values[] = {0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0x80008000, 0x7fff8000, 0x12345678, 0xfffe0001, 0x8000ffff};
    enum { N = sizeof values / sizeof *values };
    for (unsigned i = 0; i < N; i++)
        for (unsigned k = 0; k < N; k++)
            for (unsigned m = 0; m < N; m++) {
                FORMS("ch", values[i], values[k], values[m], 0, 1);
                FORMS("hh", values[i], values[k], values[m], 1, 1);
                FORMS("lh", values[i], values[k], values[m], 0, 0);
            }
    zero_byte(0x41420043, 0x44454647, 3, 2);
    zero_byte(0x41424344, 0x00454647, 5, 4);
    zero_byte(0x41424344, 0x45464700, 8, 4);
    zero_byte(0x41424344, 0x45464748, 8, 1);
    zero_byte(0, 0, 1, 2);
    printf("%d failures\n", failures);
    return failures != 0;
}
