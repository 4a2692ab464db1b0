/* fork, vfork, clone, clone3 and waiting for children. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int status_of(pid_t pid) {
  int status = -1;
  pid_t r = waitpid(pid, &status, 0);
  return r == pid ? status : -2;
}

/* Prints a result with its error; the order in which C evaluates arguments is open. */
static void result(const char *what, long r) {
  const char *error = r < 0 ? strerror(errno) : "";
  printf("%s %ld %s\n", what, r, error);
}

static void show(const char *what, int status) {
  if (WIFEXITED(status)) printf("%s: exit %d\n", what, WEXITSTATUS(status));
  else if (WIFSIGNALED(status)) printf("%s: signal %d\n", what, WTERMSIG(status));
  else printf("%s: %x\n", what, status);
  fflush(stdout);
}

static void memory(void) {
  int *private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char *wiped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *kept = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(wiped, 4096, MADV_WIPEONFORK);
  madvise(kept, 4096, MADV_DONTFORK);
  *private = *shared = 1;
  *wiped = *kept = 'x';
  pid_t pid = fork();
  if (pid == 0) {
    int seen = *private == 1 && *shared == 1;
    *private = *shared = 2;
    unsigned char vec;
    int gone = mincore(kept, 4096, &vec) < 0 && errno == ENOMEM;
    _exit(seen * 1 + (*wiped == 0) * 2 + gone * 4 + (getppid() > 0) * 8);
  }
  show("memory", status_of(pid));
  printf("private %d shared %d wiped %c kept %c\n", *private, *shared, *wiped, *kept);
}

static void descriptors(void) {
  int fds[2];
  pipe(fds);
  char buffer[64];
  pid_t pid = fork();
  if (pid == 0) {
    close(fds[0]);
    int extra = open("/dev/null", O_RDONLY);
    dprintf(fds[1], "child opened %d", extra);
    _exit(0);
  }
  close(fds[1]);
  ssize_t n = read(fds[0], buffer, sizeof buffer);
  printf("%.*s, parent opens %d\n", (int)n, buffer, open("/dev/null", O_RDONLY));
  printf("end of file %zd\n", read(fds[0], buffer, 1));
  show("pipe", status_of(pid));
}

static void endings(void) {
  int signals[] = {SIGKILL, SIGTERM, SIGSEGV, SIGABRT, SIGPIPE, SIGUSR1};
  for (int i = 0; i < 6; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      if (i == 0) kill(getpid(), SIGKILL);
      if (signals[i] == SIGSEGV) *(volatile int *)16 = 1;
      raise(signals[i]);
      _exit(1);
    }
    show("ending", status_of(pid));
  }
  pid_t sleeper = fork();
  if (sleeper == 0) {
    for (;;) pause();
  }
  kill(sleeper, SIGSTOP);
  int status;
  printf("stopped %d", waitpid(sleeper, &status, WUNTRACED) == sleeper && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
  kill(sleeper, SIGCONT);
  printf(" continued %d", waitpid(sleeper, &status, WCONTINUED) == sleeper && WIFCONTINUED(status));
  printf(" none yet %d\n", waitpid(sleeper, &status, WNOHANG));
  kill(sleeper, SIGTERM);
  show("sleeper", status_of(sleeper));
}

static void waiting(void) {
  int status;
  result("no child", wait(&status));
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) _exit(42);
  siginfo_t info;
  memset(&info, 0, sizeof info);
  int r = waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
  printf("waitid %d: signo %d code %d pid %d status %d\n", r, info.si_signo, info.si_code, info.si_pid == pid, info.si_status);
  struct rusage usage;
  memset(&usage, 255, sizeof usage);
  r = wait4(-1, &status, 0, &usage);
  printf("wait4 %d: %d, usage %d\n", r == pid, WEXITSTATUS(status), usage.ru_utime.tv_sec < 100 && usage.ru_utime.tv_usec < 1000000);
  memset(&info, 255, sizeof info);
  pid = fork();
  if (pid == 0) {
    for (;;) pause();
  }
  printf("nothing yet %d", waitid(P_ALL, 0, &info, WEXITED | WNOHANG));
  printf(" signo %d pid %d\n", info.si_signo, info.si_pid);
  kill(pid, SIGKILL);
  waitid(P_PGID, getpgrp(), &info, WEXITED);
  printf("killed: code %d status %d\n", info.si_code, info.si_status);
  result("bad options", waitid(P_ALL, 0, &info, 0));
  result("bad which", waitid(99, 0, &info, WEXITED));
  fflush(stdout);
  pid = fork();
  if (pid == 0) _exit(3);
  int pidfd = syscall(SYS_pidfd_open, pid, 0);
  r = waitid(3, pidfd, &info, WEXITED);
  printf("by pidfd %d: status %d\n", r, info.si_status);
  close(pidfd);
}

