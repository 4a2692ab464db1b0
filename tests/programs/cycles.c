/* Many children, one after the other, of every kind: none may fail, and nothing may be left of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int open_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

/* Something for allocator and page tables to do between two forks. */
static unsigned work(unsigned seed) {
  char *block[64];
  unsigned sum = 0;
  for (int i = 0; i < 64; i++) {
    seed = seed * 1664525 + 1013904223;
    block[i] = malloc(1 + seed % 20000);
    memset(block[i], i, 1 + seed % 20000);
    sum += block[i][seed % 7 % (1 + seed % 20000)];
  }
  for (int i = 0; i < 64; i++) free(block[i]);
  return sum;
}

int main(int argc, char **argv) {
  if (argc > 2) return atoi(argv[2]) % 100;
  int cycles = atoi(argv[1]), failures = 0, before = open_descriptors();
  char self[4096];
  self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
  for (int i = 0; i < cycles; i++) {
    char number[16];
    sprintf(number, "%d", i);
    char *args[] = {"cycles", "0", number, NULL};
    pid_t pid;
    switch (i % 4) {
      case 0:
        if ((pid = fork()) == 0) {
          execv(self, args);
          _exit(99);
        }
        break;
      case 1:
        if ((pid = vfork()) == 0) {
          execv(self, args);
          _exit(99);
        }
        break;
      case 2:
        if (posix_spawn(&pid, self, NULL, NULL, args, environ)) pid = -1;
        break;
      default:
        if ((pid = fork()) == 0) {
          pid_t inner = fork();
          int status = 0;
          if (inner == 0) _exit(work(i) == 1 ? 1 : i % 100);
          if (inner < 0 || waitpid(inner, &status, 0) != inner) _exit(99);
          _exit(WEXITSTATUS(status));
        }
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != i % 100) {
      failures++;
      printf("cycle %d: %x\n", i, status);
    }
    work(i);
  }
  printf("%d cycles, %d failures, %d descriptors more, ", cycles, failures, open_descriptors() - before);
  printf("child left %d\n", wait(NULL) >= 0 || errno != ECHILD);
  return 0;
}
