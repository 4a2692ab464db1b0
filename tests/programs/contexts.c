/* Coroutines by makecontext and swapcontext, with floating-point values and masks of their own. */
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>

static ucontext_t first, one, two;
static char stack_of_one[65536], stack_of_two[65536];

static int blocked(int signal)
{
    sigset_t set;
    sigprocmask(SIG_BLOCK, NULL, &set);
    return sigismember(&set, signal);
}

static void count(int n, int k)
{
    double third = n / 3.0;
    for (int i = 0; i < 3; i++) {
        printf("one %d %d %.3f blocked %d\n", n, i, third + k, blocked(SIGUSR1));
        swapcontext(&one, &two);
    }
}

static void repeat(int n, int k)
{
    double seventh = n / 7.0;
    for (int i = 0; i < 3; i++) {
        printf("two %d %d %.3f blocked %d\n", n, i, seventh + k, blocked(SIGUSR1));
        swapcontext(&two, &one);
    }
}

int main(void)
{
    getcontext(&one);
    one.uc_stack.ss_sp = stack_of_one;
    one.uc_stack.ss_size = sizeof stack_of_one;
    one.uc_link = &first;
    sigaddset(&one.uc_sigmask, SIGUSR1);
    makecontext(&one, (void (*)(void))count, 2, 1, 5);
    getcontext(&two);
    two.uc_stack.ss_sp = stack_of_two;
    two.uc_stack.ss_size = sizeof stack_of_two;
    two.uc_link = &first;
    makecontext(&two, (void (*)(void))repeat, 2, 2, 7);
    volatile int times = 0;
    int r = getcontext(&first);
    printf("getcontext %d, %d times\n", r, times);
    if (times++ == 0)
        setcontext(&one);
    printf("end %d, blocked %d\n", times, blocked(SIGUSR1));
    return 0;
}
