/* Sieve of Eratosthenes: byte stores with a growing stride. */
#include <string.h>
#include "../kernel.h"

#define LIMIT 50000
static uint8_t composite[LIMIT + 1];

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 4500);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        memset(composite, 0, sizeof composite);
        for (int i = 2; i <= LIMIT; i++) {
            if (composite[i])
                continue;
            sum += i;
            for (long long j = (long long)i * i; j <= LIMIT; j += i)
                composite[j] = 1;
        }
    }
    return result(sum);
}
