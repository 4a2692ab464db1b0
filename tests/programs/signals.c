/* Signal handlers: what they are told, what is blocked while they run, where they go back to. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t count, depth, deepest;
static char order[256];

static void note(const char *what)
{
    strcat(order, what);
    strcat(order, " ");
}

static void show(const char *title)
{
    printf("%s: %s\n", title, order);
    order[0] = 0;
}

static void handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags, ...)
{
    struct sigaction sa = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
    sigemptyset(&sa.sa_mask);
    sigaction(sig, &sa, NULL);
}

static void block(int how, int sig)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sig);
    sigprocmask(how, &set, NULL);
}

static void on_plain(int sig)
{
    char text[16];
    sprintf(text, "plain%d", sig);
    note(text);
}

static void on_info(int sig, siginfo_t *info, void *context)
{
    char text[64];
    ucontext_t *uc = context;
    sprintf(text, "%d/%d/%s/%d/%d", sig, info->si_code, info->si_pid == getpid() ? "me" : "other", info->si_signo,
            sigismember(&uc->uc_sigmask, SIGUSR2));
    note(text);
}

static void on_value(int sig, siginfo_t *info, void *context)
{
    char text[32];
    (void)context;
    sprintf(text, "%d:%d", sig - SIGRTMIN, info->si_value.sival_int);
    note(text);
}

static void on_nested(int sig, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    if (++depth > deepest)
        deepest = depth;
    if (++count < 5)
        raise(sig);
    depth--;
}

static sigjmp_buf back;
static void on_jump(int sig, siginfo_t *info, void *context)
{
    (void)info, (void)context;
    siglongjmp(back, sig);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    char text[64];
    sprintf(text, "%d@%lx", sig, (unsigned long)info->si_addr);
    note(text);
#ifdef __mips__
    uc->uc_mcontext.gregs[2] = 4711;
    uc->uc_mcontext.pc += 4;
#elif defined __powerpc__
    uc->uc_mcontext.uc_regs->gregs[3] = 4711;
    uc->uc_mcontext.uc_regs->gregs[32] += 4;
#else
    uc->uc_mcontext.arm_r0 = 4711;
    uc->uc_mcontext.arm_pc += 4;
#endif
}

static char stack[65536];
static void on_stack(int sig, siginfo_t *info, void *context)
{
    char here;
    stack_t now;
    (void)sig, (void)info, (void)context;
    sigaltstack(NULL, &now);
    note(&here >= stack && &here < stack + sizeof stack ? "inside" : "outside");
    note(now.ss_flags == SS_ONSTACK ? "onstack" : "no");
    note(sigaltstack(&now, NULL) == -1 && errno == EPERM ? "EPERM" : "changed");
}

static void on_count(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)info, (void)context;
    count++;
}

static void interruptions(void)
{
    /* again and again, as the first may come before the call it is to interrupt */
    struct itimerval soon = {.it_value = {0, 20000}, .it_interval = {0, 20000}}, off = {0};
    int fds[2];
    char c;
    pipe(fds);
    handle(SIGALRM, on_count, 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    printf("read: %zd %s\n", read(fds[0], &c, 1), strerror(errno));
    printf("pause: %d %s\n", pause(), strerror(errno));
    struct timespec ten = {10, 0}, left = {0};
    errno = 0;
    int r = nanosleep(&ten, &left);
    printf("nanosleep: %d %s %d\n", r, strerror(errno), left.tv_sec == 9);
    printf("poll: %d %s\n", poll(NULL, 0, 10000), strerror(errno));
    handle(SIGALRM, on_count, SA_RESTART);
    count = 0;
    while (count < 10) /* nothing but the handler ends this loop */
        ;
    printf("compute: %d\n", count >= 10);
    printf("poll with SA_RESTART: %d %s\n", poll(NULL, 0, 10000), strerror(errno));
    sigset_t none, alarms;
    sigemptyset(&none);
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarms, NULL);
    count = 0;
    r = sigsuspend(&none);
    printf("sigsuspend: %d %s %d\n", r, strerror(errno), count > 0);
    count = 0;
    r = ppoll(NULL, 0, NULL, &none);
    printf("ppoll: %d %s %d\n", r, strerror(errno), count > 0);
    count = 0;
    r = pselect(0, NULL, NULL, NULL, NULL, &none);
    printf("pselect: %d %s %d\n", r, strerror(errno), count > 0);
    siginfo_t info;
    r = sigwaitinfo(&alarms, &info);
    printf("sigwaitinfo: %d %d %d\n", r, info.si_signo, info.si_code);
    setitimer(ITIMER_REAL, &off, NULL);
    struct timespec zero = {0, 0};
    sigtimedwait(&alarms, &info, &zero);
    r = sigtimedwait(&alarms, &info, &zero);
    printf("sigtimedwait: %d %s\n", r, strerror(errno));
    sigprocmask(SIG_UNBLOCK, &alarms, NULL);
}

