/* Limits, scheduling, clocks, keys, names of processes, and calls that only administrators may make. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define SHOW(call)                                                                    \
  do {                                                                                \
    errno = 0;                                                                        \
    long r_ = (long)(call);                                                           \
    printf("%-40s %ld %s\n", #call, r_ < 0 ? -1 : r_, r_ < 0 ? strerror(errno) : ""); \
  } while (0)

static void limits(void) {
  struct rlimit l = {100, 200};
  SHOW(setrlimit(RLIMIT_NOFILE, &l));
  memset(&l, 0, sizeof l);
  SHOW(getrlimit(RLIMIT_NOFILE, &l));
  printf("%lu %lu\n", (unsigned long)l.rlim_cur, (unsigned long)l.rlim_max);
  SHOW(fcntl(0, F_DUPFD, 100));
  SHOW(dup2(0, 99));
  SHOW(dup2(0, 100));
  l.rlim_cur = 300;
  SHOW(setrlimit(RLIMIT_NOFILE, &l));
  SHOW(prlimit(0, RLIMIT_CORE, &(struct rlimit){0, 0}, &l));
  SHOW(prlimit(getpid(), RLIMIT_CORE, NULL, &l));
  printf("%lu %lu\n", (unsigned long)l.rlim_cur, (unsigned long)l.rlim_max);
  SHOW(getrlimit(99, &l));
  SHOW(prlimit(-5, RLIMIT_CORE, NULL, &l));
  struct rusage u;
  SHOW(getrusage(RUSAGE_SELF, &u));
  SHOW(getrusage(RUSAGE_THREAD, &u));
  SHOW(getrusage(7, &u));
  printf("%d\n", u.ru_maxrss > 0);
  FILE *f = fopen("/proc/self/limits", "r");
  char line[200];
  while (fgets(line, sizeof line, f))
    if (strstr(line, "open files")) fputs(line, stdout);
  fclose(f);
}

struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

static void scheduling(void) {
  struct sched_param p = {0};
  SHOW(sched_getscheduler(0));
  SHOW(sched_setscheduler(0, SCHED_BATCH, &p));
  SHOW(sched_getscheduler(0));
  SHOW(sched_getparam(0, &p));
  SHOW(sched_setparam(0, &(struct sched_param){5}));
  SHOW(sched_get_priority_max(SCHED_FIFO));
  SHOW(sched_get_priority_min(77));
  struct timespec t;
  SHOW(sched_rr_get_interval(0, &t));
  struct attributes a;
  SHOW(syscall(SYS_sched_getattr, 0, &a, sizeof a, 0));
  printf("%u %u %d\n", a.size, a.policy, a.nice);
  a.policy = SCHED_OTHER;
  a.nice = 3;
  SHOW(syscall(SYS_sched_setattr, 0, &a, 0));
  SHOW(getpriority(PRIO_PROCESS, 0));
  SHOW(setpriority(PRIO_PROCESS, 0, 5));
  SHOW(nice(2));
  cpu_set_t set;
  SHOW(sched_getaffinity(0, sizeof set, &set));
  SHOW(CPU_COUNT(&set) == sysconf(_SC_NPROCESSORS_ONLN));
  SHOW(sched_setaffinity(0, sizeof set, &set));
  CPU_ZERO(&set);
  SHOW(sched_setaffinity(0, sizeof set, &set));
  unsigned cpu, node;
  SHOW(getcpu(&cpu, &node));
  SHOW(sched_yield());
  SHOW(syscall(SYS_membarrier, 0, 0) > 0);
  SHOW(syscall(SYS_ioprio_get, 1, 0) >= 0);
}

static void names(void) {
  char name[17] = "";
  SHOW(prctl(PR_SET_NAME, "a name that is too long"));
  SHOW(prctl(PR_GET_NAME, name));
  puts(name);
  FILE *f = fopen("/proc/self/comm", "r");
  fgets(name, sizeof name, f);
  fputs(name, stdout);
  int v = -1;
  SHOW(prctl(PR_SET_PDEATHSIG, 15));
  SHOW(prctl(PR_GET_PDEATHSIG, &v));
  printf("%d\n", v);
  SHOW(prctl(PR_SET_DUMPABLE, 0));
  SHOW(prctl(PR_GET_DUMPABLE));
  SHOW(prctl(PR_SET_DUMPABLE, 1));
  SHOW(prctl(PR_GET_KEEPCAPS));
  SHOW(prctl(PR_SET_CHILD_SUBREAPER, 1));
  SHOW(prctl(PR_GET_CHILD_SUBREAPER, &v));
  printf("%d\n", v);
  SHOW(prctl(PR_SET_TIMERSLACK, 60000));
  SHOW(prctl(PR_GET_TIMERSLACK));
  SHOW(prctl(9999));
  SHOW(prctl(PR_CAPBSET_READ, 999));
}

static void clocks(void) {
  struct timex t = {0};
  int r = adjtimex(&t);
  printf("%d %d\n", r >= 0 && r <= 5, t.tick > 9000 && t.tick < 11000);
  struct timespec a, b;
  SHOW(clock_getres(CLOCK_MONOTONIC, &a));
  printf("%ld\n", a.tv_nsec);
  SHOW(clock_gettime(CLOCK_BOOTTIME, &a));
  SHOW(clock_gettime(CLOCK_TAI, &b));
  SHOW(clock_gettime(42, &b));
  clockid_t own;
  SHOW(clock_getcpuclockid(0, &own));
  SHOW(clock_gettime(own, &a));
  struct timespec nap = {0, 1000000};
  SHOW(clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL));
  SHOW(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &nap, NULL));
  nap.tv_nsec = -1;
  SHOW(nanosleep(&nap, NULL));
  struct tms times_;
  SHOW(times(&times_) != -1);
}

static void keys(void) {
  long ring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "tsemu-test");
  if (ring < 0) {
    puts("no keys");
    return;
  }
  char text[64] = "";
  long key = syscall(SYS_add_key, "user", "name", "secret", 6, KEY_SPEC_SESSION_KEYRING);
  SHOW(key > 0);
  SHOW(syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof text));
  puts(text);
  SHOW(syscall(SYS_keyctl, KEYCTL_UPDATE, key, "other", 5));
  SHOW(syscall(SYS_keyctl, KEYCTL_READ, key, text, 2));
  SHOW(syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "name", 0) == key);
  SHOW(syscall(SYS_request_key, "user", "name", NULL, 0) == key);
  SHOW(syscall(SYS_keyctl, KEYCTL_REVOKE, key));
  SHOW(syscall(SYS_keyctl, KEYCTL_READ, key, text, 2));
}

static void administration(void) {
  SHOW(swapon("/nowhere", 0));
  SHOW(swapoff("/nowhere"));
  SHOW(mount("none", "/nowhere", "tmpfs", 0, NULL));
  SHOW(umount2("/nowhere", MNT_DETACH));
  SHOW(quotactl(QCMD(Q_GETQUOTA, USRQUOTA), "/nowhere", 0, NULL));
  SHOW(syscall(SYS_delete_module, "no such module", O_NONBLOCK));
  SHOW(chroot("/nowhere"));
  SHOW(acct("/nowhere/file"));
  SHOW(unshare(0));
  SHOW(unshare(0x1));
  SHOW(setns(0, 0));
  int ns = open("/proc/self/ns/uts", O_RDONLY);
  SHOW(setns(ns, CLONE_NEWNET));
  SHOW(personality(0xffffffff) >= 0);
  int root = open("/", O_RDONLY);
  struct statfs fs;
  SHOW(fstatfs(root, &fs));
  SHOW(fs.f_bsize > 0 && fs.f_namelen == 255);
  struct sysinfo info;
  SHOW(sysinfo(&info));
  SHOW(info.totalram > 0 && info.mem_unit > 0);
  struct utsname u;
  SHOW(uname(&u));
  puts(u.sysname);
  SHOW(setfsuid(getuid()) == (int)getuid());
  SHOW(syscall(SYS_get_mempolicy, NULL, NULL, 0, NULL, 0));
  void *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SHOW(mlock(page, 4096));
  SHOW(munlock(page, 4096));
  SHOW(syscall(SYS_mlock2, page, 4096, 1));
  unsigned char in_core[2];
  SHOW(mincore(page, 8192, in_core));
  printf("%d\n", in_core[0] & 1);
  SHOW(syscall(SYS_mbind, page, 8192, 0, NULL, 0, 0));
  SHOW(madvise(page, 8192, MADV_DONTNEED));
  SHOW(madvise(page, 8192, 1234));
}

int main(void) {
  limits();
  scheduling();
  names();
  clocks();
  keys();
  administration();
}
