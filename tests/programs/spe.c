/*
 * The e500's instructions, against what the SPE PEM defines them to compute; its registers in signal frames; AT_HWCAP. Without a C library:
 * glibc for the processor is gone. Built with -ffreestanding -nostdlib -msoft-float -Wa,-me500.
 */
#include <stdint.h>

enum { SYS_exit = 1, SYS_write = 4, SYS_getpid = 20, SYS_kill = 37, SYS_rt_sigaction = 173 };
enum { SIGUSR1 = 10, SA_SIGINFO = 4, AT_HWCAP = 16 };
enum { OV = 0x4000, OVH = 0x40000000, SOV = 0x8000, SOVH = (int)0x80000000 };

static long call(long number, long a, long b, long c, long d)
{
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    __asm__ volatile("sc" : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6)
                     :: "memory", "cr0", "ctr", "xer", "r7", "r8", "r9", "r10", "r11", "r12");
    return r3;
}

void *memset(void *to, int value, unsigned long size)
{
    for (unsigned long i = 0; i < size; i++) ((volatile char *)to)[i] = value;
    return to;
}

static void print(const char *text)
{
    unsigned n = 0;
    while (text[n]) n++;
    call(SYS_write, 1, (long)text, n, 0);
}

static void print_word(uint32_t x)
{
    char digits[10];
    digits[0] = ' ';
    for (int i = 0; i < 8; i++) digits[i + 1] = "0123456789abcdef"[x >> (28 - 4 * i) & 15];
    digits[9] = 0;
    print(digits);
}

static int failures;

/* Registers before and after an instruction, the upper word first. */
static struct state {
    uint32_t a[2], b[2], acc[2], d[2], acc_after[2], status, cr;
} s __attribute__((aligned(8)));

static void fail(const char *name)
{
    failures++;
    print(name);
    for (unsigned i = 0; i < sizeof s / 4; i++) print_word(((uint32_t *)&s)[i]);
    print("\n");
}

/* Runs an instruction that has r8 for rD, r5 for rA, r6 for rB, on `s`. SPEFSCR begins with OV and SOVH. */
#define RUN(instruction)                                                                                                        \
    __asm__ volatile("evldd 5,0(%0); evldd 6,8(%0); evldd 7,16(%0); evldd 8,24(%0); evmra 7,7; lis 7,0x8000; ori 7,7,0x4000;"   \
                     "mtspr 512,7; " instruction "; evstdd 8,24(%0); evxor 9,9,9; evaddumiaaw 9,9; evstdd 9,32(%0);"            \
                     "mfspr 7,512; stw 7,40(%0); mfcr 7; stw 7,44(%0)"                                                          \
                     :: "b"(&s) : "r5", "r6", "r7", "r8", "r9", "cr0", "cr5", "memory")

static int64_t number(uint32_t x, int is_signed) { return is_signed ? (int64_t)(int32_t)x : (int64_t)x; }

static uint32_t limited(int64_t x, int is_signed, int saturating, uint32_t *flags, uint32_t flag)
{
    int64_t least = is_signed ? INT32_MIN : 0, most = is_signed ? INT32_MAX : UINT32_MAX;
    if (!saturating || (x >= least && x <= most)) return x;
    *flags |= flag;
    return x < least ? least : most;
}

