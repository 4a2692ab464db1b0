/* Dies by the signal that the argument names. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "";
    printf("%s\n", how);
    fflush(stdout);
    if (!strcmp(how, "abort"))
        abort();
    if (!strcmp(how, "segv"))
        *(volatile int *)8 = 1;
    if (!strcmp(how, "ill"))
        __builtin_trap();
    if (!strcmp(how, "term"))
        raise(SIGTERM);
    if (!strcmp(how, "kill"))
        kill(getpid(), SIGKILL);
    if (!strcmp(how, "pipe")) {
        int p[2];
        if (pipe(p) == 0 && close(p[0]) == 0)
            return (int)write(p[1], "x", 1);
    }
    if (!strcmp(how, "exit"))
        _exit(3);
    return 1;
}
