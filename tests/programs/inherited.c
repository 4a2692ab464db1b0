/* Signals that the program was started with ignored or blocked; then starts itself once more if there are arguments. */
#include <signal.h>
#include <stdio.h>
#include <pthread.h>
#include <unistd.h>

static void *again(void *argv)
{
    execv(((char **)argv)[1], (char **)argv + 1);
    return NULL;
}

int main(int argc, char **argv)
{
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int n = 1; n < 65; n++) {
        struct sigaction sa;
        int blocked = sigismember(&mask, n) == 1;
        int ignored = sigaction(n, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
        if (blocked || ignored)
            printf("%d%s%s ", n, blocked ? " blocked" : "", ignored ? " ignored" : "");
    }
    printf("\n");
    fflush(stdout);
    if (argc > 2) { /* from a thread */
        pthread_t t;
        pthread_create(&t, NULL, again, argv);
        pthread_join(t, NULL);
    }
    if (argc > 1)
        again(argv);
    return 0;
}
