/* The floating-point environment: exceptions, rounding modes, flushing to zero and default NaNs. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma STDC FENV_ACCESS ON

static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
static const char *const mode_names[] = {"nearest", "up", "down", "zero"};

static void show_exceptions(const char *what)
{
    int e = fetestexcept(FE_ALL_EXCEPT);
    printf("%s:%s%s%s%s%s\n", what, e & FE_INVALID ? " invalid" : "", e & FE_DIVBYZERO ? " divbyzero" : "",
           e & FE_OVERFLOW ? " overflow" : "", e & FE_UNDERFLOW ? " underflow" : "", e & FE_INEXACT ? " inexact" : "");
    feclearexcept(FE_ALL_EXCEPT);
}

static uint64_t bits(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static uint32_t bits_f(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

#define CASE(expression)                                                      \
    do {                                                                      \
        volatile double r_ = (expression);                                    \
        printf("%016llx ", (unsigned long long)bits(r_));                     \
        show_exceptions(#expression);                                         \
    } while (0)

static void exceptions(void)
{
    volatile double zero = 0, one = 1, three = 3, big = DBL_MAX, small = DBL_MIN, denormal = 5e-324, inf = INFINITY;
    volatile float fone = 1, fthree = 3, fbig = FLT_MAX, fsmall = FLT_MIN;
    volatile double nan_ = NAN;
    CASE(one + one);
    CASE(one / three);
    CASE(one / zero);
    CASE(zero / zero);
    CASE(inf - inf);
    CASE(inf * zero);
    CASE(big * big);
    CASE(big + big);
    CASE(small * small);
    CASE(small / three);
    CASE(small / 2);
    CASE(denormal / 2);
    CASE(denormal + denormal);
    CASE(sqrt(-one));
    CASE(sqrt(three));
    CASE(fone / fthree);
    CASE(fbig * fbig);
    CASE(fsmall / fthree);
    CASE((float)big);
    CASE((float)denormal);
    CASE((float)(one / three));
    CASE(nan_ + one);
    CASE(nan_ < one);
    CASE(nan_ == one);
    CASE(isless(nan_, one));
    CASE((int)big);
    CASE((int)(one / three));
    CASE((unsigned)-three);
    CASE((int)nan_);
    CASE(lrint(one / three));
    CASE(rint(one / three));
    CASE(nearbyint(one / three));
    CASE(floor(one / three));
    CASE(fma(one / three, three, -one));
    CASE(fma(big, big, -inf));
    CASE(fma(inf, zero, one));
    CASE(exp(1000 * one));
    CASE(exp(-1000 * one));
    CASE(log(zero));
    CASE(log(-one));
    CASE(pow(zero, -one));
    CASE(fmod(one, zero));
    CASE((double)(float)16777217);
    CASE((float)(int)(16777216 + one));
}

static void sums(void)
{
    volatile double third = 0;
    volatile float f = 0;
    for (int m = 0; m < 4; m++) {
        fesetround(modes[m]);
        volatile double one = 1, three = 3, ten = 10, minus = -1;
        third = one / three;
        f = (float)third;
        printf("%s %d\n", mode_names[m], fegetround() == modes[m]);
        printf(" %016llx %016llx %016llx %016llx\n", (unsigned long long)bits(one / ten + third), (unsigned long long)bits(third - ten),
               (unsigned long long)bits(third * third), (unsigned long long)bits(minus / three));
        printf(" %016llx %016llx %016llx\n", (unsigned long long)bits(sqrt(three)), (unsigned long long)bits(fma(third, third, ten)),
               (unsigned long long)bits(one - one));
        printf(" %08x %08x %08x %08x\n", bits_f(f), bits_f(f * f), bits_f(-f / 7), bits_f((float)123456789));
        printf(" %ld %ld %ld %ld %g %g\n", lrint(2.5), lrint(-2.5), lrint(third), lrint(-third), rint(-0.5), nearbyint(2.5 * minus));
        printf(" %016llx %08x\n", (unsigned long long)bits(strtod("0.1", NULL)), bits_f(strtof("1e-45", NULL)));
        printf(" %.3f %.0f %.1e %a %.2a\n", third, 2.5, 12345.0, third, 1.999);
        printf(" %016llx %016llx\n", (unsigned long long)bits(DBL_MAX * ten), (unsigned long long)bits(DBL_MIN / three));
        printf(" %016llx %016llx %016llx\n", (unsigned long long)bits(sin(third)), (unsigned long long)bits(exp(third)),
               (unsigned long long)bits(pow(ten, third)));
    }
    fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
}

static void environments(void)
{
    fenv_t env;
    fexcept_t saved;
    volatile double one = 1, three = 3, zero = 0, r;
    feraiseexcept(FE_OVERFLOW);
    fegetexceptflag(&saved, FE_ALL_EXCEPT);
    feholdexcept(&env);
    r = one / three;
    printf("held %d\n", fetestexcept(FE_ALL_EXCEPT) == FE_INEXACT);
    fesetround(FE_UPWARD);
    r = one / zero;
    feupdateenv(&env);
    printf("round %d ", fegetround() == FE_TONEAREST);
    show_exceptions("updated");
    fesetexceptflag(&saved, FE_ALL_EXCEPT);
    show_exceptions("restored");
    fesetenv(FE_DFL_ENV);
    show_exceptions("default");
}

/* A sum that needs every intermediate to be rounded alike: an interval around e. */
static void interval(void)
{
    volatile double low = 1, high = 1, term_low = 1, term_high = 1;
    for (int i = 1; i < 25; i++) {
        fesetround(FE_DOWNWARD);
        term_low = term_low / i;
        low = low + term_low;
        fesetround(FE_UPWARD);
        term_high = term_high / i;
        high = high + term_high;
    }
    fesetround(FE_TONEAREST);
    printf("e in [%.17g, %.17g] %a %a\n", low, high, low, high);
}

#ifdef __ARM_FP
static unsigned get_fpscr(void)
{
    unsigned v;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(v));
    return v & 0x07ff009f;
}

static void set_fpscr(unsigned v)
{
    __asm__ volatile("vmsr fpscr, %0" : : "r"(v));
}

static void flushing(void)
{
    volatile double tiny = DBL_MIN / 4, small = DBL_MIN, one = 1, r;
    volatile float ftiny = FLT_MIN / 4, fsmall = FLT_MIN, fr;
    for (unsigned mode = 0; mode < 4; mode++) {
        set_fpscr(mode << 24);
        r = tiny + small;
        printf("mode %u %016llx %08x", mode, (unsigned long long)bits(r), get_fpscr());
        set_fpscr(mode << 24);
        r = small / 4;
        printf(" %016llx %08x", (unsigned long long)bits(r), get_fpscr());
        set_fpscr(mode << 24);
        fr = fsmall * 0.5f + ftiny;
        printf(" %08x %08x", bits_f(fr), get_fpscr());
        set_fpscr(mode << 24);
        printf(" %d %08x", tiny == 0, get_fpscr());
        set_fpscr(mode << 24);
        r = -__builtin_nan("0x123") * one;
        printf(" %016llx %08x\n", (unsigned long long)bits(r), get_fpscr());
    }
    set_fpscr(0);
}
#else
static void flushing(void)
{
}
#endif

int main(void)
{
    exceptions();
    sums();
    environments();
    interval();
    flushing();
    return 0;
}
