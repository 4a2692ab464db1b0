/*
 * operations NAME COUNT [ARGUMENT...]: makes system calls whose cost is that of processes, threads and signals, and
 * prints how many it made.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void wait_for(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) != child)
        fail("waitpid");
    if (status != 0) {
        fprintf(stderr, "child: status %x\n", status);
        exit(1);
    }
}

static void fork_exit(int count, char **argv)
{
    (void)argv;
    while (count-- > 0) {
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        wait_for(child);
    }
}

static void fork_exec(int count, char **argv)
{
    while (count-- > 0) {
        pid_t child = fork();
        if (child == 0) {
            execvp(argv[0], argv);
            _exit(127);
        }
        wait_for(child);
    }
}

static void spawn(int count, char **argv)
{
    while (count-- > 0) {
        pid_t child;
        errno = posix_spawnp(&child, argv[0], NULL, NULL, argv, environ);
        if (errno != 0)
            fail("posix_spawnp");
        wait_for(child);
    }
}

static void *nothing(void *argument)
{
    return argument;
}

static void thread(int count, char **argv)
{
    (void)argv;
    while (count-- > 0) {
        pthread_t t;
        if ((errno = pthread_create(&t, NULL, nothing, NULL)) != 0)
            fail("pthread_create");
        pthread_join(t, NULL);
    }
}

static int ball, rounds;

/* Waits until the ball is at `mine`, and throws it back. */
static void play(int mine)
{
    for (int i = 0; i < rounds; i++) {
        while (__atomic_load_n(&ball, __ATOMIC_ACQUIRE) != mine)
            syscall(SYS_futex, &ball, FUTEX_WAIT_PRIVATE, !mine, NULL, NULL, 0);
        __atomic_store_n(&ball, !mine, __ATOMIC_RELEASE);
        syscall(SYS_futex, &ball, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static void *opponent(void *argument)
{
    play(1);
    return argument;
}

static void futex(int count, char **argv)
{
    pthread_t t;
    (void)argv;
    rounds = count;
    if ((errno = pthread_create(&t, NULL, opponent, NULL)) != 0)
        fail("pthread_create");
    play(0);
    pthread_join(t, NULL);
}

static unsigned checksum;

static void *compute(void *argument)
{
    unsigned x = 1, sum = 0;
    for (long i = *(int *)argument * 10000L; i > 0; i--) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        sum += x & i;
    }
    __atomic_fetch_add(&checksum, sum, __ATOMIC_RELAXED);
    return NULL;
}

/* COUNT units of work for each of two threads, one after the other or (two) beside each other. */
static void compute_one(int count, char **argv)
{
    (void)argv;
    compute(&count);
    compute(&count);
}

static void compute_two(int count, char **argv)
{
    pthread_t t;
    (void)argv;
    if ((errno = pthread_create(&t, NULL, compute, &count)) != 0)
        fail("pthread_create");
    compute(&count);
    pthread_join(t, NULL);
}

static volatile int handled;

static void handler(int signal)
{
    (void)signal;
    handled++;
}

static void info_handler(int signal, siginfo_t *info, void *context)
{
    (void)context;
    handled += info->si_signo == signal;
}

static void signals(int count, char **argv)
{
    (void)argv;
    signal(SIGUSR1, handler);
    for (int i = 0; i < count; i++)
        raise(SIGUSR1);
    if (handled != count)
        fail("signals were lost");
}

/* Queued, and taken one after the other. */
static void queued_signals(int count, char **argv)
{
    sigset_t set;
    struct sigaction action = {.sa_sigaction = info_handler, .sa_flags = SA_SIGINFO};
    (void)argv;
    sigaction(SIGRTMIN, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    for (int i = 0; i < count; i += 100) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        for (int j = 0; j < 100; j++)
            if (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = j}) < 0)
                fail("sigqueue");
        sigprocmask(SIG_UNBLOCK, &set, NULL);
    }
    if (handled < count)
        fail("signals were lost");
}

static void pipe_byte(int count, char **argv)
{
    int ends[2];
    char c = 0;
    (void)argv;
    if (pipe(ends) < 0)
        fail("pipe");
    while (count-- > 0)
        if (write(ends[1], &c, 1) != 1 || read(ends[0], &c, 1) != 1)
            fail("pipe");
}

static void getppid_loop(int count, char **argv)
{
    (void)argv;
    while (count-- > 0)
        getppid();
}

static const struct {
    const char *name;
    void (*run)(int count, char **argv);
} OPERATIONS[] = {
    {"fork-exit", fork_exit},     {"fork-exec", fork_exec},     {"spawn", spawn},     {"thread", thread},
    {"futex", futex},             {"compute-one", compute_one}, {"compute-two", compute_two},
    {"signal", signals},          {"queued-signal", queued_signals},
    {"pipe", pipe_byte},          {"getppid", getppid_loop},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc >= 3 && i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
        if (strcmp(argv[1], OPERATIONS[i].name) == 0) {
            OPERATIONS[i].run(atoi(argv[2]), argv + 3);
            return 0;
        }
    fprintf(stderr, "operations NAME COUNT [ARGUMENT...]\n");
    return 2;
}