/* What an EVM instruction computes, from its name. */
static int product_is_right(const char *name)
{
    const char *c = name + 3;
    int half = *c++ == 'h', odd = 0, guarded = 0, whole = 0;
    char part = 0;
    if (half) odd = *c++ == 'o';
    if (half && *c == 'g') guarded = *c++;
    if (!half && (*c == 'h' || *c == 'l')) part = *c++;
    else if (!half) whole = 1;
    int is_signed = *c++ == 's', saturating = *c++ == 's', fraction = *c++ == 'f';
    int to_accumulator = *c == 'a', added = to_accumulator && c[1] == 'a', subtracted = to_accumulator && c[1] == 'n';
    uint32_t flags = 0, result[2];
    for (int i = 0; i < 2; i++) {
        uint32_t x = s.a[i], y = s.b[i], flag = i == 0 ? OVH : OV;
        if (half) x = odd ? x & 0xffff : x >> 16, y = odd ? y & 0xffff : y >> 16;
        if (half && is_signed) x = (int16_t)x, y = (int16_t)y;
        uint64_t product = is_signed ? (uint64_t)(number(x, 1) * number(y, 1)) : (uint64_t)x * y;
        int beyond = half ? (int32_t)x == -0x8000 && (int32_t)y == -0x8000 : x == 0x80000000u && y == 0x80000000u;
        if (fraction) product <<= 1;
        if (whole || guarded) {
            if (i == 0) continue;
            if (fraction && saturating && beyond) product = INT64_MAX, flags |= OV;
            uint64_t acc = (uint64_t)s.acc[0] << 32 | s.acc[1];
            uint64_t sum = added ? acc + product : subtracted ? acc - product : product;
            result[0] = sum >> 32;
            result[1] = sum;
            break;
        }
        uint32_t value = part == 'h' ? product >> 32 : product;
        if (fraction && saturating && beyond) value = INT32_MAX, flags |= flag;
        int64_t old = number(s.acc[i], is_signed), v = number(value, is_signed);
        result[i] = added || subtracted ? limited(added ? old + v : old - v, is_signed, saturating, &flags, flag) : value;
    }
    int tells = saturating && (fraction || added || subtracted);
    uint32_t status = tells ? (uint32_t)SOVH | flags | flags << 1 : (uint32_t)SOVH | OV;
    const uint32_t *acc = to_accumulator ? result : s.acc;
    return s.d[0] == result[0] && s.d[1] == result[1] && s.acc_after[0] == acc[0] && s.acc_after[1] == acc[1] && s.status == status;
}

#define PRODUCT(name)                            \
    do {                                         \
        RUN(name " 8,5,6");                      \
        if (!product_is_right(name)) fail(name); \
    } while (0)

static void products(void)
{
    PRODUCT("evmhessf"); PRODUCT("evmheumi"); PRODUCT("evmhesmi"); PRODUCT("evmhesmf"); PRODUCT("evmhessfa"); PRODUCT("evmheumia");
    PRODUCT("evmhesmia"); PRODUCT("evmhesmfa"); PRODUCT("evmheusiaaw"); PRODUCT("evmhessiaaw"); PRODUCT("evmhessfaaw");
    PRODUCT("evmheumiaaw"); PRODUCT("evmhesmiaaw"); PRODUCT("evmhesmfaaw"); PRODUCT("evmheusianw"); PRODUCT("evmhessianw");
    PRODUCT("evmhessfanw"); PRODUCT("evmheumianw"); PRODUCT("evmhesmianw"); PRODUCT("evmhesmfanw"); PRODUCT("evmhegumiaa");
    PRODUCT("evmhegsmiaa"); PRODUCT("evmhegsmfaa"); PRODUCT("evmhegumian"); PRODUCT("evmhegsmian"); PRODUCT("evmhegsmfan");
    PRODUCT("evmhossf"); PRODUCT("evmhoumi"); PRODUCT("evmhosmi"); PRODUCT("evmhosmf"); PRODUCT("evmhossfa"); PRODUCT("evmhoumia");
    PRODUCT("evmhosmia"); PRODUCT("evmhosmfa"); PRODUCT("evmhousiaaw"); PRODUCT("evmhossiaaw"); PRODUCT("evmhossfaaw");
    PRODUCT("evmhoumiaaw"); PRODUCT("evmhosmiaaw"); PRODUCT("evmhosmfaaw"); PRODUCT("evmhousianw"); PRODUCT("evmhossianw");
    PRODUCT("evmhossfanw"); PRODUCT("evmhoumianw"); PRODUCT("evmhosmianw"); PRODUCT("evmhosmfanw"); PRODUCT("evmhogumiaa");
    PRODUCT("evmhogsmiaa"); PRODUCT("evmhogsmfaa"); PRODUCT("evmhogumian"); PRODUCT("evmhogsmian"); PRODUCT("evmhogsmfan");
    PRODUCT("evmwlumi"); PRODUCT("evmwlumia"); PRODUCT("evmwlusiaaw"); PRODUCT("evmwlssiaaw"); PRODUCT("evmwlumiaaw");
    PRODUCT("evmwlsmiaaw"); PRODUCT("evmwlusianw"); PRODUCT("evmwlssianw"); PRODUCT("evmwlumianw"); PRODUCT("evmwlsmianw");
    PRODUCT("evmwhssf"); PRODUCT("evmwhumi"); PRODUCT("evmwhsmi"); PRODUCT("evmwhsmf"); PRODUCT("evmwhssfa"); PRODUCT("evmwhumia");
    PRODUCT("evmwhsmia"); PRODUCT("evmwhsmfa"); PRODUCT("evmwssf"); PRODUCT("evmwumi"); PRODUCT("evmwsmi"); PRODUCT("evmwsmf");
    PRODUCT("evmwssfa"); PRODUCT("evmwumia"); PRODUCT("evmwsmia"); PRODUCT("evmwsmfa"); PRODUCT("evmwssfaa"); PRODUCT("evmwumiaa");
    PRODUCT("evmwsmiaa"); PRODUCT("evmwsmfaa"); PRODUCT("evmwssfan"); PRODUCT("evmwumian"); PRODUCT("evmwsmian"); PRODUCT("evmwsmfan");
}

