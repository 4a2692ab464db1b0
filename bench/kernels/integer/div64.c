/* 64-bit division and remainder, signed and unsigned: a library routine on 32-bit processors. */
#include "../kernel.h"

static uint64_t next64(uint64_t *state)
{
    return *state = *state * 6364136223846793005u + 1442695040888963407u;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 300000);
    uint64_t state = 1, sum = 0;
    for (int r = 0; r < rounds; r++) {
        /* Divisors of every width: the routine has a path for each kind */
        for (int width = 1; width < 64; width += 7) {
            uint64_t n = next64(&state), d = next64(&state) >> width | 1;
            sum += n / d ^ n % d;
            sum ^= (uint64_t)((int64_t)n / (int64_t)d) + (uint64_t)((int64_t)n % (int64_t)d);
        }
        uint64_t a = next64(&state) >> 20, b = next64(&state) >> 24;
        sum += gcd(a, b);
    }
    return result(sum ^ sum >> 32);
}
