/* Spectral norm of the matrix a(i,j) = 1/((i+j)(i+j+1)/2+i+1) by the power method: conversions and divisions of doubles. */
#include <math.h>
#include "../kernel.h"

#define N 32
static double u[N], v[N], w[N];

static double element(int i, int j)
{
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void multiply(const double *in, double *out, int transposed)
{
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += (transposed ? element(j, i) : element(i, j)) * in[j];
        out[i] = sum;
    }
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 50000);
    double uv = 0, vv = 0;
    for (int i = 0; i < N; i++)
        u[i] = 1;
    for (int r = 0; r < rounds; r++) {
        multiply(u, w, 0);
        multiply(w, v, 1);
        uv = vv = 0;
        for (int i = 0; i < N; i++) {
            uv += u[i] * v[i];
            vv += v[i] * v[i];
        }
        double scale = 1 / sqrt(vv);
        for (int i = 0; i < N; i++)
            u[i] = v[i] * scale;
    }
    return result_double(sqrt(uv) + sqrt(vv));
}
