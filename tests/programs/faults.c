/* A handler of SIGSEGV that looks at all registers: installed in the middle, and kept by a child. ARM only. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static unsigned seen, faults;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    const unsigned long *r = &((ucontext_t *)context)->uc_mcontext.arm_r0;
    (void)sig;
    for (int i = 0; i < 16; i++)
        seen = (seen ^ r[i]) * 16777619u;
    faults++;
    mprotect((void *)((size_t)info->si_addr & -4096), 4096, PROT_READ);
}

/* Values that live in registers only, across accesses of which some fault. */
static unsigned mix(volatile const unsigned *table, unsigned n, unsigned x)
{
    unsigned a = 1, b = 2, c = x;
    for (unsigned i = 0; i < n; i++) {
        a += b ^ table[(i * 37) & 4095];
        b = (b << 3) + (c >> 1) + i;
        c ^= a * 5 + table[(i * 1024) & 4095];
    }
    return a ^ b ^ c;
}

static void rounds(const char *who, unsigned *table, int count)
{
    unsigned sum = 0;
    for (int i = 0; i < count; i++) {
        mprotect(table, 16384, PROT_NONE);
        sum += mix(table, 300, i);
    }
    printf("%s: %u faults, sum %08x, registers %08x\n", who, faults, sum, seen);
    fflush(stdout);
}

int main(void)
{
    unsigned *table = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction sa = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    int status;
    for (int i = 0; i < 4096; i++)
        table[i] = i * 2654435761u;
    printf("before: %08x\n", mix(table, 20000, 7));
    sigaction(SIGSEGV, &sa, NULL);
    rounds("handled", table, 60);
    if (fork() == 0) {
        rounds("child", table, 60);
        return 0;
    }
    wait(&status);
    rounds("parent", table, 30);
    return status;
}
