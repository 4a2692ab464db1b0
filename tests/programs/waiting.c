/* select, poll, ppoll and epoll on pipes. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <unistd.h>

int main(void)
{
    int p[2], q[2];
    printf("pipes %d %d\n", pipe(p), pipe(q));
    struct pollfd fds[3] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {99, POLLIN, 0}};
    printf("poll %d", poll(fds, 3, 0));
    printf(" %x %x %x\n", fds[0].revents, fds[1].revents, fds[2].revents);
    printf("write %zd\n", write(p[1], "abc", 3));
    printf("poll %d", poll(fds, 2, -1));
    printf(" %x %x\n", fds[0].revents, fds[1].revents);
    struct timespec none = {0, 1000000};
    struct pollfd quiet = {q[0], POLLIN, 0};
    printf("ppoll timeout %d\n", ppoll(&quiet, 1, &none, NULL));
    fd_set r, w;
    FD_ZERO(&r);
    FD_ZERO(&w);
    FD_SET(p[0], &r);
    FD_SET(q[0], &r);
    FD_SET(q[1], &w);
    struct timeval tv = {1, 0};
    int n = select(q[1] + 1, &r, &w, NULL, &tv);
    printf("select %d: %d %d %d\n", n, !!FD_ISSET(p[0], &r), !!FD_ISSET(q[0], &r), !!FD_ISSET(q[1], &w));
    FD_ZERO(&r);
    FD_SET(q[0], &r);
    tv = (struct timeval){0, 2000};
    printf("select timeout %d left %ld\n", select(q[1] + 1, &r, NULL, NULL, &tv), tv.tv_sec + tv.tv_usec);
    FD_SET(q[0], &r);
    printf("pselect %d\n", pselect(q[1] + 1, &r, NULL, NULL, &none, NULL));
    int e = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0x1122334455667788ULL}, out[4];
    printf("epoll add %d\n", epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event));
    printf("epoll add again %d %s\n", epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event), strerror(errno));
    event.events = EPOLLOUT | EPOLLET;
    event.data.u64 = 7;
    epoll_ctl(e, EPOLL_CTL_ADD, q[1], &event);
    n = epoll_wait(e, out, 4, 1000);
    printf("epoll %d\n", n);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < n; i++)
            if ((out[i].data.u64 == 7) == k)
                printf("  %x %llx\n", out[i].events, (unsigned long long)out[i].data.u64);
    printf("epoll edge %d\n", epoll_wait(e, out, 4, 0));
    printf("epoll del %d\n", epoll_ctl(e, EPOLL_CTL_DEL, p[0], NULL));
    printf("epoll none %d\n", epoll_wait(e, out, 4, 1));
    close(q[1]);
    printf("poll hangup %d", poll(&quiet, 1, -1));
    printf(" %x\n", quiet.revents);
    int ev = eventfd(3, EFD_NONBLOCK);
    unsigned long long value = 0;
    printf("eventfd %zd", read(ev, &value, 8));
    printf(" %llu\n", value);
    printf("empty %zd %s\n", read(ev, &value, 8), strerror(errno));
    return 0;
}
