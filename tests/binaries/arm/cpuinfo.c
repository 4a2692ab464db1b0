/* Prints /proc/cpuinfo and the machine name of uname. */
#include "crt.h"

static char buffer[65536];
static struct { char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65]; } name;

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)argc, (void)argv, (void)envp, (void)auxv;
    if (syscall3(SYS_uname, (long)&name, 0, 0) != 0)
        return 1;
    print(name.machine);
    print("\n");
    int fd = syscall3(SYS_open, (long)"/proc/cpuinfo", 0, 0);
    if (fd < 0)
        return 2;
    for (;;) {
        long n = syscall3(SYS_read, fd, (long)buffer, sizeof buffer);
        if (n <= 0)
            return n != 0;
        write_all(1, buffer, n);
    }
}
