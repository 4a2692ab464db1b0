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

static void on_fpe(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    code = info->si_code;
    union { double d; unsigned w[2]; } fpscr;
    fpscr.d = ((ucontext_t *)context)->uc_mcontext.uc_regs->fpregs.fpscr;
    in_frame = fpscr.w[1];
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

/* FX, and FR that qemu-ppc never sets, are left out; so is the class of results that overflow or underflow scales */
#define SHOWN(fpscr) ((fpscr) & 0x60 ? 0x7ffa0fff : 0x7ffbffff)
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
        printf("%s with %02x: code %d, %g, fpscr %08x\n", #statement, fpscr, code, result, after_ & SHOWN(fpscr)); \
    } while (0)

#define TWO(op, x, y) __asm__ volatile(op " %0,%1,%2" : "+f"(result) : "f"(x), "f"(y))
#define ONE(op, x) __asm__ volatile(op " %0,%1" : "+f"(result) : "f"(x))

#define DROP(op, x, y) __asm__ volatile(op " 0,%0,%1" : : "f"(x), "f"(y) : "fr0")

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
    /* Overflow and underflow, but for their results, which are scaled */
    static const unsigned others[] = {OVERFLOW, UNDERFLOW};
    for (unsigned i = 0; i < 2; i++) {
        TRAPPING(others[i], TWO("fadd", one, one));
        TRAPPING(others[i], TWO("fdiv", one, zero));
    }
    TRAPPING(OVERFLOW, DROP("fmul", big, big));
    TRAPPING(UNDERFLOW, DROP("fdiv", small, three));
    /* What was raised before it is enabled */
    TRAPPING(0x04000000 | DIVISION, result = 1);
    TRAPPING(0x00800000 | INVALID, result = 1);
    TRAPPING(0x04000000 | INVALID, result = 1);
    return 0;
}
