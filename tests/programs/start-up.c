/* argv, environment and auxiliary vector; addresses and host-dependent values print as present only. */
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv)
{
    for (int i = 0; i <= argc; i++)
        printf("argv[%d]=%s\n", i, i == 0 ? strrchr(argv[0], '/') : argv[i] ? argv[i] : "(null)");
    int count = 0;
    for (char **e = environ; *e; e++)
        count++;
    /* qemu-arm turns the order round */
    qsort(environ, count, sizeof *environ, by_text);
    for (char **e = environ; *e; e++)
        printf("env %s\n", *e);
    printf("HOME=%s missing=%p\n", getenv("HOME"), (void *)getenv("MISSING"));
    static const struct { const char *name; unsigned long type; } exact[] = {
        {"PHENT", AT_PHENT}, {"PHNUM", AT_PHNUM}, {"PAGESZ", AT_PAGESZ}, {"FLAGS", AT_FLAGS}, {"UID", AT_UID}, {"EUID", AT_EUID},
        {"GID", AT_GID}, {"EGID", AT_EGID}, {"SECURE", AT_SECURE}, {"CLKTCK", AT_CLKTCK}};
    for (unsigned i = 0; i < sizeof exact / sizeof *exact; i++)
        printf("%s=%lu\n", exact[i].name, getauxval(exact[i].type));
    static const struct { const char *name; unsigned long type; } present[] = {
        {"PHDR", AT_PHDR}, {"ENTRY", AT_ENTRY}, {"RANDOM", AT_RANDOM}, {"EXECFN", AT_EXECFN}, {"PLATFORM", AT_PLATFORM}, {"HWCAP", AT_HWCAP}};
    for (unsigned i = 0; i < sizeof present / sizeof *present; i++)
        printf("%s %s\n", present[i].name, getauxval(present[i].type) ? "present" : "missing");
    printf("EXECFN is argv[0]: %d\n", strcmp((char *)getauxval(AT_EXECFN), argv[0]) == 0);
    unsigned long hwcap = getauxval(AT_HWCAP);
    printf("half %d thumb %d vfp %d idiv %d\n", !!(hwcap & 2), !!(hwcap & 4), !!(hwcap & 64), !!(hwcap & (3 << 17)));
    const ElfW(Phdr) *ph = (void *)getauxval(AT_PHDR);
    printf("first phdr plausible: %d\n", ph->p_type != 0 && getauxval(AT_PHENT) == sizeof *ph);
    printf("sp aligned: %d\n", ((unsigned long)__builtin_frame_address(0) & 3) == 0);
    return argc;
}
