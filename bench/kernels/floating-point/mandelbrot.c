/* Mandelbrot set: double multiplications and additions, a comparison per step. */
#include "../kernel.h"

#define WIDTH 256
#define LIMIT 50

static int steps(double cr, double ci)
{
    double zr = 0, zi = 0;
    int n = 0;
    while (n < LIMIT && zr * zr + zi * zi <= 4) {
        double t = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = t;
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    /* A round is a line of the picture */
    int rounds = scale(argc, argv, 8000);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        double ci = 2.4 * (r % 200) / 200 - 1.2;
        for (int x = 0; x < WIDTH; x++)
            sum = sum * 31 + steps(3.0 * x / WIDTH - 2.1, ci);
    }
    return result(sum);
}
