/* System V and POSIX IPC: semaphores, shared memory, messages, message queues, timers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SHOW(call)                                                                    \
  do {                                                                                \
    errno = 0;                                                                        \
    long r_ = (long)(call);                                                           \
    printf("%-40s %ld %s\n", #call, r_ < 0 ? -1 : r_, r_ < 0 ? strerror(errno) : ""); \
  } while (0)
#define OK(call)                                                                        \
  do {                                                                                  \
    errno = 0;                                                                          \
    printf("%-40s %s\n", #call, (long)(call) == -1 ? strerror(errno) : "succeeds"); \
  } while (0)

union semun {
  int val;
  struct semid_ds *buf;
  unsigned short *array;
  struct seminfo *info;
};

static void semaphores(void) {
  int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0640);
  unsigned short values[3] = {1, 2, 3}, got[3];
  struct semid_ds ds;
  SHOW(semctl(id, 0, SETALL, (union semun){.array = values}));
  SHOW(semctl(id, 1, SETVAL, (union semun){.val = 9}));
  SHOW(semctl(id, 0, GETALL, (union semun){.array = got}));
  printf("%d %d %d\n", got[0], got[1], got[2]);
  SHOW(semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}));
  printf("mode %o nsems %lu ctime %d otime %ld\n", ds.sem_perm.mode, (unsigned long)ds.sem_nsems, labs((long)(ds.sem_ctime - time(NULL))) < 10,
         (long)ds.sem_otime);
  struct sembuf ops[2] = {{0, -1, 0}, {2, 5, 0}};
  SHOW(semop(id, ops, 2));
  SHOW(semctl(id, 0, GETVAL));
  SHOW(semctl(id, 2, GETVAL));
  SHOW(semctl(id, 2, GETPID) == getpid());
  ops[0].sem_flg = IPC_NOWAIT;
  SHOW(semop(id, ops, 1));
  ops[0].sem_flg = 0;
  struct timespec brief = {0, 20000000};
  SHOW(semtimedop(id, ops, 1, &brief));
  SHOW(semop(id, ops, 0));
  ds.sem_perm.mode = 0600;
  SHOW(semctl(id, 0, IPC_SET, (union semun){.buf = &ds}));
  SHOW(semctl(id, 0, IPC_RMID));
  SHOW(semctl(id, 0, GETVAL));
  SHOW(semget(0x7ffffff1, 1, 0));
}

static void memory(void) {
  int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600);
  struct shmid_ds ds;
  char *a = shmat(id, NULL, 0), *b = shmat(id, NULL, 0), *c = shmat(id, NULL, SHM_RDONLY);
  strcpy(a + 9000, "shared");
  printf("%s %s %d\n", b + 9000, c + 9000, a != b && b != c);
  SHOW(shmctl(id, IPC_STAT, &ds));
  printf("size %lu attached %lu mode %o cpid %d\n", (unsigned long)ds.shm_segsz, (unsigned long)ds.shm_nattch, ds.shm_perm.mode,
         ds.shm_cpid == getpid());
  SHOW(shmdt(b));
  SHOW(shmdt(b));
  SHOW(shmctl(id, IPC_RMID, NULL));
  SHOW(shmctl(id, IPC_STAT, &ds));
  printf("destroyed %d attached %lu %s\n", (ds.shm_perm.mode & SHM_DEST) != 0, (unsigned long)ds.shm_nattch, a + 9000);
  SHOW(shmdt(a));
  SHOW(shmdt(c));
  SHOW(shmat(id, NULL, 0) == (void *)-1 ? -1 : 0);
}

static void messages(void) {
  int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  struct {
    long type;
    char text[64];
  } m = {7, "seven"}, got = {0, ""};
  struct msqid_ds ds;
  SHOW(msgsnd(id, &m, 6, 0));
  m.type = 3;
  strcpy(m.text, "three");
  SHOW(msgsnd(id, &m, 6, IPC_NOWAIT));
  SHOW(msgctl(id, IPC_STAT, &ds));
  printf("%lu messages, %d\n", (unsigned long)ds.msg_qnum, ds.msg_lspid == getpid());
  SHOW(msgrcv(id, &got, 64, -5, 0));
  printf("%ld %s\n", got.type, got.text);
  SHOW(msgrcv(id, &got, 3, 0, 0));
  SHOW(msgrcv(id, &got, 3, 0, MSG_NOERROR));
  printf("%ld %.3s\n", got.type, got.text);
  SHOW(msgrcv(id, &got, 64, 0, IPC_NOWAIT));
  SHOW(msgctl(id, IPC_RMID, NULL));
  SHOW(msgsnd(id, &m, 6, 0));
}

static void queues(void) {
  char name[64], text[128];
  unsigned priority;
  snprintf(name, sizeof name, "/tsemu-queue-%d", getpid());
  struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 100};
  mqd_t q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
  OK(q);
  OK(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
  SHOW(mq_send(q, "low", 4, 1));
  SHOW(mq_send(q, "high", 5, 8));
  SHOW(mq_getattr(q, &attr));
  printf("%ld %ld %ld %ld\n", attr.mq_flags, attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs);
  SHOW(mq_receive(q, text, 128, &priority));
  printf("%s %u\n", text, priority);
  SHOW(mq_receive(q, text, 99, &priority));
  SHOW(mq_receive(q, text, 100, NULL));
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  SHOW(mq_timedreceive(q, text, 100, NULL, &now));
  attr.mq_flags = O_NONBLOCK;
  SHOW(mq_setattr(q, &attr, NULL));
  SHOW(mq_receive(q, text, 100, NULL));
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  SHOW(mq_notify(q, &none));
  SHOW(mq_notify(q, &none));
  SHOW(mq_notify(q, NULL));
  SHOW(mq_close(q));
  SHOW(mq_unlink(name));
  SHOW(mq_unlink(name));
}

static void posix(void) {
  char name[64];
  snprintf(name, sizeof name, "/tsemu-shm-%d", getpid());
  int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
  SHOW(ftruncate(fd, 4096));
  char *a = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *b = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  strcpy(a, "posix");
  puts(b);
  SHOW(close(fd));
  SHOW(shm_unlink(name));
  sem_t *s = sem_open(name, O_CREAT, 0600, 2);
  int value;
  SHOW(sem_wait(s));
  SHOW(sem_trywait(s));
  SHOW(sem_trywait(s));
  SHOW(sem_post(s));
  SHOW(sem_getvalue(s, &value));
  printf("%d\n", value);
  SHOW(sem_close(s));
  SHOW(sem_unlink(name));
}

static void timers(void) {
  timer_t t;
  struct sigevent none = {.sigev_notify = SIGEV_NONE};
  SHOW(timer_create(CLOCK_MONOTONIC, &none, &t));
  struct itimerspec set = {{2, 500}, {100, 0}}, old;
  SHOW(timer_settime(t, 0, &set, NULL));
  SHOW(timer_gettime(t, &old));
  printf("%ld %ld %d\n", (long)old.it_interval.tv_sec, (long)old.it_interval.tv_nsec, old.it_value.tv_sec >= 98);
  SHOW(timer_getoverrun(t));
  memset(&set, 0, sizeof set);
  SHOW(timer_settime(t, 0, &set, &old));
  printf("%d\n", old.it_value.tv_sec >= 98);
  SHOW(timer_delete(t));
  SHOW(timer_create(99, &none, &t));
  struct itimerval real = {{0, 0}, {50, 0}}, was;
  SHOW(setitimer(ITIMER_REAL, &real, NULL));
  SHOW(getitimer(ITIMER_REAL, &was));
  printf("%d\n", was.it_value.tv_sec >= 48);
  SHOW(alarm(0) >= 48);
  SHOW(setitimer(77, &real, NULL));
}

int main(void) {
  semaphores();
  memory();
  messages();
  queues();
  posix();
  timers();
}
