/* Prints a greeting. */
#include "crt.h"

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)argc, (void)argv, (void)envp, (void)auxv;
    print("Hello, world!\n");
    return 0;
}
