/*
 * Signals that arrive at any moment: races SCENARIO SEED ROUNDS. Nothing may be lost, no call may hang, no child may
 * get what was its parent's. What is printed does not depend on the seed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint32_t state;
static volatile sig_atomic_t arrived, of_child;
static pid_t parent;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static void fail(const char *what, int round)
{
    printf("round %d: %s: %s\n", round, what, strerror(errno));
    fflush(stdout);
    kill(0, SIGKILL);
}

static void count(int sig)
{
    (void)sig;
    arrived++;
}

static void handle(int sig, void (*handler)(int), int flags)
{
    struct sigaction sa = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&sa.sa_mask);
    sigaction(sig, &sa, NULL);
}

static sigset_t only(int sig)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sig);
    return set;
}

/* Runs for up to 64 K turns: a delay that no clock rounds. */
static void spin(void)
{
    for (volatile uint32_t n = draw(1u << draw(16)); n > 0; n--)
        ;
}

/* A child sends one signal for each byte that it is asked with, after a while. */
static pid_t start_sender(int requests, int others_end, int sig)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    close(others_end);
    char c;
    while (read(requests, &c, 1) == 1) {
        spin();
        kill(parent, sig);
    }
    _exit(0);
}

/* Calls that wait, each in its own way: a signal that comes before, while or after it begins to wait must end the wait. */
static void blocking(int rounds)
{
    int request[2], data[2];
    if (pipe(request) || pipe(data))
        fail("pipe", -1);
    handle(SIGUSR1, count, 0);
    sigset_t usr1 = only(SIGUSR1), before;
    pid_t sender = start_sender(request[0], request[1], SIGUSR1);
    for (int i = 0; i < rounds; i++) {
        int seen = arrived, way = draw(4);
        sigprocmask(SIG_BLOCK, &usr1, &before);
        if (write(request[1], "s", 1) != 1)
            fail("request", i);
        spin();
        struct pollfd p = {.fd = data[0], .events = POLLIN};
        fd_set set;
        FD_ZERO(&set);
        FD_SET(data[0], &set);
        if (way == 0)
            sigsuspend(&before);
        else if (way == 1 && ppoll(&p, 1, NULL, &before) != -1)
            fail("ppoll", i);
        else if (way == 2 && pselect(data[0] + 1, &set, NULL, NULL, NULL, &before) != -1)
            fail("pselect", i);
        else if (way == 3 && sigwaitinfo(&usr1, NULL) != SIGUSR1)
            fail("sigwaitinfo", i);
        if (arrived != seen + (way != 3))
            fail("a signal was lost, or came twice", i);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    close(request[1]);
    waitpid(sender, NULL, 0);
}

/* Reads that a signal interrupts go on by themselves, or say so: never is a byte lost. */
static void restarting(int rounds)
{
    int data[2];
    if (pipe(data))
        fail("pipe", -1);
    handle(SIGALRM, count, 0);
    pid_t writer = fork();
    if (writer == 0) {
        close(data[0]);
        for (int i = 0; i < rounds; i++) {
            spin();
            char c = i;
            if (write(data[1], &c, 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    close(data[1]);
    struct itimerval often = {.it_interval = {0, 300}, .it_value = {0, 300}}, never = {0};
    int restarts = 0;
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < rounds; i++) {
        if (draw(8) == 0)
            handle(SIGALRM, count, (restarts = !restarts) ? SA_RESTART : 0);
        char c;
        ssize_t n;
        while ((n = read(data[0], &c, 1)) == -1)
            if (errno != EINTR || restarts)
                fail("read", i);
        if (n != 1 || c != (char)i)
            fail("wrong byte", i);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    int status;
    while (waitpid(writer, &status, 0) == -1)
        ;
    if (status != 0)
        fail("writer", rounds);
}

static void from_parent(int sig)
{
    (void)sig;
    of_child++;
}

/* Forks under fire: the child gets the signal that is sent to it, and none that was its parent's. */
static void forking(int rounds)
{
    handle(SIGALRM, count, SA_RESTART);
    handle(SIGUSR2, from_parent, SA_RESTART);
    struct itimerval often = {.it_interval = {0, 400}, .it_value = {0, 400}}, never = {0};
    sigset_t usr2 = only(SIGUSR2), before;
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < rounds; i++) {
        int awaits = draw(2);
        if (awaits)
            sigprocmask(SIG_BLOCK, &usr2, &before);
        pid_t pid = fork();
        if (pid == 0) {
            /* timers are not inherited: from now on no SIGALRM */
            int seen = arrived;
            if (awaits)
                while (!of_child)
                    sigsuspend(&before);
            spin();
            _exit(arrived == seen && of_child == awaits ? i % 100 : 101);
        }
        if (pid < 0)
            fail("fork", i);
        if (awaits) {
            kill(pid, SIGUSR2);
            sigprocmask(SIG_SETMASK, &before, NULL);
        }
        int status;
        if (waitpid(pid, &status, 0) != pid)
            fail("waitpid", i);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != i % 100)
            fail(WIFEXITED(status) && WEXITSTATUS(status) == 101 ? "the child got its parent's signal" : "the child died", i);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    if (of_child != 0)
        fail("signals", rounds);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int whose, limit, done;

static void *take_turns(void *arg)
{
    int me = (int)(intptr_t)arg;
    pthread_mutex_lock(&lock);
    while (done < limit) {
        while (whose != me && done < limit)
            pthread_cond_wait(&turn, &lock);
        whose = 1 - me;
        done++;
        pthread_cond_broadcast(&turn);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Futex waits that handlers interrupt: threads that take turns never miss theirs. */
static void waking(int rounds)
{
    handle(SIGUSR1, count, SA_RESTART);
    limit = rounds;
    pthread_t t[2];
    for (intptr_t i = 0; i < 2; i++)
        if (pthread_create(&t[i], NULL, take_turns, (void *)i))
            fail("pthread_create", -1);
    for (;;) {
        pthread_mutex_lock(&lock);
        int over = done >= limit;
        pthread_mutex_unlock(&lock);
        if (over)
            break;
        pthread_kill(t[draw(2)], SIGUSR1);
        spin();
    }
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    if (done < limit)
        fail("turns", done);
}

static int next_value, wrong;

static void take_value(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    if (info->si_value.sival_int != next_value++)
        wrong++;
}

/* Real-time signals are queued: each arrives, once, with its value, in order. */
static void queueing(int rounds)
{
    struct sigaction sa = {.sa_sigaction = take_value, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGRTMIN + 1, &sa, NULL);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < rounds; i++) {
            union sigval value = {.sival_int = i};
            while (sigqueue(parent, SIGRTMIN + 1, value))
                if (errno != EAGAIN)
                    _exit(1);
                else
                    usleep(100);
        }
        _exit(0);
    }
    volatile unsigned work = 0;
    int status;
    while (waitpid(pid, &status, WNOHANG) == 0)
        for (int i = 0; i < 1000; i++)
            work += i;
    if (status != 0 || next_value != rounds || wrong != 0)
        fail("values", next_value);
}

static volatile int over;
static int sent, taken;

static void *send_to_all(void *arg)
{
    (void)arg;
    while (!over) {
        union sigval value = {.sival_int = 0};
        if (sigqueue(parent, SIGRTMIN + 2, value) == 0)
            sent++;
    }
    return NULL;
}

static void take_own(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    /* in either thread */
    __atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
    if (info->si_pid != parent)
        wrong = 1;
}

/* A child of a process with threads that send and handle signals all the time: there is nothing of that in it. */
static void leaving(int rounds)
{
    struct sigaction sa = {.sa_sigaction = take_own, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGRTMIN + 2, &sa, NULL);
    pthread_t t;
    if (pthread_create(&t, NULL, send_to_all, NULL))
        fail("pthread_create", -1);
    for (int i = 0; i < rounds; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            usleep(5000);
            _exit(i % 100);
        }
        int status;
        if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != i % 100)
            fail("child", i);
    }
    over = 1;
    pthread_join(t, NULL);
    if (wrong != 0 || taken != sent)
        fail("signals", rounds);
}

static void *nothing(void *arg)
{
    return arg;
}

/* Threads that are made and joined, some dozens at a time. */
static void joining(int rounds)
{
    enum { AT_ONCE = 25 };
    for (int i = 0; i < rounds;) {
        pthread_t t[AT_ONCE];
        int n = 1 + draw(AT_ONCE);
        if (n > rounds - i)
            n = rounds - i;
        for (int k = 0; k < n; k++)
            if (pthread_create(&t[k], NULL, nothing, (void *)(intptr_t)(i + k)))
                fail("pthread_create", i + k);
        for (int k = 0; k < n; k++) {
            void *result;
            if (pthread_join(t[k], &result) || (intptr_t)result != i + k)
                fail("pthread_join", i + k);
        }
        i += n;
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(int rounds);
    } scenarios[] = {{"blocking", blocking}, {"restarting", restarting}, {"forking", forking},
                     {"waking", waking},     {"queueing", queueing},     {"joining", joining},
                     {"leaving", leaving}};
    if (argc < 4)
        return 2;
    state = strtoul(argv[2], NULL, 0) | 1;
    parent = getpid();
    setpgid(0, 0);
    for (unsigned i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        if (!strcmp(argv[1], scenarios[i].name)) {
            scenarios[i].run(atoi(argv[3]));
            printf("%s: %s rounds\n", argv[1], argv[3]);
            return 0;
        }
    return 2;
}
