/* execve and execveat: what survives, what does not, and how they fail. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static const char *base(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static void put(const char *name, const char *text, int mode) {
  int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (write(fd, text, strlen(text)) < 0) perror("write");
  fchmod(fd, mode);
  close(fd);
}

static void on_signal(int n) { (void)n; }

static void try(const char *what, const char *path, char **argv, char **envp) {
  execve(path, argv, envp);
  printf("%s: %s\n", what, strerror(errno));
  fflush(stdout);
}

static void failures(const char *self) {
  char *argv[] = {"x", NULL};
  put("text", "no program at all\n", 0755);
  put("plain", "#!/bin/sh\n", 0644);
  put("empty", "", 0755);
  put("no-name", "#!\n", 0755);
  put("missing", "#!/nowhere/at/all\n", 0755);
  put("bad-elf", "\177ELF\1\1\1", 0755);
  put("loop", "#!./loop\n", 0755);
  /* the host's kernel is asked, and refuses */
  char native[64] = "\177ELF\2\1\1";
  native[16] = 2, native[18] = 62, native[20] = 1, native[54] = 56;
  int native_fd = open("native", O_CREAT | O_WRONLY, 0755);
  if (write(native_fd, native, sizeof native) < 0) perror("write");
  close(native_fd);
  symlink("circle", "circle");
  mkdir("directory", 0755);
  try("ENOENT", "nothing", argv, environ);
  try("empty path", "", argv, environ);
  try("ENOTDIR", "text/x", argv, environ);
  try("text", "text", argv, environ);
  try("not executable", "plain", argv, environ);
  try("empty", "empty", argv, environ);
  try("no interpreter", "no-name", argv, environ);
  try("missing interpreter", "missing", argv, environ);
  try("truncated ELF", "bad-elf", argv, environ);
  try("bad host program", "native", argv, environ);
  try("script of itself", "loop", argv, environ);
  try("circular link", "circle", argv, environ);
  try("directory", "directory", argv, environ);
  try("bad path", (char *)16, argv, environ);
  try("bad argv", self, (char **)16, environ);
  char *bad_string[] = {"x", (char *)16, NULL};
  try("bad argument", self, bad_string, environ);
  char *long_string = malloc(200000);
  memset(long_string, 'a', 199999);
  long_string[199999] = 0;
  char *too_long[] = {"x", long_string, NULL};
  try("long argument", self, too_long, environ);
  long_string[5000] = 0;
  try("long path", long_string, argv, environ);
  long_string[5000] = 'a';
  long_string[100000] = 0;
  char *many[101];
  for (int i = 0; i < 100; i++) many[i] = long_string;
  many[100] = NULL;
  try("many arguments", self, many, environ);
  int fd = open(self, O_RDONLY);
  int copy = open("copy", O_CREAT | O_WRONLY, 0755);
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) if (write(copy, buffer, n) != n) perror("copy");
  try("being written", "copy", argv, environ);
  close(fd);
  close(copy);
}

static void state(int argc, char **argv) {
  printf("argc %d", argc);
  for (int i = 1; i < argc; i++) printf(" [%s]", i == 1 ? base(argv[i]) : argv[i]);
  printf("\nenviron");
  for (char **e = environ; *e; e++) printf(" [%s]", *e);
  char comm[16] = "", execfn[4096], link[4096] = "";
  prctl(PR_GET_NAME, comm);
  strcpy(execfn, (char *)getauxval(AT_EXECFN));
  printf("\ncomm %s, execfn %s, secure %lu\n", comm, base(execfn), getauxval(AT_SECURE));
  if (readlink("/proc/self/exe", link, sizeof link - 1) < 0) perror("exe");
  printf("exe %s\n", base(link));
  printf("fds");
  for (int fd = 3; fd < 20; fd++) if (fcntl(fd, F_GETFD) >= 0) printf(" %d", fd);
  struct sigaction usr1, usr2;
  sigset_t mask, pending;
  sigaction(SIGUSR1, NULL, &usr1);
  sigaction(SIGUSR2, NULL, &usr2);
  sigprocmask(SIG_BLOCK, NULL, &mask);
  sigpending(&pending);
  stack_t stack;
  sigaltstack(NULL, &stack);
  printf("\nUSR1 default %d, USR2 ignored %d, TERM blocked %d pending %d, altstack %s\n", usr1.sa_handler == SIG_DFL,
         usr2.sa_handler == SIG_IGN, sigismember(&mask, SIGTERM), sigismember(&pending, SIGTERM), stack.ss_flags & SS_DISABLE ? "off" : "on");
  char *heap = sbrk(0);
  printf("brk %s\n", (unsigned long)heap % 4096 < 4096 && malloc(100000) ? "works" : "fails");
  fflush(stdout);
}

int main(int argc, char **argv) {
  char self[4096];
  self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
  const char *step = argc > 1 ? argv[argc - 1] : "start";
  if (!strcmp(step, "start")) {
    failures(self);
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ};
    sigaltstack(&stack, NULL);
    open("/dev/null", O_RDONLY);
    open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(0, 9);
    fcntl(9, F_SETFD, FD_CLOEXEC);
    dup2(0, 12);
    char *args[] = {"zero", "first", "two words", "", "second", NULL}, *env[] = {"A=b", "EMPTY=", "odd", NULL};
    execve(self, args, env);
    perror("exec");
  } else if (!strcmp(step, "second")) {
    state(argc, argv);
    char line[5000];
    snprintf(line, sizeof line, "#!  %s  one argument \nrest\n", self);
    put("script", line, 0755);
    put("script2", "#!./script \n", 0755);
    char *args[] = {"ignored", "third", NULL};
    execv("./script", args);
    perror("script");
  } else if (!strcmp(step, "third")) {
    state(argc, argv);
    char *args[] = {"ignored", "fourth", NULL};
    execv("./script2", args);
    perror("script of a script");
  } else if (!strcmp(step, "fourth")) {
    state(argc, argv);
    char *args[] = {"from descriptor", "fifth", NULL};
    symlink(self, "link");
    int fd = open("link", O_PATH);
    int dir = open(".", O_PATH | O_DIRECTORY);
    syscall(SYS_execveat, dir, "link", args, environ, AT_SYMLINK_NOFOLLOW);
    printf("execveat of a link: %s\n", strerror(errno));
    syscall(SYS_execveat, fd, "", args, environ, 0);
    printf("execveat without a path: %s\n", strerror(errno));
    syscall(SYS_execveat, 77, "link", args, environ, 0);
    printf("execveat of no descriptor: %s\n", strerror(errno));
    fflush(stdout);
    syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH);
    perror("execveat");
  } else if (!strcmp(step, "fifth")) {
    printf("argv[0] %s\n", argv[0]);
    char *args[] = {"host's echo", "the host's own program", NULL};
    fflush(stdout);
    execv("/bin/echo", args);
    perror("echo");
  }
  return 1;
}
