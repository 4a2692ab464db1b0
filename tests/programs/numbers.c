/* strtod, strtol, snprintf round trips. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char *texts[] = {"0", "1", "-1.5", "3.14159265358979323846", "1e308", "1e309", "-1e-320", "4.9e-324", "1e-400", "0x1.8p3", "inf", "-nan",
                           "12abc", "  7", "", "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558632766878171540458953514382464234321326889464182768467546703537516986049910576551282076245490090389328944075868508455133942304583236903222948165808559332123347764797926204144723168738177180919299881250404026184124858368"};
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *end;
        errno = 0;
        double d = strtod(texts[i], &end);
        int e = errno;
        union { double d; uint64_t u; } bits = {d};
        printf("strtod %.20s %016" PRIx64 " used %d errno %d\n", texts[i], isnan(d) ? 0 : bits.u, (int)(end - texts[i]), e);
        errno = 0;
        union { float f; uint32_t u; } fbits = {strtof(texts[i], NULL)};
        printf("strtof %08" PRIx32 "\n", isnan(fbits.f) ? 0 : fbits.u);
    }
    uint64_t x = 88172645463325252ULL;
    int good = 0;
    for (int i = 0; i < 2000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        union { uint64_t u; double d; } v = {x};
        if (isnan(v.d))
            v.d = i;
        char text[64];
        snprintf(text, sizeof text, "%.17g", v.d);
        union { double d; uint64_t u; } back = {strtod(text, NULL)};
        good += back.u == v.u;
        if (i % 200 == 0)
            printf("%s\n", text);
    }
    printf("round trips %d\n", good);
    const char *ints[] = {"0", "-1", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "0x7f", "0755", "zz", "99999999999999999999"};
    for (unsigned i = 0; i < sizeof ints / sizeof *ints; i++) {
        errno = 0;
        long l = strtol(ints[i], NULL, 0);
        int e1 = errno;
        errno = 0;
        unsigned long u = strtoul(ints[i], NULL, 0);
        int e2 = errno;
        long long ll = strtoll(ints[i], NULL, 36);
        printf("%s %ld %d %lu %d %lld\n", ints[i], l, e1, u, e2, ll);
    }
    double ip;
    printf("%g %g %g %g %g\n", sqrt(2), floor(-2.5), ceil(2.1), fmod(10, 3), modf(3.75, &ip));
    printf("%ld %ld %d\n", lrint(2.5), lround(-2.5), (int)-3.99);
    int a, b;
    double c;
    char w[20];
    printf("%d", sscanf("10 0x1f 2.5e3 word", "%d %x %lf %19s", &a, (unsigned *)&b, &c, w));
    printf(" %d %d %g %s\n", a, b, c, w);
    return 0;
}
