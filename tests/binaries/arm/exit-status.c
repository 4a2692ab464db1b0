/* Exits with the status that its argument gives. */
#include "crt.h"

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)envp, (void)auxv;
    int status = 0;
    if (argc > 1)
        for (const char *p = argv[1]; *p; p++)
            status = status * 10 + (*p - '0');
    return status;
}
