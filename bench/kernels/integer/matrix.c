/* Integer matrix product: multiply-accumulate in three nested loops. */
#include "../kernel.h"

#define N 60
static int32_t a[N][N], b[N][N], c[N][N];

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 3000);
    fill(a, sizeof a);
    fill(b, sizeof b);
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                uint32_t sum = 0;
                for (int k = 0; k < N; k++)
                    sum += (uint32_t)a[i][k] * b[k][j];
                c[i][j] = sum;
            }
        a[r % N][0] = c[0][r % N];
    }
    uint32_t sum = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            sum = sum * 31 + c[i][j];
    return result(sum);
}