static void groups(void) {
  int fds[2];
  pipe(fds);
  pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    printf("own group %d", getpgrp() == getpid());
    printf(" leader cannot start a session %d", setsid() < 0 && errno == EPERM);
    fflush(stdout);
    pid_t inner = fork();
    if (inner == 0) {
      printf(" session %d", setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid());
      printf(" no terminal %d\n", open("/dev/tty", O_RDWR) < 0);
      fflush(stdout);
      _exit(0);
    }
    _exit(status_of(inner));
  }
  show("groups", status_of(pid));
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid = fork();
  if (pid == 0) {
    pid_t orphan = fork();
    if (orphan == 0) {
      char c;
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      read(fds[0], &c, 1);
      _exit(getppid() == atoi("0") ? 1 : 7);
    }
    write(fds[1], &orphan, sizeof orphan);
    _exit(0);
  }
  show("parent of an orphan", status_of(pid));
  int status;
  pid_t orphan = wait(&status);
  printf("orphan is ours %d\n", orphan > 0);
  close(fds[0]);
  close(fds[1]);
}

static volatile int global = 1;

static int clone_child(void *argument) {
  global += *(int *)argument;
  _exit(global == 6 ? 11 : 12);
}

static void clones(void) {
  static char stack[65536] __attribute__((aligned(16)));
  int five = 5;
  pid_t ptid = 0;
  pid_t pid = clone(clone_child, stack + sizeof stack, CLONE_PARENT_SETTID | SIGCHLD, &five, &ptid);
  printf("parent tid %d\n", ptid == pid);
  show("clone with a stack", status_of(pid));
  printf("global %d\n", global);
  pid_t *ctid = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid = syscall(SYS_clone, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, 0,
#ifdef __x86_64__
                ctid, 0
#else
                0, ctid
#endif
  );
  if (pid == 0) _exit(*ctid == getpid() ? 21 : 22);
  show("child tid", status_of(pid));
  printf("child tid stays %d\n", *ctid == pid);
  struct clone_args args = {.flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .exit_signal = SIGCHLD};
  int pidfd = -1;
  args.pidfd = (uintptr_t)&pidfd;
  args.parent_tid = (uintptr_t)&ptid;
  pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) _exit(31);
  siginfo_t info;
  printf("clone3 pidfd %d tid %d\n", pidfd > 2 && fcntl(pidfd, F_GETFD) == FD_CLOEXEC, ptid == pid);
  waitid(3, pidfd, &info, WEXITED);
  printf("clone3 status %d\n", info.si_status);
  close(pidfd);
  result("clone3 too short", syscall(SYS_clone3, &args, 32));
  pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
  if (pid == 0) _exit(41);
  int status;
  printf("no exit signal: %d", waitpid(pid, &status, 0) < 0 && errno == ECHILD);
  printf(" %d\n", waitpid(pid, &status, __WCLONE) == pid && WEXITSTATUS(status) == 41);
  result("SIGHAND without VM", syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0));
}

static void vforks(void) {
  volatile int changed = 0;
  volatile int *heap = malloc(400000);
  heap[50000] = 1;
  global = 1;
  pid_t pid = vfork();
  if (pid == 0) {
    changed = 1;
    global = 2;
    heap[50000] = 3;
    execl("/nowhere/at/all", "x", NULL);
    heap[90000] = errno;
    _exit(17);
  }
  printf("vfork: stack %d data %d heap %d %s\n", changed, global, heap[50000], strerror(heap[90000]));
  show("vfork", status_of(pid));
  fflush(stdout);
  char *args[] = {"sh", "-c", "exit 5", NULL}, *bad[] = {"nothing", NULL};
  int r = posix_spawn(&pid, "/nowhere/at/all", NULL, NULL, bad, environ);
  printf("posix_spawn of nothing: %s\n", strerror(r));
  r = posix_spawnp(&pid, "sh", NULL, NULL, args, environ);
  printf("posix_spawnp: %s\n", strerror(r));
  show("spawned", status_of(pid));
  printf("no child left %d\n", wait(NULL));
  printf("system: %d\n", WEXITSTATUS(system("exit 9")));
  FILE *from = popen("echo through a pipe", "r");
  char line[100];
  printf("popen: %s", fgets(line, sizeof line, from));
  printf("pclose: %d\n", pclose(from));
  free((void *)heap);
}

static void tree(int depth) {
  for (int i = 0; i < 2 && depth > 0; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      tree(depth - 1);
      _exit(depth);
    }
    int status = status_of(pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != depth) printf("level %d: %x\n", depth, status);
  }
}

/* Whether a parent sees that a core was dumped is for the child's limit to say. */
static void cores(void) {
  char dir[] = "/tmp/tsemu-coresXXXXXX", file[64];
  if (mkdtemp(dir) == NULL) return;
  for (int dumps = 0; dumps < 2; dumps++) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
      struct rlimit limit;
      getrlimit(RLIMIT_CORE, &limit);
      limit.rlim_cur = dumps ? limit.rlim_max : 0;
      setrlimit(RLIMIT_CORE, &limit);
      if (chdir(dir) == 0) abort();
    }
    siginfo_t info = {0};
    waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
    int status = status_of(pid);
    printf("core %d: %x, code %d\n", dumps, status, info.si_code);
    snprintf(file, sizeof file, "%s/core", dir);
    unlink(file);
    snprintf(file, sizeof file, "%s/core.%d", dir, pid);
    unlink(file);
  }
  rmdir(dir);
}

int main(void) {
  memory();
  descriptors();
  endings();
  waiting();
  cores();
  groups();
  clones();
  vforks();
  fflush(stdout);
  tree(4);
  printf("tree done\n");
  return 0;
}
