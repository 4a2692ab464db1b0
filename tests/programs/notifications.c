/* Signals that come from timers, queues, descriptors and pidfds, and signals read from descriptors. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __mips__
#define NUMBER(n) (4000 + n)
#else
#define NUMBER(n) n
#endif

static volatile int count;
static siginfo_t last;

static void handler(int n, siginfo_t *info, void *context) {
  count++;
  last = *info;
}

static void wait_for(int n) {
  struct timespec brief = {0, 1000000};
  for (int i = 0; i < 2000 && count < n; i++) nanosleep(&brief, NULL);
}

static void install(int n) {
  struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(n, &a, NULL);
  count = 0;
}

int main(void) {
  install(SIGRTMIN + 1);
  timer_t t;
  struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 0x12345678};
  timer_create(CLOCK_MONOTONIC, &e, &t);
  struct itimerspec set = {{0, 2000000}, {0, 1000000}}, off = {{0, 0}, {0, 0}};
  timer_settime(t, 0, &set, NULL);
  wait_for(3);
  timer_settime(t, 0, &off, NULL);
  printf("timer %d %d %d %x\n", count >= 3, last.si_signo == SIGRTMIN + 1, last.si_code == SI_TIMER, last.si_value.sival_int);
  timer_delete(t);

  install(SIGUSR2);
  e.sigev_signo = SIGUSR2;
  timer_create(CLOCK_REALTIME, &e, &t);
  set.it_interval.tv_nsec = 0;
  timer_settime(t, 0, &set, NULL);
  wait_for(1);
  printf("once %d %d\n", count, last.si_signo == SIGUSR2);
  timer_delete(t);

  install(SIGALRM);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 1000}}, NULL);
  wait_for(1);
  printf("alarm %d %d\n", count, last.si_code == SI_KERNEL);
  install(SIGVTALRM);
  setitimer(ITIMER_VIRTUAL, &(struct itimerval){{0, 0}, {0, 1000}}, NULL);
  for (volatile long i = 0; i < 2000000000 && count == 0; i++) {
  }
  printf("virtual %d\n", count);

  char name[64];
  snprintf(name, sizeof name, "/tsemu-notify-%d", getpid());
  mqd_t q = mq_open(name, O_RDWR | O_CREAT, 0600, &(struct mq_attr){.mq_maxmsg = 2, .mq_msgsize = 8});
  install(SIGUSR1);
  e.sigev_signo = SIGUSR1;
  mq_notify(q, &e);
  mq_send(q, "x", 1, 0);
  wait_for(1);
  printf("queue %d %d %d %x\n", count, last.si_code == SI_MESGQ, last.si_pid == getpid(), last.si_value.sival_int);
  mq_close(q);
  mq_unlink(name);

  int pair[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  install(SIGIO);
  fcntl(pair[0], F_SETOWN, getpid());
  fcntl(pair[0], F_SETFL, O_ASYNC);
  write(pair[1], "x", 1);
  wait_for(1);
  printf("io %d %d\n", count, fcntl(pair[0], F_GETOWN) == getpid());
  install(SIGRTMIN + 3);
  fcntl(pair[0], F_SETSIG, SIGRTMIN + 3);
  write(pair[1], "x", 1);
  wait_for(1);
  printf("sig %d %d %d %d\n", count, last.si_code == POLL_IN, last.si_fd == pair[0], fcntl(pair[0], F_GETSIG) == SIGRTMIN + 3);
  fcntl(pair[0], F_SETFL, 0);

  int self = syscall(NUMBER(434), getpid(), 0);
  install(SIGRTMIN + 4);
  siginfo_t info = {.si_signo = SIGRTMIN + 4, .si_code = SI_QUEUE};
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = 77;
  int r = syscall(NUMBER(424), self, SIGRTMIN + 4, &info, 0);
  wait_for(1);
  printf("pidfd %d %d %d %d\n", r, count, last.si_code == SI_QUEUE, last.si_value.sival_int);
  r = syscall(NUMBER(424), self, SIGRTMIN + 4, NULL, 0);
  wait_for(2);
  printf("plain %d %d %d %d\n", r, count, last.si_code == SI_USER, last.si_pid == getpid());

  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigaddset(&blocked, SIGCHLD);
  sigaddset(&blocked, SIGRTMIN + 2);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  int s = signalfd(-1, &blocked, SFD_NONBLOCK);
  struct signalfd_siginfo got[3];
  printf("signalfd %d\n", read(s, got, sizeof got) < 0 && errno == EAGAIN);
  sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = -5});
  kill(getpid(), SIGUSR1);
  printf("ready %d\n", poll(&(struct pollfd){s, POLLIN}, 1, 1000));
  int n = read(s, got, sizeof got) / sizeof *got;
  for (int i = 0; i < n; i++)
    printf("%d %d %d %d %d\n", got[i].ssi_signo == SIGUSR1, got[i].ssi_signo == SIGRTMIN + 2, got[i].ssi_pid == getpid(), got[i].ssi_code == SI_QUEUE,
           got[i].ssi_signo == SIGUSR1 ? 0 : got[i].ssi_int);
  count = 0;
  if (fork() == 0) _exit(3);
  poll(&(struct pollfd){s, POLLIN}, 1, 5000);
  n = read(s, got, sizeof got) / sizeof *got;
  int ends[2], status;
  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 40);
    write(ends[1], "x", 1);
    pause();
  }
  char c;
  read(ends[0], &c, 1);
  int pidfd = syscall(NUMBER(434), child, 0), theirs = syscall(NUMBER(438), pidfd, 40, 0);
  printf("theirs %d", (int)write(theirs, "y", 1));
  printf(" %d", (int)read(ends[0], &c, 1));
  printf(" %c %d\n", c, syscall(NUMBER(438), pidfd, 41, 0) < 0 && errno == EBADF);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  printf("child %d %d %d %d\n", n, got[0].ssi_signo == SIGCHLD, got[0].ssi_status, got[0].ssi_code == CLD_EXITED);
  return 0;
}
