/* Enabled floating-point exceptions of PowerPC: SIGFPE, its code, and what it leaves of the destination and of FPSCR. */
#include <float.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <ucontext.h>

static sigjmp_buf again;
static volatile int code;
static volatile unsigned in_frame;
/* f0 as the instruction left it */
static volatile union { double d; unsigned w[2]; } scaled;

static void on_fpe(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    code = info->si_code;
    union { double d; unsigned w[2]; } fpscr;
    fpscr.d = ((ucontext_t *)context)->uc_mcontext.uc_regs->fpregs.fpscr;
    in_frame = fpscr.w[1];
    scaled.d = ((ucontext_t *)context)->uc_mcontext.uc_regs->fpregs.fpregs[0];
    siglongjmp(again, 1);
}

static unsigned get_fpscr(void)
{
    union { double d; unsigned w[2]; } u;
    __asm__ volatile("mffs %0" : "=f"(u.d));
    return u.w[1];
}

static void set_fpscr(unsigned v)
{
    union { double d; unsigned w[2]; } u = {.w = {0, v}};
    __asm__ volatile("mtfsf 0xff,%0" : : "f"(u.d));
}

static volatile double zero = 0, one = 1, three = 3, big = DBL_MAX, small = DBL_MIN, minus = -1, infinite;
static double result;

/* FX, and FR that qemu-ppc never sets, are left out */
#define SHOWN 0x7ffbffff
#define TRAPPING(fpscr, statement)                                                                        \
    do {                                                                                                  \
        code = 0;                                                                                         \
        in_frame = 0;                                                                                     \
        result = 42;                                                                                      \
        if (sigsetjmp(again, 1) == 0) {                                                                   \
            set_fpscr(fpscr);                                                                             \
            statement;                                                                                    \
        }                                                                                                 \
        unsigned after_ = code != 0 ? in_frame : get_fpscr();                                             \
        set_fpscr(0);                                                                                     \
        printf("%s with %02x: code %d, %g, fpscr %08x\n", #statement, fpscr, code, result, after_ & SHOWN); \
    } while (0)

#define TWO(op, x, y) __asm__ volatile(op " %0,%1,%2" : "+f"(result) : "f"(x), "f"(y))
#define ONE(op, x) __asm__ volatile(op " %0,%1" : "+f"(result) : "f"(x))

#define DROP(op, x, y) __asm__ volatile(op " 0,%0,%1" : : "f"(x), "f"(y) : "fr0")

#define SCALED(fpscr, op)                                                                       \
    do {                                                                                        \
        scaled.d = 0;                                                                           \
        TRAPPING(fpscr, __asm__ volatile(op : : "f"(x), "f"(y), "f"(z) : "fr0"));               \
        printf("%a, %a, %a: %08x%08x\n", x, y, z, scaled.w[0], scaled.w[1]);                    \
    } while (0)

/* Results with other exponents: those that are out of range, or not quite */
static void out_of_range(unsigned fpscr, double x, double y, double z)
{
    SCALED(fpscr, "fmul 0,%0,%1");
    SCALED(fpscr, "fdiv 0,%0,%1");
    SCALED(fpscr, "fadd 0,%0,%1");
    SCALED(fpscr, "fmadd 0,%0,%1,%2");
    SCALED(fpscr, "fmsub 0,%0,%1,%2");
}

static void out_of_singles(unsigned fpscr, double x, double y, double z)
{
    SCALED(fpscr, "fmuls 0,%0,%1");
    SCALED(fpscr, "fdivs 0,%0,%1");
    SCALED(fpscr, "fmadds 0,%0,%1,%2");
    SCALED(fpscr, "frsp 0,%2");
}

enum { INVALID = 0x80, OVERFLOW = 0x40, UNDERFLOW = 0x20, DIVISION = 0x10, INEXACT = 0x08 };

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &action, NULL);
    infinite = one / zero;
    static const unsigned enables[] = {0, INVALID, DIVISION, INEXACT, INVALID | DIVISION, INVALID | DIVISION | INEXACT};
    for (unsigned i = 0; i < sizeof enables / sizeof *enables; i++) {
        unsigned e = enables[i];
        TRAPPING(e, TWO("fdiv", one, zero));
        TRAPPING(e, TWO("fdiv", zero, zero));
        TRAPPING(e, TWO("fdiv", one, three));
        TRAPPING(e, TWO("fdivs", one, three));
        TRAPPING(e, TWO("fadd", one, one));
        TRAPPING(e, TWO("fmul", big, big));
        TRAPPING(e, TWO("fdiv", small, three));
        TRAPPING(e, TWO("fsub", infinite, infinite));
        TRAPPING(e, ONE("fctiwz", big));
        TRAPPING(e, ONE("fctiwz", minus));
        TRAPPING(e, ONE("frsp", big));
        TRAPPING(e, __asm__ volatile("fcmpo 0,%0,%1" : : "f"(infinite - infinite), "f"(one) : "cr0"));
    }
    static const unsigned others[] = {OVERFLOW, UNDERFLOW};
    for (unsigned i = 0; i < 2; i++) {
        unsigned e = others[i];
        TRAPPING(e, TWO("fadd", one, one));
        TRAPPING(e, TWO("fdiv", one, zero));
        for (unsigned mode = 0; mode < 4; mode++) {
            out_of_range(e | mode, big, big, three);
            out_of_range(e | mode, big, small, three);
            out_of_range(e | mode, small, three, -small);
            out_of_range(e | mode, 0x1.8p-1022, 0x1p-3, 0);
            out_of_range(e | mode, 0x1.fffffffffffffp-600, 0x1.0000000000001p-423, -0x1p-1023);
            out_of_singles(e | mode, 0x1p127, 0x1.8p1, 1e50);
            out_of_singles(e | mode, 0x1.8p-126, 0x1.000002p-3, 0x1.23456789p-130);
            out_of_singles(e | mode, 0x1.8p-126, 0x1p3, 0x1p-140);
        }
    }
    /* What was raised before it is enabled */
    TRAPPING(0x04000000 | DIVISION, result = 1);
    TRAPPING(0x00800000 | INVALID, result = 1);
    TRAPPING(0x04000000 | INVALID, result = 1);
    return 0;
}
