/* What every kernel shares: its scale from the command line, reproducible data, and a result to compare. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Amount of work: `full` rounds, or the percentage of that (any decimal number) given as the first argument. */
static inline int scale(int argc, char **argv, int full)
{
    int rounds = argc > 1 ? (int)(full * strtod(argv[1], NULL) / 100) : full;
    return rounds > 0 ? rounds : 1;
}

static inline uint32_t next_random(uint32_t *state)
{
    return *state = *state * 1664525u + 1013904223u;
}

static inline void fill(void *data, unsigned bytes)
{
    uint32_t state = 1;
    for (unsigned i = 0; i < bytes; i++)
        ((uint8_t *)data)[i] = next_random(&state) >> 24;
}

/* Uniform in [0, 1), exact in a float too. */
static inline double next_real(uint32_t *state)
{
    return (next_random(state) >> 8) / 16777216.0;
}

static inline int result(uint32_t value)
{
    printf("%08x\n", (unsigned)value);
    return 0;
}

/* A double as its bits: equal means equal to the last one. */
static inline int result_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    printf("%016llx\n", (unsigned long long)bits);
    return 0;
}
