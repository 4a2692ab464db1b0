/* Calls through a table of function pointers: indirect calls with several targets. */
#include "../kernel.h"

static uint32_t f0(uint32_t x) { return x + 0x9e3779b9u; }
static uint32_t f1(uint32_t x) { return x ^ (x >> 13); }
static uint32_t f2(uint32_t x) { return x * 5 + 1; }
static uint32_t f3(uint32_t x) { return (x << 7) | (x >> 25); }

static uint32_t (*const volatile functions[])(uint32_t) = {f0, f1, f2, f3};

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 125000);
    uint32_t x = 1;
    for (int r = 0; r < 1000 * rounds; r++)
        x = functions[(x >> 3) & 3](x);
    return result(x);
}