/* acc + a or acc - a, by words. */
static void sums(void)
{
#define SUM(name, is_signed, saturating, sign)                                                                                  \
    do {                                                                                                                        \
        uint32_t flags_ = 0, e_[2];                                                                                             \
        for (int i = 0; i < 2; i++)                                                                                             \
            e_[i] = limited(number(s.acc[i], is_signed) sign number(s.a[i], is_signed), is_signed, saturating, &flags_, i ? OV : OVH); \
        RUN(name " 8,5");                                                                                                       \
        uint32_t status_ = saturating ? (uint32_t)SOVH | flags_ | flags_ << 1 : (uint32_t)SOVH | OV;                            \
        if (s.d[0] != e_[0] || s.d[1] != e_[1] || s.acc_after[0] != e_[0] || s.acc_after[1] != e_[1] || s.status != status_)    \
            fail(name);                                                                                                         \
    } while (0)
    SUM("evaddusiaaw", 0, 1, +);
    SUM("evaddssiaaw", 1, 1, +);
    SUM("evaddumiaaw", 0, 0, +);
    SUM("evaddsmiaaw", 1, 0, +);
    SUM("evsubfusiaaw", 0, 1, -);
    SUM("evsubfssiaaw", 1, 1, -);
    SUM("evsubfumiaaw", 0, 0, -);
    SUM("evsubfsmiaaw", 1, 0, -);
}

static uint32_t quotient(uint32_t x, uint32_t y, int is_signed, uint32_t *flags, uint32_t flag)
{
    if (y != 0 && !(is_signed && x == 0x80000000u && y == 0xffffffffu)) return is_signed ? (uint32_t)((int32_t)x / (int32_t)y) : x / y;
    *flags |= flag;
    return !is_signed ? 0xffffffffu : y == 0 && (int32_t)x < 0 ? 0x80000000u : 0x7fffffffu;
}

static void quotients(void)
{
#define QUOTIENT(name, is_signed)                                                                                     \
    do {                                                                                                              \
        uint32_t flags_ = 0;                                                                                          \
        uint32_t upper_ = quotient(s.a[0], s.b[0], is_signed, &flags_, OVH);                                          \
        uint32_t lower_ = quotient(s.a[1], s.b[1], is_signed, &flags_, OV);                                           \
        RUN(name " 8,5,6");                                                                                           \
        if (s.d[0] != upper_ || s.d[1] != lower_ || s.status != ((uint32_t)SOVH | flags_ | flags_ << 1)) fail(name);  \
    } while (0)
    QUOTIENT("evdivws", 1);
    QUOTIENT("evdivwu", 0);
}

/* What qemu-ppc 7.2 computes otherwise. */
static void words(void)
{
#define WORDS(instruction, upper, lower)                                                  \
    do {                                                                                  \
        RUN(instruction);                                                                 \
        if (s.d[0] != (uint32_t)(upper) || s.d[1] != (uint32_t)(lower)) fail(instruction); \
    } while (0)
#define SHIFTED(x, op, y) ((y & 32) ? 0 : (x)op(y & 31))
    WORDS("evrndw 8,5", (s.a[0] + 0x8000) & 0xffff0000, (s.a[1] + 0x8000) & 0xffff0000);
    WORDS("evsrwu 8,5,6", SHIFTED(s.a[0], >>, s.b[0]), SHIFTED(s.a[1], >>, s.b[1]));
    WORDS("evslw 8,5,6", SHIFTED(s.a[0], <<, s.b[0]), SHIFTED(s.a[1], <<, s.b[1]));
    WORDS("evsrws 8,5,6", (int32_t)s.a[0] >> (s.b[0] & 32 ? 31 : s.b[0] & 31), (int32_t)s.a[1] >> (s.b[1] & 32 ? 31 : s.b[1] & 31));
    WORDS("evldh 8,8(%0)", s.b[0], s.b[1]);
    WORDS("li 7,8; evldhx 8,%0,7", s.b[0], s.b[1]);
    WORDS("evlwhsplat 8,12(%0)", (s.b[1] >> 16) * 0x10001, (s.b[1] & 0xffff) * 0x10001);
    WORDS("li 7,12; evlwhsplatx 8,%0,7", (s.b[1] >> 16) * 0x10001, (s.b[1] & 0xffff) * 0x10001);
}

