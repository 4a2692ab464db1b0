/*
 * Runs a command that may not make memory executable: refuse-code all|data COMMAND... With `all` none, as under systemd's
 * MemoryDenyWriteExecute; with `data` it may make what is writable and executable at once, but not make data code.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define PROTECTION BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ, value, 0, skip)
#define RETURN(value) BPF_STMT(BPF_RET, value)

int main(int argc, char **argv)
{
    int all = argc > 1 && !strcmp(argv[1], "all");
    struct sock_filter filter[] = {
        NUMBER,
        UNLESS(all ? __NR_mmap : __NR_mprotect, 3),
        PROTECTION,
        UNLESS(all ? PROT_READ | PROT_WRITE | PROT_EXEC : PROT_READ | PROT_EXEC, 1),
        RETURN(SECCOMP_RET_ERRNO | EACCES),
        RETURN(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return 77;
    execv(argv[2], argv + 2);
    return 78;
}
