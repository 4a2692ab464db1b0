/* Descriptors that are no plain files, and calls that move data between them. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SHOW(call)                                                                    \
  do {                                                                                \
    errno = 0;                                                                        \
    long r_ = (long)(call);                                                           \
    printf("%-40s %ld %s\n", #call, r_ < 0 ? -1 : r_, r_ < 0 ? strerror(errno) : ""); \
  } while (0)

/* Numbers that all architectures share, where the C library may lack the function. */
#ifdef __mips__
#define NUMBER(n) (4000 + n)
#else
#define NUMBER(n) n
#endif

static void events(void) {
  uint64_t v;
  int e = eventfd(3, EFD_CLOEXEC | EFD_SEMAPHORE | EFD_NONBLOCK);
  SHOW(read(e, &v, 8));
  printf("%llu\n", (unsigned long long)v);
  v = 10;
  SHOW(write(e, &v, 8));
  SHOW(read(e, &v, 4));
  v = ~0ull;
  SHOW(write(e, &v, 8));
  int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  SHOW(read(t, &v, 8));
  struct itimerspec set = {{0, 0}, {0, 1000000}}, old;
  SHOW(timerfd_settime(t, 0, &set, NULL));
  SHOW(timerfd_gettime(t, &old));
  usleep(3000);
  SHOW(read(t, &v, 8));
  printf("%llu\n", (unsigned long long)v);
  SHOW(timerfd_create(55, 0));
  int p = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event one = {EPOLLIN, {.u64 = 0x123456789abcdefull}}, got[4];
  SHOW(epoll_ctl(p, EPOLL_CTL_ADD, e, &one));
  SHOW(epoll_ctl(p, EPOLL_CTL_ADD, e, &one));
  SHOW(epoll_wait(p, got, 4, 100));
  printf("%x %llx\n", got[0].events, (unsigned long long)got[0].data.u64);
  one.events = EPOLLOUT | EPOLLET | EPOLLONESHOT;
  SHOW(epoll_ctl(p, EPOLL_CTL_MOD, e, &one));
  SHOW(epoll_pwait(p, got, 4, 100, NULL));
  SHOW(epoll_wait(p, got, 4, 0));
  SHOW(epoll_ctl(p, EPOLL_CTL_DEL, e, NULL));
  SHOW(epoll_ctl(p, EPOLL_CTL_DEL, 99, NULL));
  SHOW(epoll_wait(p, got, 0, 0));
  SHOW(epoll_wait(e, got, 1, 0));
  sigset_t set1;
  sigemptyset(&set1);
  sigaddset(&set1, SIGUSR1);
  int s = signalfd(-1, &set1, SFD_NONBLOCK);
  SHOW(s >= 0);
  struct signalfd_siginfo info;
  SHOW(read(s, &info, sizeof info));
  SHOW(read(s, &info, 4));
  int i = inotify_init1(IN_NONBLOCK);
  SHOW(inotify_add_watch(i, ".", IN_CREATE | IN_DELETE));
  close(open("watched", O_CREAT | O_WRONLY, 0600));
  unlink("watched");
  char buffer[512];
  int n = read(i, buffer, sizeof buffer);
  for (char *q = buffer; q < buffer + n;) {
    struct inotify_event *ev = (void *)q;
    printf("%d %x %s\n", ev->wd, ev->mask, ev->name);
    q += sizeof *ev + ev->len;
  }
  SHOW(inotify_rm_watch(i, 1));
  SHOW(inotify_add_watch(i, "nowhere", IN_CREATE));
  close(e), close(t), close(p), close(s), close(i);
}

