/* A greeting through printf: start-up of a static glibc program, nothing else. */
#include <stdio.h>

int main(void)
{
    printf("Hello, world!\n");
    return 0;
}