/* The four bits of field 5. */
#define FIELD (s.cr >> 8 & 15)
#define BOTH(upper, lower) ((upper) << 3 | (lower) << 2 | ((upper) | (lower)) << 1 | ((upper) & (lower)))

static const uint32_t ONE = 0x3f800000, TWO = 0x40000000, NOT_A_NUMBER = 0x7fc00000, MINUS = 0x80000000;

static void set(uint32_t a0, uint32_t a1, uint32_t b0, uint32_t b1)
{
    s.a[0] = a0, s.a[1] = a1, s.b[0] = b0, s.b[1] = b1;
}

static void comparisons(void)
{
#define COMPARED(instruction, field)             \
    do {                                         \
        RUN(instruction " 5,5,6");               \
        if (FIELD != (field)) fail(instruction); \
    } while (0)
    set(TWO, ONE, ONE, ONE);
    COMPARED("evfscmpgt", BOTH(1, 0));
    COMPARED("evfscmplt", BOTH(0, 0));
    COMPARED("evfscmpeq", BOTH(0, 1));
    COMPARED("evfststgt", BOTH(1, 0));
    COMPARED("evfststeq", BOTH(0, 1));
    set(ONE | MINUS, MINUS, ONE, 0);
    COMPARED("evfscmplt", BOTH(1, 0));
    COMPARED("evfststlt", BOTH(1, 0));
    COMPARED("evfscmpeq", BOTH(0, 1));
    COMPARED("evfststeq", BOTH(0, 1));
    /* Linux compares NaNs with nothing; the processor's own tests take them for large numbers */
    set(NOT_A_NUMBER, NOT_A_NUMBER, ONE, NOT_A_NUMBER);
    COMPARED("evfscmpgt", BOTH(0, 0));
    COMPARED("evfscmpeq", BOTH(0, 0));
    COMPARED("evfststgt", BOTH(1, 0));
    COMPARED("evfststeq", BOTH(0, 1));
    COMPARED("efscmpgt", 0);
    COMPARED("efscmpeq", 0);
    COMPARED("efststeq", 4);
    set(0x7ff80000, 0, 0x3ff00000, 0);
    COMPARED("efdcmpgt", 0);
    COMPARED("efdcmplt", 0);
    COMPARED("efdtstgt", 4);
    COMPARED("efdtstlt", 0);
}

static void conversions(void)
{
#define CONVERTED(instruction, b0, b1, upper, lower)                                           \
    do {                                                                                       \
        set(0, 0, b0, b1);                                                                     \
        s.d[0] = 77;                                                                           \
        RUN(instruction " 8,6");                                                               \
        if (s.d[0] != (uint32_t)(upper) || s.d[1] != (uint32_t)(lower)) fail(instruction);     \
    } while (0)
    CONVERTED("efscfsf", 0, 0x40000000, 77, 0x3f000000);
    CONVERTED("efscfsf", 0, 0x80000000, 77, 0xbf800000);
    CONVERTED("evfscfsf", 0xc0000000, 0x20000000, 0xbf000000, 0x3e800000);
    CONVERTED("efscfuf", 0, 0x80000000, 77, 0x3f000000);
    CONVERTED("efsctsf", 0, 0x3f000000, 77, 0x40000000);
    CONVERTED("efsctsf", 0, 0xbf800000, 77, 0x80000000);
    CONVERTED("efsctsf", 0, TWO, 77, 0x7fffffff);
    CONVERTED("evfsctsf", 0xbf000000, NOT_A_NUMBER, 0xc0000000, 0);
    CONVERTED("efdcfsf", 0, 0x40000000, 0x3fe00000, 0);
    CONVERTED("efdctsf", 0xbfe00000, 0, 77, 0xc0000000);
    CONVERTED("evfsctsi", 0x40200000, 0xc0600000, 2, -4);
    CONVERTED("evfsctsiz", 0x40200000, 0xc0600000, 2, -3);
    /* A NaN that signals is 0 too */
    CONVERTED("efsctsi", 0, 0x7fa00000, 77, 0);
    CONVERTED("efdctsi", 0x7ff40000, 0, 77, 0);
}

