/* Fast Fourier transform there and back: strided doubles, multiply-add. */
#include <math.h>
#include "../kernel.h"

#define BITS 9
#define N (1 << BITS)
static double re[N], im[N], cosine[N / 2], sine[N / 2];

/* Half angles from a quarter turn, then sums of angles: exactly rounded operations only, so all machines agree. */
static void make_twiddles(void)
{
    cosine[0] = 1;
    double c = 0, s = 1;
    for (int step = N / 4; step >= 1; step /= 2) {
        for (int i = 0; i + step < N / 2; i += 2 * step) {
            cosine[i + step] = cosine[i] * c - sine[i] * s;
            sine[i + step] = cosine[i] * s + sine[i] * c;
        }
        double half = sqrt((1 + c) / 2);
        s = s / (2 * half);
        c = half;
    }
}

static void transform(int inverse)
{
    for (int i = 0, j = 0; i < N; i++) {
        if (i < j) {
            double t = re[i];
            re[i] = re[j], re[j] = t;
            t = im[i];
            im[i] = im[j], im[j] = t;
        }
        int bit = N >> 1;
        while (j & bit)
            j ^= bit, bit >>= 1;
        j |= bit;
    }
    for (int half = 1; half < N; half *= 2)
        for (int start = 0; start < N; start += 2 * half)
            for (int k = 0; k < half; k++) {
                double c = cosine[k * (N / 2 / half)], s = sine[k * (N / 2 / half)];
                if (!inverse)
                    s = -s;
                int a = start + k, b = a + half;
                double tr = re[b] * c - im[b] * s, ti = re[b] * s + im[b] * c;
                re[b] = re[a] - tr, im[b] = im[a] - ti;
                re[a] += tr, im[a] += ti;
            }
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 7200);
    uint32_t state = 3;
    make_twiddles();
    for (int i = 0; i < N; i++)
        re[i] = next_real(&state) - 0.5;
    for (int r = 0; r < rounds; r++) {
        transform(0);
        for (int i = 0; i < N; i++)
            re[i] /= N, im[i] /= N;
        transform(1);
    }
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += re[i] * (i + 1) + im[i];
    return result_double(sum);
}
