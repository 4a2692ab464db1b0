/* Clocks advance; conversions of fixed times. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static void show(time_t t)
{
    struct tm tm;
    char text[100];
    gmtime_r(&t, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %b %j %U %w %Z", &tm);
    printf("%lld %s back %d\n", (long long)t, text, timegm(&tm) == t);
}

int main(void)
{
    const time_t fixed[] = {0, 1, 86399, 951782400, 1234567890, 1700000000, 2147483647, -1, -2147483647};
    for (unsigned i = 0; i < sizeof fixed / sizeof *fixed; i++)
        show(fixed[i]);
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    time_t summer = 1720000000;
    printf("%s", ctime(&summer));
    struct timespec a, b, resolution;
    const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID, CLOCK_BOOTTIME};
    for (unsigned i = 0; i < 5; i++) {
        int r = clock_gettime(clocks[i], &a), s = clock_gettime(clocks[i], &b), q = clock_getres(clocks[i], &resolution);
        printf("clock %u: %d %d %d ordered %d\n", i, r, s, q, b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
    }
    printf("bad clock %d %s\n", clock_gettime(77, &a), strerror(errno));
    struct timeval tv;
    printf("gettimeofday %d near time() %d\n", gettimeofday(&tv, NULL), labs(tv.tv_sec - time(NULL)) <= 1);
    clock_gettime(CLOCK_MONOTONIC, &a);
    struct timespec nap = {0, 20000000};
    printf("nanosleep %d\n", nanosleep(&nap, NULL));
    printf("clock_nanosleep %d\n", clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL));
    usleep(1000);
    clock_gettime(CLOCK_MONOTONIC, &b);
    long long slept = (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
    printf("slept enough %d\n", slept >= 41000000);
    nap.tv_nsec = 1000000000;
    int bad = nanosleep(&nap, NULL);
    printf("bad nanosleep %d %s\n", bad, strerror(errno));
    struct tms t;
    printf("times %d\n", times(&t) != (clock_t)-1);
    struct rusage u;
    printf("getrusage %d\n", getrusage(RUSAGE_SELF, &u));
    printf("clock %d\n", clock() != (clock_t)-1);
    return 0;
}
