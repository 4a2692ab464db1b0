/*
 * Makes children and executes itself in the last of them; says what came of it. It also does what a C library does when
 * it starts: the build runs this guest to find out which functions of tsemu its code cache should hold.
 */
#include "crt.h"

enum { SYS_fork = 2, SYS_execve = 11, SYS_access = 33, SYS_brk = 45, SYS_dup2 = 63, SYS_readlink = 85, SYS_munmap = 91,
       SYS_wait4 = 114, SYS_clone = 120, SYS_mprotect = 125, SYS_rt_sigaction = 174, SYS_rt_sigprocmask = 175, SYS_vfork = 190,
       SYS_ugetrlimit = 191, SYS_mmap2 = 192, SYS_fstat64 = 197, SYS_fcntl64 = 221, SYS_exit_group = 248,
       SYS_set_tid_address = 256, SYS_openat = 322, SYS_set_robust_list = 338, SYS_dup3 = 358, SYS_pipe2 = 359,
       SYS_getrandom = 384, SYS_statx = 397, SYS_rseq = 398 };
enum { SIGCHLD = 17, AT_FDCWD = -100, MAP_PRIVATE_ANONYMOUS = 0x22, PROT_READ_WRITE = 3, PROT_READ = 1 };

static long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r7 __asm__("r7") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5) : "memory");
    return r0;
}

static void like_a_library(const char *self)
{
    static char buffer[512];
    long heap = syscall3(SYS_brk, 0, 0, 0);
    syscall3(SYS_brk, heap + 4096, 0, 0);
    syscall3(SYS_set_tid_address, (long)buffer, 0, 0);
    syscall3(SYS_set_robust_list, (long)buffer, 12, 0);
    syscall6(SYS_rseq, (long)buffer, 32, 0, 0, 0, 0);
    syscall3(SYS_ugetrlimit, 3, (long)buffer, 0);
    syscall3(SYS_readlink, (long)"/proc/self/exe", (long)buffer, sizeof buffer);
    syscall3(SYS_getrandom, (long)buffer, 4, 1);
    syscall3(SYS_uname, (long)buffer, 0, 0);
    syscall3(SYS_access, (long)"/etc/ld.so.preload", 4, 0);
    syscall6(SYS_statx, AT_FDCWD, (long)"/", 0, 0x7ff, (long)buffer, 0);
    long fd = syscall6(SYS_openat, AT_FDCWD, (long)self, 02000000, 0, 0, 0);
    syscall3(SYS_read, fd, (long)buffer, sizeof buffer);
    syscall3(SYS_fstat64, fd, (long)buffer, 0);
    long file = syscall6(SYS_mmap2, 0, 4096, PROT_READ, 2, fd, 0);
    syscall3(SYS_close, fd, 0, 0);
    long memory = syscall6(SYS_mmap2, 0, 8192, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    syscall3(SYS_mprotect, memory, 4096, PROT_READ);
    syscall3(SYS_munmap, memory, 8192, 0);
    syscall3(SYS_munmap, file, 4096, 0);
    syscall6(SYS_rt_sigaction, SIGCHLD, 0, (long)buffer, 8, 0, 0);
    syscall6(SYS_rt_sigprocmask, 0, 0, (long)buffer, 8, 0, 0);
    int ends[2];
    syscall3(SYS_pipe2, (long)ends, 0, 0);
    syscall3(SYS_dup2, ends[0], 9, 0);
    syscall3(SYS_fcntl64, 9, 2, 1);
    syscall3(SYS_close, ends[0], 0, 0);
    syscall3(SYS_close, ends[1], 0, 0);
}

static int wait_for(long pid)
{
    int status = -1;
    if (pid < 0 || syscall6(SYS_wait4, pid, (long)&status, 0, 0, 0, 0) != pid)
        return -1;
    return status >> 8;
}

static void report(const char *what, int status)
{
    print(what);
    print_hex(status);
    print("\n");
}

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    (void)auxv;
    if (argc > 1)
        syscall3(SYS_exit_group, 3, 0, 0);
    like_a_library(argv[0]);
    long child = syscall6(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
    if (child == 0) {
        long grandchild = syscall3(SYS_fork, 0, 0, 0);
        if (grandchild == 0)
            exit(1);
        report("fork ", wait_for(grandchild));
        grandchild = syscall3(SYS_vfork, 0, 0, 0);
        if (grandchild == 0)
            exit(2);
        report("vfork ", wait_for(grandchild));
        char *again[] = {argv[0], "again", 0};
        exit(syscall3(SYS_execve, (long)argv[0], (long)again, (long)envp));
    }
    report("exec ", wait_for(child));
    return 0;
}