static void moving(void) {
  int a = open("a", O_RDWR | O_CREAT, 0600), b = open("b", O_RDWR | O_CREAT, 0600), p[2], q[2];
  char buffer[64];
  SHOW(pwritev(a, (struct iovec[]){{"0123456789", 10}, {"abcdefghij", 10}}, 2, 5));
  off_t from = 3;
  SHOW(sendfile(b, a, &from, 7));
  printf("%ld\n", (long)from);
  loff_t in = 5, out = 100;
  SHOW(copy_file_range(a, &in, b, &out, 10, 0));
  printf("%lld %lld\n", (long long)in, (long long)out);
  SHOW(copy_file_range(a, &in, b, &out, 10, 1));
  pipe(p), pipe(q);
  in = 5;
  SHOW(splice(a, &in, p[1], NULL, 12, 0));
  SHOW(tee(p[0], q[1], 5, 0));
  SHOW(read(q[0], buffer, 64));
  printf("%.5s\n", buffer);
  SHOW(splice(p[0], NULL, b, NULL, 64, SPLICE_F_NONBLOCK));
  struct iovec v = {"gift", 4};
  SHOW(vmsplice(p[1], &v, 1, 0));
  SHOW(read(p[0], buffer, 64));
  SHOW(fcntl(p[1], F_SETPIPE_SZ, 65536) == 65536);
  SHOW(fcntl(p[1], F_GETPIPE_SZ) == 65536);
  SHOW(preadv2(a, (struct iovec[]){{buffer, 4}, {buffer + 8, 4}}, 2, 7, 0));
  printf("%.4s %.4s\n", buffer, buffer + 8);
  SHOW(pwritev2(b, &v, 1, -1, RWF_APPEND));
  SHOW(lseek(b, 0, SEEK_END));
  SHOW(fallocate(b, FALLOC_FL_KEEP_SIZE, 4096, 4096));
  SHOW(posix_fallocate(b, 0, 8192));
  SHOW(posix_fadvise(a, 0, 0, POSIX_FADV_SEQUENTIAL));
  SHOW(sync_file_range(a, 0, 10, SYNC_FILE_RANGE_WRITE));
  SHOW(readahead(a, 0, 10));
  SHOW(fdatasync(a));
  SHOW(flock(a, LOCK_EX | LOCK_NB));
  SHOW(ftruncate(a, 3));
  struct stat st;
  fstat(a, &st);
  printf("%lld\n", (long long)st.st_size);
  int errors = setxattr("a", "user.k", "value", 5, 0) < 0 && errno == ENOTSUP;
  if (!errors) {
    SHOW(getxattr("a", "user.k", buffer, 64));
    SHOW(fgetxattr(a, "user.k", buffer, 2));
    SHOW(listxattr("a", buffer, 64) >= 7);
    SHOW(removexattr("a", "user.k"));
    SHOW(getxattr("a", "user.k", buffer, 64));
  }
  struct statx sx;
  SHOW(statx(AT_FDCWD, "a", AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &sx));
  printf("%o %llu %d\n", sx.stx_mode, (unsigned long long)sx.stx_size, sx.stx_nlink);
  SHOW(statx(a, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
  SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
  SHOW(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE));
  int m = memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  SHOW(write(m, "sealed", 6));
  SHOW(fcntl(m, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK));
  SHOW(fcntl(m, F_GET_SEALS));
  SHOW(write(m, "x", 1));
  SHOW(ftruncate(m, 0));
  close(a), close(b), close(m), close(p[0]), close(p[1]), close(q[0]), close(q[1]);
}

static void recent(void) {
  struct {
    uint64_t flags, mode, resolve;
  } how = {O_RDWR | O_CREAT, 0600, 0x08 /* RESOLVE_BENEATH */};
  int fd = syscall(NUMBER(437), AT_FDCWD, "opened", &how, sizeof how);
  SHOW(fd);
  SHOW(syscall(NUMBER(437), AT_FDCWD, "../x", &how, sizeof how));
  SHOW(syscall(NUMBER(437), AT_FDCWD, "opened", &how, 8));
  SHOW(syscall(NUMBER(439), AT_FDCWD, "opened", R_OK, AT_EACCESS));
  SHOW(syscall(NUMBER(439), AT_FDCWD, "none", R_OK, AT_EACCESS));
  int self = syscall(NUMBER(434), getpid(), 0);
  SHOW(self);
  SHOW(fcntl(self, F_GETFD));
  SHOW(syscall(NUMBER(424), self, 0, NULL, 0));
  int copy = syscall(NUMBER(438), self, fd, 0);
  SHOW(copy);
  SHOW(write(copy, "through the copy", 16));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(syscall(NUMBER(438), self, 77, 0));
  char remote[] = "remote", local[8] = "";
  struct iovec l = {local, 8}, r = {remote, 7};
  SHOW(process_vm_readv(getpid(), &l, 1, &r, 1, 0));
  puts(local);
  SHOW(process_vm_writev(getpid(), &r, 1, &l, 1, 0));
  SHOW(dup2(fd, 20));
  SHOW(syscall(NUMBER(436), 10, 30, 4 /* CLOSE_RANGE_CLOEXEC */));
  SHOW(fcntl(20, F_GETFD));
  SHOW(syscall(NUMBER(436), fd, 100, 0));
  SHOW(close(20));
  struct {
    struct file_handle h;
    char room[128];
  } handle = {{0}};
  int mount;
  SHOW(name_to_handle_at(AT_FDCWD, "opened", &handle.h, &mount, 0));
  printf("%d\n", handle.h.handle_bytes > 0);
  SHOW(name_to_handle_at(AT_FDCWD, "opened", &handle.h, &mount, 0) == 0 || errno == EOVERFLOW || errno == EOPNOTSUPP);
  int e = epoll_create1(0);
  struct epoll_event ev;
  SHOW(syscall(NUMBER(441), e, &ev, 1, (long long[]){0, 1000}, NULL, 8));
  SHOW(syscall(NUMBER(441), e, &ev, 1, (long long[]){0, -1}, NULL, 8));
  close(e);
}

static int number(const void *a, const void *b) {
  return *(int *)a - *(int *)b;
}

static void listing(const char *directory) {
  DIR *d = opendir(directory);
  if (!d) {
    puts("no directory");
    return;
  }
  int numbers[100], n = 0;
  for (struct dirent *e; (e = readdir(d)) && n < 100;)
    if (e->d_name[0] != '.') numbers[n++] = atoi(e->d_name);
  qsort(numbers, n, sizeof *numbers, number);
  for (int i = 0; i < n; i++) printf("%d ", numbers[i]);
  char name[64], target[256];
  ssize_t length = readlinkat(dirfd(d), "4", target, sizeof target);
  printf("%.*s\n", (int)(length > 0 ? length : 0), strrchr((target[length > 0 ? length : 0] = 0, target), '/') ?: "-");
  struct stat st;
  SHOW(fstatat(dirfd(d), "4", &st, 0));
  SHOW(fstatat(dirfd(d), "99", &st, 0));
  closedir(d);
}

static void own(void) {
  int a = open("a", O_RDWR), b = open("b", O_RDONLY | O_APPEND);
  char text[512], target[256];
  dup2(a, 12);
  listing("/proc/self/fd");
  listing("/dev/fd");
  snprintf(text, sizeof text, "/proc/%d/fd", getpid());
  listing(text);
  snprintf(text, sizeof text, "/proc/self/fd/%d", b);
  ssize_t n = readlink(text, target, sizeof target - 1);
  target[n > 0 ? n : 0] = 0;
  puts(strrchr(target, '/') ?: target);
  SHOW(readlink("/proc/self/fd/77", target, sizeof target));
  int again = open(text, O_RDONLY);
  SHOW(again);
  snprintf(text, sizeof text, "/proc/self/fdinfo/%d", b);
  int info = open(text, O_RDONLY);
  n = read(info, text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  printf("%d\n", strstr(text, "flags:") != NULL);
  struct stat x, y;
  SHOW(stat("/dev/fd/12", &x));
  SHOW(fstat(a, &y));
  printf("%d\n", x.st_ino == y.st_ino);
  SHOW(access("/proc/self/fd/12", F_OK));
  SHOW(access("/proc/self/fd/13", F_OK));
  int dir = open("/proc/self", O_RDONLY | O_DIRECTORY);
  int cmd = openat(dir, "cmdline", O_RDONLY);
  n = read(cmd, text, sizeof text);
  printf("%d\n", n > 0 && strstr(text, "/descriptors") != NULL);
  SHOW(readlinkat(dir, "exe", target, sizeof target) > 0);
  printf("%d\n", strstr(target, "descriptors") != NULL);
}

int main(void) {
  syscall(NUMBER(436), 3, ~0u, 0);
  events();
  moving();
  recent();
  own();
}
