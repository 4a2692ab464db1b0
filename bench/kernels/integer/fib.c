/* Doubly recursive Fibonacci numbers: calls and returns. */
#include "../kernel.h"

static __attribute__((noinline)) uint32_t fib(uint32_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(int argc, char **argv)
{
    int rounds = scale(argc, argv, 20000);
    uint32_t sum = 0;
    for (int r = 0; r < rounds; r++)
        sum = sum * 31 + fib(18 + r % 3);
    return result(sum);
}
