/* Instructions of POWER that the PowerPC 601 has: each against what it is defined to compute. */
#include <stdint.h>
#include <stdio.h>

static int failures;

static void check(const char *what, uint32_t x, uint32_t y, uint32_t got, uint32_t expected)
{
    if (got != expected)
        failures++, printf("%s %08x %08x: %08x, not %08x\n", what, (unsigned)x, (unsigned)y, (unsigned)got, (unsigned)expected);
}

#define TWO(name, x, y) ({ uint32_t r_; __asm__ volatile(name " %0,%1,%2" : "=r"(r_) : "r"(x), "r"(y) : "xer"); r_; })
#define ONE(name, x) ({ uint32_t r_; __asm__ volatile(name " %0,%1" : "=r"(r_) : "r"(x)); r_; })

static uint32_t get_mq(void)
{
    uint32_t r;
    __asm__ volatile("mfspr %0,0" : "=r"(r));
    return r;
}

static void set_mq(uint32_t v)
{
    __asm__ volatile("mtspr 0,%0" ::"r"(v));
}

static uint32_t rotate(uint32_t x, unsigned n)
{
    n &= 31;
    return n ? x << n | x >> (32 - n) : x;
}

static uint32_t mask(unsigned from, unsigned to)
{
    uint32_t m = 0;
    for (unsigned i = from;; i = (i + 1) & 31) {
        m |= 0x80000000u >> i;
        if (i == to)
            return m;
    }
}

static void try(uint32_t x, uint32_t y)
{
    unsigned n = y & 31;
    uint32_t left = n ? 0xffffffffu << n : 0xffffffffu, right = 0xffffffffu >> n, old = x * 2654435761u + y;
    int32_t s = (int32_t)x;
    int64_t product = (int64_t)s * (int32_t)y;

    check("abs", x, 0, ONE("abs", x), s < 0 ? -x : x);
    check("nabs", x, 0, ONE("nabs", x), s < 0 ? x : -x);
    check("doz", x, y, TWO("doz", x, y), (int32_t)y > s ? y - x : 0);
    check("mul", x, y, TWO("mul", x, y), product >> 32);
    check("mul mq", x, y, get_mq(), product);
    if (y != 0 && !(x == 0x80000000u && y == 0xffffffffu)) {
        check("divs", x, y, TWO("divs", x, y), s / (int32_t)y);
        check("divs mq", x, y, get_mq(), s % (int32_t)y);
        int64_t dividend = (int64_t)(int32_t)old * (int32_t)y + s % (int32_t)y, quotient = dividend / (int32_t)y;
        if (quotient == (int32_t)quotient) {
            set_mq(dividend);
            check("div", x, y, TWO("div", (uint32_t)(dividend >> 32), y), quotient);
            check("div mq", x, y, get_mq(), dividend % (int32_t)y);
        }
    }
    check("maskg", x, y, TWO("maskg", x, y), mask(x & 31, n));
    check("sle", x, y, TWO("sle", x, y), x << n);
    check("sle mq", x, y, get_mq(), rotate(x, n));
    check("sre", x, y, TWO("sre", x, y), x >> n);
    check("sre mq", x, y, get_mq(), rotate(x, 32 - n));
    check("slq", x, y, TWO("slq", x, y), y & 32 ? 0 : x << n);
    check("srq", x, y, TWO("srq", x, y), y & 32 ? 0 : x >> n);
    set_mq(old);
    check("sleq", x, y, TWO("sleq", x, y), (x << n) | (old & ~left));
    check("sleq mq", x, y, get_mq(), rotate(x, n));
    set_mq(old);
    check("sreq", x, y, TWO("sreq", x, y), (x >> n) | (old & ~right));
    set_mq(old);
    check("sllq", x, y, TWO("sllq", x, y), y & 32 ? old & left : (x << n) | (old & ~left));
    check("srlq", x, y, TWO("srlq", x, y), y & 32 ? old & right : (x >> n) | (old & ~right));
    check("sllq mq", x, y, get_mq(), old);
    check("srea", x, y, TWO("srea", x, y), s >> n);
    check("sraq", x, y, TWO("sraq", x, y), y & 32 ? s >> 31 : s >> n);

    uint32_t r = old;
    __asm__ volatile("maskir %0,%1,%2" : "+r"(r) : "r"(x), "r"(y));
    check("maskir", x, y, r, (x & y) | (old & ~y));
    r = old;
    __asm__ volatile("rrib %0,%1,%2" : "+r"(r) : "r"(x), "r"(y));
    check("rrib", x, y, r, (old & ~(0x80000000u >> n)) | ((x & 0x80000000u) >> n));
    r = old;
    __asm__ volatile("rlmi %0,%1,%2,4,27" : "+r"(r) : "r"(x), "r"(y));
    check("rlmi", x, y, r, (rotate(x, n) & 0x0ffffff0) | (old & 0xf000000f));
    __asm__ volatile("dozi %0,%1,100" : "=r"(r) : "r"(x));
    check("dozi", x, 100, r, s < 100 ? 100 - x : 0);
    __asm__ volatile("sliq %0,%1,7" : "=r"(r) : "r"(x));
    check("sliq", x, 7, r, x << 7);
    __asm__ volatile("sraiq %0,%1,7" : "=r"(r) : "r"(x) : "xer");
    check("sraiq", x, 7, r, s >> 7);
    set_mq(old);
    __asm__ volatile("slliq %0,%1,7" : "=r"(r) : "r"(x));
    check("slliq", x, 7, r, (x << 7) | (old & 0x7f));
    check("slliq mq", x, 7, get_mq(), rotate(x, 7));
}

/* Loads "a string of bytes" into r5 to r9 up to the byte that is wanted; tells how many bytes that were. */
static void scan(unsigned limit, char wanted, unsigned count, int found)
{
    static const char text[] = "a string of bytes";
    uint32_t out[5] = {0}, xer, cr;
    __asm__ volatile("mtspr 1,%2; lscbx. 5,0,%3; mfspr %0,1; mfcr %1; stw 5,0(%4); stw 6,4(%4); stw 7,8(%4); stw 8,12(%4); stw 9,16(%4)"
                     : "=&r"(xer), "=&r"(cr)
                     : "r"((uint32_t)(unsigned char)wanted << 8 | limit), "r"(text), "b"(out)
                     : "r5", "r6", "r7", "r8", "r9", "cr0", "xer", "memory");
    check("lscbx count", limit, wanted, xer & 0x7f, count);
    check("lscbx eq", limit, wanted, cr >> 28 & 2, found ? 2 : 0);
    for (unsigned i = 0; i < count; i++) check("lscbx byte", limit, i, ((unsigned char *)out)[i], (unsigned char)text[i]);
}

int main(void)
{
    scan(17, 'g', 8, 1);
    scan(17, 'x', 17, 0);
    scan(3, 'g', 3, 0);
    scan(8, 'g', 8, 1);
    scan(0, 'g', 0, 0);
    scan(18, 'a', 1, 1);
    static const uint32_t values[] = {0, 1, 2, 31, 32, 33, 63, 100, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x12345678, 0xdeadbeef};
    for (unsigned i = 0; i < sizeof values / 4; i++)
        for (unsigned k = 0; k < sizeof values / 4; k++)
            try(values[i], values[k]);
    printf("%d failures\n", failures);
    return failures != 0;
}