/* mcontext: msr, upper halves where AltiVec has its vectors, the accumulator, SPEFSCR */
enum { MSR = 33, UPPER = 116, ACC = UPPER + 32, SPEFSCR = UPPER + 34 };

static uint32_t at_signal[4];

static void on_signal(int number, void *info, uint32_t *context)
{
    (void)number, (void)info;
    uint32_t *registers = (uint32_t *)context[12];
    at_signal[0] = registers[MSR] >> 25 & 1;
    at_signal[1] = registers[UPPER + 20];
    at_signal[2] = registers[ACC + 1];
    at_signal[3] = registers[SPEFSCR];
    registers[UPPER + 21] = 0x2121;
    __asm__ volatile("evsplati 20,1; evsplati 22,1; evmra 20,20; li 7,0; mtspr 512,7" ::: "r7", "r20", "r22");
}

static void signals(void)
{
    struct { void *handler; uint32_t flags; void *restorer; uint32_t mask[2]; } action = {(void *)on_signal, SA_SIGINFO, 0, {0, 0}};
    call(SYS_rt_sigaction, SIGUSR1, (long)&action, 0, 8);
    register long r3 __asm__("r3") = call(SYS_getpid, 0, 0, 0, 0);
    set(0x2020, 1, 0x2222, 2);
    s.acc[0] = 3, s.acc[1] = 0x4444;
    __asm__ volatile("evldd 20,0(%1); evxor 21,21,21; evldd 22,8(%1); evldd 7,16(%1); evmra 7,7; lis 7,0x8000; mtspr 512,7;"
                     "li 0,37; li 4,10; sc;"
                     "evmergehi 8,20,21; evstdd 8,24(%1); evmergehi 8,22,22; evstdd 8,0(%1); evxor 9,9,9; evaddumiaaw 9,9; evstdd 9,32(%1);"
                     "mfspr 7,512; stw 7,40(%1)"
                     : "+r"(r3) : "b"(&s)
                     : "r0", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r20", "r21", "r22", "cr0", "ctr", "xer", "memory");
    if (at_signal[0] != 1 || at_signal[1] != 0x2020 || at_signal[2] != 0x4444 || at_signal[3] != 0x80000000u) fail("frame");
    if (s.d[0] != 0x2020 || s.d[1] != 0x2121 || s.a[0] != 0x2222 || s.acc_after[0] != 3 || s.acc_after[1] != 0x4444) fail("return");
    if (s.status != 0x80000000u) fail("SPEFSCR");
}

static const uint32_t VALUES[] = {
    0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0x80008000, 0x7fff8000, 0x12345678, 0xfffe0001, 0x8000ffff, 33, 31,
};
enum { COUNT = sizeof VALUES / sizeof *VALUES };

__attribute__((used)) void start(uint32_t *stack)
{
    for (unsigned i = 0; i < COUNT; i++)
        for (unsigned k = 0; k < COUNT; k++)
            for (unsigned m = 0; m < COUNT; m++) {
                set(VALUES[i], VALUES[k], VALUES[k], VALUES[(i + m) % COUNT]);
                s.acc[0] = VALUES[m], s.acc[1] = VALUES[(m + 5) % COUNT];
                products();
                sums();
                quotients();
                words();
            }
    comparisons();
    conversions();
    signals();
    uint32_t *p = stack + 1;
    while (*p++) {}
    while (*p++) {}
    while (p[0] != AT_HWCAP) p += 2;
    print("hwcap");
    print_word(p[1]);
    print("\n");
    print(failures ? "failures\n" : "0 failures\n");
    call(SYS_exit, failures != 0, 0, 0, 0);
}

__asm__(".text\n.globl _start\n_start:\n\tmr 3, 1\n\tli 0, 0\n\trlwinm 1, 1, 0, 0, 27\n\tstwu 1, -16(1)\n\tstw 0, 0(1)\n\tbl start\n");
