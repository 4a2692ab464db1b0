/* A tree of processes that do all kinds of things for ever: prints "ready" when all have begun. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int begun[2], never[2];

static void *spin(void *arg)
{
    (void)arg;
    for (volatile unsigned n = 0;; n++)
        ;
}

static void go_on(int what)
{
    char c = 0;
    pthread_t t;
    if (write(begun[1], &c, 1) != 1)
        _exit(1);
    switch (what % 4) {
    case 0:
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    case 1:
        pthread_create(&t, NULL, spin, NULL);
        pthread_join(t, NULL);
        break;
    case 2: /* children that end at once */
        for (;;)
            if (fork() == 0)
                _exit(0);
            else
                usleep(20000);
    default:
        if (read(never[0], &c, 1) != 1)
            _exit(1);
    }
}

int main(void)
{
    char c;
    if (pipe(begun) || pipe(never))
        return 1;
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            if (fork() == 0)
                go_on(i + 1);
            go_on(i);
        }
    for (int i = 0; i < 8; i++)
        if (read(begun[0], &c, 1) != 1)
            return 1;
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
