/* Enabled floating-point exceptions of MIPS: SIGFPE, its code, and what it leaves of the destination and of FCSR. */
#include <float.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static sigjmp_buf again;
static volatile int code;

static void on_fpe(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    code = info->si_code;
    siglongjmp(again, 1);
}

static unsigned get_fcsr(void)
{
    unsigned v;
    __asm__ volatile("cfc1 %0, $31" : "=r"(v));
    return v;
}

static void set_fcsr(unsigned v)
{
    __asm__ volatile("ctc1 %0, $31" : : "r"(v));
}

static volatile double zero = 0, one = 1, three = 3, big = DBL_MAX, small = DBL_MIN, minus = -1;
static volatile float fbig = FLT_MAX, fsmall = FLT_MIN;
static double result;

#define TRAPPING(fcsr, statement)                                                                  \
    do {                                                                                           \
        code = 0;                                                                                  \
        result = 42;                                                                               \
        if (sigsetjmp(again, 1) == 0) {                                                            \
            set_fcsr(fcsr);                                                                        \
            statement;                                                                             \
        }                                                                                          \
        unsigned after_ = get_fcsr();                                                              \
        set_fcsr(0);                                                                               \
        printf("%s with %03x: code %d, %g, flags %02x\n", #statement, fcsr, code, result, after_ & 0x7c); \
    } while (0)

enum { INVALID = 0x800, DIVISION = 0x400, OVERFLOW = 0x200, UNDERFLOW = 0x100, INEXACT = 0x80, ALL = 0xf80 };

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &action, NULL);
    static const unsigned enables[] = {0, INVALID, DIVISION, OVERFLOW, UNDERFLOW, INEXACT, INVALID | DIVISION, ALL};
    for (unsigned i = 0; i < sizeof enables / sizeof *enables; i++) {
        unsigned e = enables[i];
        TRAPPING(e, result = one / zero);
        TRAPPING(e, result = zero / zero);
        TRAPPING(e, result = one / three);
        TRAPPING(e, result = one + one);
        if (e != INEXACT) { /* qemu looks at all causes, the kernel at those that are enabled */
            TRAPPING(e, result = big * big);
            TRAPPING(e, result = small / three);
            TRAPPING(e, result = fbig * fbig);
            TRAPPING(e, result = fsmall / three);
            TRAPPING(e, result = (float)big);
        }
        TRAPPING(e, result = __builtin_sqrt(minus));
        TRAPPING(e, result = (int)big);
        TRAPPING(e, result = zero / zero < one);
        TRAPPING(e, result = (float)(one / three));
    }
    /* A cause that is written with its enable */
    TRAPPING(0x10800, result = 1);
    TRAPPING(0x10400, result = 1);
    TRAPPING(0x8c00, result = 1);
    double sum = 0;
    for (int i = 1; i < 100000; i++) sum += 1.0 / i;
    printf("%.17g\n", sum);
    return 0;
}
