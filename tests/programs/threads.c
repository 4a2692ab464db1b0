/* Threads: creation and joining, locks, conditions, thread-local data, signals, fork and the end of a process from one. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N 4
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static __thread int own = 7;
static int counter, turn, destroyed;
static uint64_t wide;
static sem_t ready;

static void on_destroy(void *value)
{
    __atomic_add_fetch(&destroyed, (int)(intptr_t)value, __ATOMIC_SEQ_CST);
}

static void *count(void *arg)
{
    intptr_t me = (intptr_t)arg;
    own += me;
    pthread_setspecific(key, (void *)(me + 1));
    for (int i = 0; i < 5000; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        pthread_mutex_unlock(&lock);
        __atomic_add_fetch(&wide, 0x100000001ull, __ATOMIC_SEQ_CST);
    }
    pthread_barrier_wait(&barrier);
    return (void *)(intptr_t)own;
}

static void *take_turns(void *arg)
{
    int me = (intptr_t)arg;
    for (int round = 0; round < 50; round++) {
        pthread_mutex_lock(&lock);
        while (turn % N != me)
            pthread_cond_wait(&changed, &lock);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static volatile sig_atomic_t got;
static pthread_t who;
static void on_signal(int sig)
{
    got = sig;
    who = pthread_self();
}

static void *wait_for_signal(void *arg)
{
    (void)arg;
    sem_post(&ready);
    while (!got)
        ;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    sem_post(&ready);
    sigemptyset(&set);
    sigsuspend(&set);
    return pthread_equal(who, pthread_self()) ? "right" : "wrong";
}

static void *wait_in_call(void *arg)
{
    sigset_t set;
    int sig;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sem_post(&ready);
    sigwait(&set, &sig);
    *(int *)arg = sig;
    return NULL;
}

static void *cancelled(void *arg)
{
    (void)arg;
    sem_post(&ready);
    for (;;)
        pause();
}

static void *make_child(void *arg)
{
    (void)arg;
    pid_t pid = fork();
    if (pid == 0) {
        /* the only thread here; others held no lock */
        printf("child of a thread: %d %d\n", getpid() == gettid(), counter);
        fflush(stdout);
        _exit(33);
    }
    int status;
    waitpid(pid, &status, 0);
    return (void *)(intptr_t)WEXITSTATUS(status);
}

static void *start_program(void *arg)
{
    (void)arg;
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", "exit 5", NULL);
        _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    return (void *)(intptr_t)WEXITSTATUS(status);
}

static void *spin(void *arg)
{
    volatile unsigned *n = arg;
    for (;;)
        ++*n;
}

static void *owner_dies(void *arg)
{
    pthread_mutex_lock(arg);
    return NULL;
}

/* Threads in /proc/self/task, given five seconds to become as many as expected, and whether the calling one is among them. It waits because a joined
   thread stays listed for a moment: do_exit clears and wakes the tid (mm_release) before release_task takes the thread out of /proc. */
static void list_threads(const char *title, int expected)
{
    int all = -1, own = 0;
    for (int tries = 0; all != expected && tries < 5000; tries++) {
        usleep(all < 0 ? 0 : 1000);
        DIR *dir = opendir("/proc/self/task");
        all = own = 0;
        for (struct dirent *d; (d = readdir(dir)) != NULL;) {
            all += d->d_name[0] != '.';
            own += atoi(d->d_name) == gettid();
        }
        closedir(dir);
    }
    printf("%s: %d threads, %d own\n", title, all, own);
}

static pthread_barrier_t both;
static void *list(void *arg)
{
    (void)arg;
    list_threads("second", 2);
    pthread_barrier_wait(&both);
    return NULL;
}

static void *note_id(void *arg)
{
    *(long *)arg = syscall(SYS_gettid);
    return arg;
}

static void *finish(void *arg)
{
    (void)arg;
    exit(42);
}

static void run(const char *title, void *(*start)(void *), int n)
{
    pthread_t t[N];
    void *result;
    intptr_t sum = 0;
    for (int i = 0; i < n; i++)
        pthread_create(&t[i], NULL, start, (void *)(intptr_t)i);
    for (int i = 0; i < n; i++) {
        pthread_join(t[i], &result);
        sum += (intptr_t)result;
    }
    printf("%s: %d\n", title, (int)sum);
}

int main(int argc, char **argv)
{
    pthread_t t;
    void *result;
    setvbuf(stdout, NULL, _IONBF, 0);
    pthread_barrier_init(&barrier, NULL, N);
    pthread_key_create(&key, on_destroy);
    sem_init(&ready, 0, 0);
    if (argc > 1) { /* the first thread ends before the others */
        pthread_create(&t, NULL, finish, NULL);
        pthread_exit(NULL);
    }
    run("count", count, N);
    printf("counter %d, wide %llx, own %d, destroyed %d\n", counter, (unsigned long long)wide, own, destroyed);
    pthread_barrier_init(&both, NULL, 2);
    pthread_create(&t, NULL, list, NULL);
    pthread_barrier_wait(&both);
    pthread_join(t, NULL);
    list_threads("first", 1);
    run("turns", take_turns, N);
    printf("turn %d\n", turn);
    long id = 0, last = 0;
    int again = 0;
    for (int i = 0; i < 300; i++, last = id) {
        if (pthread_create(&t, NULL, note_id, &id) || pthread_join(t, NULL))
            abort();
        again += id == last;
    }
    printf("ids that the thread before had: %d\n", again);

    signal(SIGUSR1, on_signal);
    pthread_create(&t, NULL, wait_for_signal, NULL);
    sem_wait(&ready);
    pthread_kill(t, SIGUSR1);
    sem_wait(&ready);
    pthread_kill(t, SIGUSR1);
    pthread_join(t, &result);
    printf("signal: %s\n", (char *)result);

    int sig = 0;

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&t, NULL, wait_in_call, &sig);
    sem_wait(&ready);
    kill(getpid(), SIGUSR2);
    pthread_join(t, NULL);
    printf("sigwait: %d\n", sig == SIGUSR2);

    pthread_create(&t, NULL, cancelled, NULL);
    sem_wait(&ready);
    pthread_cancel(t);
    pthread_join(t, &result);
    printf("cancelled: %d\n", result == PTHREAD_CANCELED);

    pthread_mutexattr_t attr;
    pthread_mutex_t robust;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attr);
    pthread_create(&t, NULL, owner_dies, &robust);
    pthread_join(t, NULL);
    printf("robust: %s\n", strerror(pthread_mutex_lock(&robust)));

    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 30000000;
    if (until.tv_nsec >= 1000000000)
        until.tv_nsec -= 1000000000, until.tv_sec++;
    pthread_mutex_lock(&lock);
    printf("timed wait: %s\n", strerror(pthread_cond_timedwait(&changed, &lock, &until)));
    pthread_mutex_unlock(&lock);

    unsigned spins = 0;
    pthread_t spinner;
    pthread_create(&spinner, NULL, spin, &spins);
    run("fork", make_child, 1);
    for (int i = 0; i < 5; i++)
        make_child(NULL);
    run("spawn", start_program, 1);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("memory: %d %d\n", page != MAP_FAILED, munmap(page, 4096));
    printf("spinning: %d\n", *(volatile unsigned *)&spins > 0);
    pthread_create(&t, NULL, finish, NULL);
    pause();
    return 0;
}
