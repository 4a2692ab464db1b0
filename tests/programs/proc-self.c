/* /proc/self shows the guest: its maps, its command line, its auxiliary vector. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static int marker = 7;

int main(int argc, char **argv)
{
    FILE *f = fopen("/proc/self/maps", "r");
    char line[600];
    int code = 0, data = 0, stack = 0, named = 0, last_ok = 1;
    unsigned long previous = 0;
    while (f && fgets(line, sizeof line, f)) {
        unsigned long low, high;
        char perms[8] = "", path[500] = "";
        sscanf(line, "%lx-%lx %7s %*s %*s %*s %499s", &low, &high, perms, path);
        if (low < previous || high <= low)
            last_ok = 0;
        previous = high;
#define INSIDE(p) ((unsigned long)(p) >= low && (unsigned long)(p) < high)
        if (INSIDE(main)) {
            code += perms[2] == 'x' && perms[1] == '-';
            named += strstr(path, strrchr(argv[0], '/')) != NULL;
        }
        data += INSIDE(&marker) && perms[1] == 'w';
        stack += INSIDE(&argc) && strcmp(path, "[stack]") == 0;
    }
    fclose(f);
    printf("maps: code %d named %d data %d stack %d sorted %d\n", code, named, data, stack, last_ok);
    f = fopen("/proc/self/cmdline", "r");
    size_t n = fread(line, 1, sizeof line, f);
    fclose(f);
    int same = 1;
    const char *p = line;
    for (int i = 0; i < argc; i++, p += strlen(p) + 1)
        same &= strcmp(p, argv[i]) == 0;
    printf("cmdline: same %d length %d\n", same, (size_t)(p - line) == n);
    f = fopen("/proc/self/auxv", "r");
    Elf32_auxv_t a;
    int agree = 0, end = 0;
    while (f && !end && fread(&a, sizeof a, 1, f) == 1) {
        end = a.a_type == AT_NULL;
        agree += a.a_type == AT_ENTRY && a.a_un.a_val == getauxval(AT_ENTRY);
        agree += a.a_type == AT_PHDR && a.a_un.a_val == getauxval(AT_PHDR);
    }
    printf("auxv: %d ends %d\n", agree, end);
    return 0;
}
