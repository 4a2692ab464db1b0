/* Divisions of 64 bits, for which processors without such an instruction call libgcc. */
#include <stdint.h>
#include <stdio.h>

static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

int main(void)
{
    uint64_t sums[4] = {0, 0, 0, 0};
    for (int i = 0; i < 20000; i++) {
        volatile uint64_t x = next() >> (next() & 63), y = next() >> (next() & 63);
        if (y == 0) continue;
        if (next() & 1) x = -x;
        if (next() & 1) y = -y;
        uint64_t results[4] = {x / y, x % y, 0, 0};
        if (!(x == (uint64_t)INT64_MIN && y == (uint64_t)-1)) results[2] = (int64_t)x / (int64_t)y, results[3] = (int64_t)x % (int64_t)y;
        for (int k = 0; k < 4; k++) sums[k] = sums[k] * 31 + results[k];
        if (i % 1000 == 0) printf("%llx %llx: %llx %llx %llx %llx\n", x, y, results[0], results[1], results[2], results[3]);
    }
    printf("%llx %llx %llx %llx\n", (long long)sums[0], (long long)sums[1], (long long)sums[2], (long long)sums[3]);
    return 0;
}
