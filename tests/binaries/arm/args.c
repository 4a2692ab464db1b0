/* Prints argv, envp and those auxiliary vector entries that are the same in every run. */
#include "crt.h"

enum { AT_PHENT = 4, AT_PAGESZ = 6, AT_SECURE = 23, AT_CLKTCK = 17, AT_PLATFORM = 15, AT_RANDOM = 25, AT_EXECFN = 31 };

static unsigned find(const unsigned *auxv, unsigned type)
{
    for (; auxv[0]; auxv += 2)
        if (auxv[0] == type)
            return auxv[1];
    return 0xffffffff;
}

static void line(const char *name, const char *value)
{
    print(name);
    print("=");
    print(value);
    print("\n");
}

static void number(const char *name, unsigned value)
{
    print(name);
    print("=");
    print_hex(value);
    print("\n");
}

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    for (int i = 0; i < argc; i++)
        line("arg", argv[i]);
    while (*envp)
        line("env", *envp++);
    number("PHENT", find(auxv, AT_PHENT));
    number("PAGESZ", find(auxv, AT_PAGESZ));
    number("CLKTCK", find(auxv, AT_CLKTCK));
    number("SECURE", find(auxv, AT_SECURE));
    if (find(auxv, AT_PLATFORM) != 0xffffffff)
        line("PLATFORM", (const char *)find(auxv, AT_PLATFORM));
    line("EXECFN", (const char *)find(auxv, AT_EXECFN));
    number("RANDOM present", find(auxv, AT_RANDOM) != 0xffffffff);
    return 0;
}
