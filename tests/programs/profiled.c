/* Spends most of its time in one function, called by another; ends as its argument says. Its loops are too short to come back
   to the dispatcher, which would take the callers off the stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noipa)) unsigned hot(unsigned x)
{
    for (int i = 0; i < 4000; i++)
        x = x * 1664525 + (x >> 7);
    return x;
}

__attribute__((noipa)) unsigned lukewarm(unsigned x)
{
    for (int i = 0; i < 200; i++)
        x ^= x << 1;
    return x;
}

__attribute__((noipa)) unsigned middle(unsigned x)
{
    return hot(x) + lukewarm(x);
}

int main(int argc, char **argv)
{
    unsigned x = 1;
    for (int i = 0; i < 80000; i++)
        x = middle(x);
    printf("%08x\n", x);
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "abort"))
        abort();
    return argc > 1 ? atoi(argv[1]) : 0;
}