#ifdef __arm__
__attribute__((target("arm")))
#endif
static int __attribute__((noinline)) load(int *p)
{
#ifdef __mips__
    register int value asm("$2") = (int)p;
    asm volatile(".set push\n.set noreorder\nlw $2, 0($2)\n.set pop" : "+r"(value)::"memory");
#elif defined __powerpc__
    register int value asm("r3") = (int)p;
    asm volatile("lwz 3, 0(3)" : "+r"(value)::"memory");
#else
    register int value asm("r0") = (int)p;
    asm volatile("ldr r0, [r0]" : "+r"(value)::"memory");
#endif
    return value;
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    signal(SIGUSR1, on_plain);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    show("plain");

    handle(SIGUSR1, on_info, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    block(SIG_BLOCK, SIGUSR2);
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7});
    show("info");

    handle(SIGUSR2, on_info, 0);
    raise(SIGUSR2);
    raise(SIGUSR2);
    sigset_t set;
    sigpending(&set);
    printf("pending: %d %d\n", sigismember(&set, SIGUSR2), sigismember(&set, SIGUSR1));
    note("before");
    block(SIG_UNBLOCK, SIGUSR2);
    show("unblocked");

    for (int i = 0; i < 3; i++) {
        handle(SIGRTMIN + i, on_value, 0);
        block(SIG_BLOCK, SIGRTMIN + i);
    }
    for (int k = 0; k < 3; k++)
        for (int i = 2; i >= 0; i--)
            sigqueue(getpid(), SIGRTMIN + i, (union sigval){.sival_int = k});
    sigemptyset(&set);
    for (int i = 0; i < 3; i++)
        sigaddset(&set, SIGRTMIN + i);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    show("queued");

    handle(SIGUSR1, on_nested, 0);
    raise(SIGUSR1);
    printf("nested: %d deep %d\n", (int)count, (int)deepest);
    count = deepest = 0;
    handle(SIGUSR1, on_nested, SA_NODEFER);
    raise(SIGUSR1);
    printf("nodefer: %d deep %d\n", (int)count, (int)deepest);
    handle(SIGUSR1, on_nested, SA_RESETHAND);
    raise(SIGUSR1);
    struct sigaction sa;
    sigaction(SIGUSR1, NULL, &sa);
    printf("reset: %d\n", sa.sa_handler == SIG_DFL);

    handle(SIGUSR1, on_jump, 0);
    for (volatile int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) == 0)
            raise(SIGUSR1);
        else
            note("jumped");
    sigprocmask(SIG_SETMASK, NULL, &set);
    printf("blocked after jump: %d\n", sigismember(&set, SIGUSR1));
    show("jumps");

    stack_t alt = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alt, NULL);
    handle(SIGUSR1, on_stack, SA_ONSTACK);
    raise(SIGUSR1);
    show("alternate stack");

    handle(SIGSEGV, on_fault, 0);
    printf("fault: %d\n", load((int *)16));
    for (int i = 0; i < 20000; i++)
        if (load((int *)0x1000) != 4711)
            abort();
        else
            order[0] = 0;
    signal(SIGSEGV, on_plain);
    raise(SIGSEGV);
    kill(getpid(), SIGSEGV);
    show("sent faults");

    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    signal(SIGPIPE, on_plain);
    int fds[2];
    pipe(fds);
    close(fds[0]);
    int r = write(fds[1], "x", 1);
    printf("closed pipe: %d %s\n", r, strerror(errno));
    show("pipe");
    interruptions();
    signal(SIGSEGV, SIG_DFL);
    raise(SIGTERM);
    return 0;
}
