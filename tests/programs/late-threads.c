/*
 * Children that do next to nothing, then children and grandchildren that compute for a while, make threads and collect
 * signals: what the emulator saves for the ones it has to make up for in the others.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int handled;

static void handler(int signal)
{
    (void)signal;
    handled++;
}

static void *compute(void *argument)
{
    unsigned x = *(unsigned *)argument, sum = 0;
    for (int i = 0; i < 300000; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        sum += x & i;
    }
    *(unsigned *)argument = sum;
    return NULL;
}

static void work(int depth)
{
    unsigned a = 1 + depth, b = 2 + depth;
    pthread_t thread;
    compute(&a);
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    if (pthread_create(&thread, NULL, compute, &b) != 0)
        exit(2);
    raise(SIGUSR1);
    pthread_join(thread, NULL);
    printf("depth %d: %08x %08x, %d signals\n", depth, a, b, handled);
    fflush(stdout);
}

static void in_child(void (*run)(int), int argument)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        handled = 0;
        run(argument);
        exit(0);
    }
    if (waitpid(child, &status, 0) != child || status != 0)
        printf("child: status %x\n", status);
}

static void nothing(int argument)
{
    (void)argument;
}

static void family(int depth)
{
    in_child(nothing, 0);
    if (depth < 2)
        in_child(family, depth + 1);
    work(depth);
    in_child(work, 10 + depth);
}

int main(void)
{
    for (int i = 0; i < 12; i++)
        in_child(nothing, 0);
    in_child(family, 1);
    work(0);
    in_child(family, 2);
    return 0;
}
