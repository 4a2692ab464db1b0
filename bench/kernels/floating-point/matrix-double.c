/* Matrix product of doubles, blocked by nothing: load, multiply, add. */
#include "../kernel.h"

#define N 48
static double a[N][N], b[N][N], c[N][N];

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 1800);
    uint32_t state = 5;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = next_real(&state);
            b[i][j] = next_real(&state) - 0.5;
        }
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double sum = 0;
                for (int k = 0; k < N; k++)
                    sum += a[i][k] * b[k][j];
                c[i][j] = sum;
            }
        a[r % N][0] = c[0][r % N] * 0.25;
    }
    double sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            sum += c[i][j] * (i - j);
    return result_double(sum);
}
