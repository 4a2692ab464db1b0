/* Argument passing: structures of all sizes, 64-bit pairs, doubles, variable arguments, returns by memory. */
#include <complex.h>
#include <stdarg.h>
#include <stdio.h>

struct s1 { char a; };
struct s3 { char a[3]; };
struct s8 { int a, b; };
struct s12 { int a, b, c; };
struct s64 { int a[16]; };
struct pair { double x, y; };
struct floats { float a, b, c; };

#define NOINLINE __attribute__((noinline))
static NOINLINE int ints(int a, long long b, int c, long long d, char e, short f) { return a + (int)b * 2 + c * 3 + (int)(d >> 32) + e * 5 + f * 7; }
static NOINLINE double doubles(double a, int b, float c, double d, float e, long long f) { return a + b * 2 + c * 3 + d * 4 + e * 5 + (double)f; }
static NOINLINE struct s1 f1(struct s1 x) { x.a++; return x; }
static NOINLINE struct s3 f3(struct s3 x, int i) { x.a[i % 3] += i; return x; }
static NOINLINE struct s8 f8(int pad, struct s8 x) { return (struct s8){x.b + pad, x.a}; }
static NOINLINE struct s12 f12(struct s12 x, struct s12 y) { return (struct s12){x.a - y.c, x.b - y.b, x.c - y.a}; }
static NOINLINE struct s64 f64(int pad, struct s64 x) { for (int i = 0; i < 16; i++) x.a[i] = x.a[i] * pad + i; return x; }
static NOINLINE struct pair fpair(struct pair p, struct floats f) { return (struct pair){p.y + f.a, p.x * f.b - f.c}; }
static NOINLINE double complex fcomplex(double complex z, float complex w) { return z * w + 1; }

static NOINLINE double sum(const char *types, ...)
{
    va_list ap, copy;
    double total = 0;
    va_start(ap, types);
    va_copy(copy, ap);
    for (; *types; types++)
        switch (*types) {
        case 'i': total += va_arg(ap, int); break;
        case 'l': total += (double)va_arg(ap, long long); break;
        case 'd': total += va_arg(ap, double); break;
        case 's': total += va_arg(ap, struct s12).b; break;
        }
    total += va_arg(copy, int) * 1000;
    va_end(copy);
    va_end(ap);
    return total;
}

int main(void)
{
    printf("%d\n", ints(1, 2, 3, 4LL << 32, 5, 6));
    printf("%g\n", doubles(1, 2, 3.5f, 4, 5.5f, 6));
    struct s64 big;
    for (int i = 0; i < 16; i++)
        big.a[i] = i * i;
    big = f64(3, big);
    struct s3 three = f3((struct s3){{1, 2, 3}}, 4);
    struct s8 eight = f8(9, (struct s8){1, 2});
    struct s12 twelve = f12((struct s12){10, 20, 30}, (struct s12){1, 2, 3});
    struct pair p = fpair((struct pair){1.5, 2.5}, (struct floats){1, 2, 3});
    double complex z = fcomplex(1 + 2 * I, 3 - 1 * I);
    printf("%d %d%d%d %d,%d %d,%d,%d %d %d\n", f1((struct s1){5}).a, three.a[0], three.a[1], three.a[2], eight.a, eight.b, twelve.a, twelve.b, twelve.c, big.a[7], big.a[15]);
    printf("%g %g %g %g\n", p.x, p.y, creal(z), cimag(z));
    printf("%g\n", sum("ildslid", 1, 2LL, 3.5, (struct s12){4, 5, 6}, 7LL, 8, 9.25));
    return 0;
}
