/* Every conversion of printf with flags, widths and precisions. */
#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

static const double doubles[] = {0.0, -0.0, 1.0, -1.5, 0.1, 1e10, 123456789.123456789, 1e-5, 1e300, -1e-300, DBL_MAX, DBL_MIN, 5e-324, 2.5, 3.5};

int main(void)
{
    printf("%d %i %u %o %x %X %c %s %%\n", -42, INT_MIN, UINT_MAX, 0755, 0xbeef, 0xBEEF, 'c', "string");
    printf("[%5d] [%-5d] [%05d] [%+d] [% d] [%.3d] [%8.3d] [%-8.3dx]\n", 42, 42, 42, 42, 42, 7, 7, 7);
    printf("[%#o] [%#x] [%#X] [%'d]\n", 8, 255, 255, 1234567);
    printf("%hhd %hd %ld %lld %jd %zd %td\n", (signed char)-1, (short)-2, LONG_MIN, LLONG_MIN, INTMAX_MAX, (ssize_t)-5, (ptrdiff_t)-6);
    printf("%hhu %hu %lu %llu %llx %llo\n", (unsigned char)255, (unsigned short)65535, ULONG_MAX, ULLONG_MAX, 0x123456789abcdefULL, 01234567012345670ULL);
    printf("[%10s] [%-10s] [%.2s] [%*s] [%-*s] [%.*s]\n", "abc", "abc", "abc", 6, "abc", 6, "abc", 1, "abc");
    for (unsigned i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        double x = doubles[i];
        printf("%f %e %g %a\n", x, x, x, x);
        printf("[%12.3f] [%-12.3e] [%+012.4g] [%.0f] [%#.0f] [%.17g] [%A] [%.3a]\n", x, x, x, x, x, x, x, x);
    }
    printf("%f %F %e %g %5.1f %-8fx\n", INFINITY, -INFINITY, NAN, INFINITY, -INFINITY, NAN);
    printf("%Lf %Le %La\n", 1.25L, 1e100L, 0.1L);
    printf("%f %g\n", (double)1.1f, (double)FLT_MAX);
    int n;
    printf("12345%n", &n);
    printf(" %d\n", n);
    printf("%2$s %1$s %2$s\n", "first", "second");
    printf("%p %p\n", (void *)0, (void *)0x1234);
    setlocale(LC_ALL, "C.UTF-8");
    printf("[%ls] [%5ls] [%lc] [%C]\n", L"wide \u00e4\u20ac", L"w", (wint_t)0x20ac, (wint_t)L'x');
    wchar_t buffer[64];
    n = swprintf(buffer, 64, L"%d %ls %s %.2f", 7, L"wide", "narrow", 3.14159);
    printf("%d [%ls]\n", n, buffer);
    char small[8];
    n = snprintf(small, sizeof small, "%s", "longer than the buffer");
    printf("%d [%s]\n", n, small);
    return 0;
}
