/* Dies by the signal that its argument names: segv, abrt, ill, jump (to an unmapped address), readonly. */
#include "crt.h"

static const int constant[1] = {1};

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)envp, (void)auxv;
    const char *how = argc > 1 ? argv[1] : "";
    switch (how[0]) {
    case 's':
        *(volatile int *)0 = 1;
        break;
    case 'a':
        syscall3(SYS_kill, syscall3(SYS_getpid, 0, 0, 0), SIGABRT, 0);
        break;
    case 'i':
        __asm__ volatile(UNDEFINED_INSTRUCTION);
        break;
    case 'j':
        ((void (*)(void))0x10)();
        break;
    case 'r':
        *(volatile int *)constant = 2;
        break;
    }
    print("survived\n");
    return 1;
}
