/* uname, sysinfo, limits, identity, random numbers: sane values and errors. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

int main(void)
{
    struct utsname u;
    printf("uname %d %s %s\n", uname(&u), u.sysname, u.machine);
    struct sysinfo s;
    printf("sysinfo %d ram %d unit %d procs %d\n", sysinfo(&s), s.totalram > 0, s.mem_unit >= 1, s.procs > 0);
    struct rlimit l;
    printf("NOFILE %d %d\n", getrlimit(RLIMIT_NOFILE, &l), l.rlim_cur > 0 && l.rlim_cur <= l.rlim_max);
    l.rlim_cur = 64;
    printf("set %d\n", setrlimit(RLIMIT_NOFILE, &l));
    getrlimit(RLIMIT_NOFILE, &l);
    printf("is %llu\n", (unsigned long long)l.rlim_cur);
    printf("bad limit %d %s\n", getrlimit(99, &l), strerror(errno));
    printf("ids %u %u %u %u\n", getuid(), geteuid(), getgid(), getegid());
    uid_t r, e, sv;
    printf("resuid %d %d\n", getresuid(&r, &e, &sv), r == getuid() && sv == geteuid());
    gid_t groups[64];
    printf("groups %d\n", getgroups(64, groups) >= 0);
    printf("pid %d %d %d %d\n", getpid() > 0, getppid() > 0, getpgrp() > 0, getsid(0) > 0);
    printf("gettid is pid %d\n", syscall(SYS_gettid) == getpid());
    unsigned char a[32] = {0}, b[32] = {0};
    printf("getrandom %zd %zd differ %d\n", getrandom(a, 32, 0), getrandom(b, 32, GRND_NONBLOCK), memcmp(a, b, 32) != 0);
    printf("getrandom fault %zd", getrandom((void *)16, 32, 0));
    printf(" %s\n", strerror(errno));
    cpu_set_t set;
    printf("affinity %d cpus %d\n", sched_getaffinity(0, sizeof set, &set), CPU_COUNT(&set) >= 1);
    printf("sysconf %ld %d %d\n", sysconf(_SC_PAGESIZE), sysconf(_SC_NPROCESSORS_ONLN) >= 1, sysconf(_SC_CLK_TCK) == 100);
    printf("yield %d nice %d\n", sched_yield(), getpriority(PRIO_PROCESS, 0) >= -20);
    struct termios t;
    printf("tcgetattr %d", tcgetattr(0, &t));
    printf(" %s\n", strerror(errno));
    printf("nosys %ld", syscall(9999));
    printf(" %s\n", strerror(errno));
    char cwd[4096];
    printf("getcwd %d short %d", getcwd(cwd, sizeof cwd) != NULL, getcwd(cwd, 1) != NULL);
    printf(" %s\n", strerror(errno));
    printf("umask %o %o\n", umask(027) & 0, umask(022));
    char exe[4096] = "";
    printf("exe %d %s\n", readlink("/proc/self/exe", exe, sizeof exe - 1) > 0, strrchr(exe, '/'));
    return 0;
}
