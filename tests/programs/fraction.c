/* FPSCR.FR and FI of PowerPC, which tell whether a result was rounded and became greater, against the result rounded towards zero. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef union { double d; uint64_t bits; uint32_t w[2]; } number;

enum { FR = 0x40000, FI = 0x20000, TOWARDS_ZERO = 1 };

static uint32_t fpscr(void)
{
    number n;
    __asm__ volatile("mffs %0" : "=f"(n.d));
    return n.w[1];
}

static void set_fpscr(uint32_t value)
{
    number n = {.w = {0, value}};
    __asm__ volatile("mtfsf 0xff,%0" : : "f"(n.d));
}

static uint32_t state = 12345;

static uint32_t word(void)
{
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state;
}

/* Often near 1, where results are computed without functions; else of any size, and often short. */
static number operand(int single)
{
    number n = {.w = {word(), word()}};
    uint32_t kind = word() % 4;
    if (kind < 2) n.w[0] = (n.w[0] & 0x800fffff) | (0x3f000000 + (word() % 32 << 20));
    if (kind % 2) n.w[1] &= 0xe0000000 << word() % 3;
    if (single) n.d = (float)n.d;
    return n;
}

static int failures;
static long inexact, increased;

static void check(const char *name, int mode, number r, number rz, uint32_t status)
{
    uint64_t magnitude = r.bits << 1, truncated = rz.bits << 1, infinite = 0xffe0000000000000;
    if (magnitude >= infinite || truncated >= infinite) return;
    int is_greater = magnitude > truncated;
    inexact += (status & FI) != 0, increased += is_greater;
    if (is_greater ? (status & (FR | FI)) != (FR | FI) : (status & FR) != 0)
        failures++, printf("%s mode %d: %016llx %016llx %08x\n", name, mode, (long long)r.bits, (long long)rz.bits, status);
}

#define EACH(name, operands)                                                        \
    do {                                                                            \
        number r_, rz_;                                                             \
        set_fpscr(mode);                                                            \
        __asm__ volatile(name " %0," operands : "=f"(r_.d) : "f"(x.d), "f"(y.d), "f"(z.d)); \
        uint32_t status_ = fpscr();                                                 \
        set_fpscr(TOWARDS_ZERO);                                                    \
        __asm__ volatile(name " %0," operands : "=f"(rz_.d) : "f"(x.d), "f"(y.d), "f"(z.d)); \
        set_fpscr(0);                                                               \
        check(name, mode, r_, rz_, status_);                                        \
    } while (0)

int main(void)
{
    for (int i = 0; i < 4000; i++) {
        int mode = i % 2 ? 0 : (i >> 1) % 4, single = i % 3 == 0;
        number x = operand(single), y = operand(single), z = operand(single);
        EACH("fadd", "%1,%2");
        EACH("fsub", "%1,%2");
        EACH("fmul", "%1,%2");
        EACH("fdiv", "%1,%2");
        EACH("fmadd", "%1,%2,%3");
        EACH("fmsub", "%1,%2,%3");
        EACH("fnmadd", "%1,%2,%3");
        EACH("fnmsub", "%1,%2,%3");
        EACH("frsp", "%1");
        if (!single) continue;
        EACH("fadds", "%1,%2");
        EACH("fmuls", "%1,%2");
        EACH("fdivs", "%1,%2");
        EACH("fmadds", "%1,%2,%3");
        EACH("fnmsubs", "%1,%2,%3");
    }
    printf("%d failures\n", failures);
    return inexact < 10000 || increased < 5000 || failures != 0;
}
