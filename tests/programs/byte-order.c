/*
 * Without a C library, because Debian has none for big-endian ARM: what the kernel and a program say to each other,
 * field by field, as numbers; instructions that depend on the order of data.
 */
#include "../binaries/arm/crt.h"

typedef unsigned long long u64;

enum { SYS_pipe = 42, SYS_writev = 146, SYS_poll = 168, SYS_pread64 = 180, SYS_fstat64 = 197, SYS_fstat = 108,
       SYS_llseek = 140, SYS_clock_getres = 264, SYS_ftruncate64 = 194, SYS_getdents64 = 217, SYS_sigprocmask = 175,
       SYS_fcntl64 = 221, SYS_sched_getaffinity = 242, SYS_prlimit64 = 369, SYS_select = 142, SYS_set_tls = 0xf0005 };
enum { O_RDWR = 2, O_DIRECTORY = 040000, POLLIN = 1, F_GETLK64 = 12 };

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

static void show(const char *name, u64 value)
{
    print(name);
    print(" ");
    print_hex(value >> 32);
    print_hex(value);
    print("\n");
}

struct stat64 {
    u64 dev; unsigned char pad0[4]; unsigned ino_low, mode, links, uid, gid; u64 rdev; unsigned char pad3[4];
    long long size; unsigned block_size; u64 blocks; unsigned times[6]; u64 ino;
};
struct stat {
#ifdef __ARMEB__
    unsigned short dev, pad1;
#else
    unsigned dev;
#endif
    unsigned ino; unsigned short mode, links, uid, gid;
#ifdef __ARMEB__
    unsigned short rdev, pad2;
#else
    unsigned rdev;
#endif
    unsigned size, block_size, blocks, times[6], unused[2];
};

static void files(const char *name)
{
    long fd = syscall3(SYS_open, (long)name, O_CREAT | O_RDWR, 0640);
    struct { const void *base; size_t length; } parts[] = {{"abc", 3}, {"defg", 4}};
    show("writev", syscall3(SYS_writev, fd, (long)parts, 2));
    /* 64-bit arguments are pairs of registers, the first of them even */
    show("ftruncate64", syscall6(SYS_ftruncate64, fd, 0, 0, 0, 0, 0));
    union { u64 whole; long half[2]; } size = {.whole = 0x100000007ull};
    show("ftruncate64", syscall6(SYS_ftruncate64, fd, 0, size.half[0], size.half[1], 0, 0));
    struct stat64 st;
    show("fstat64", syscall3(SYS_fstat64, fd, (long)&st, 0));
    show("size", st.size);
    show("mode", st.mode);
    show("links", st.links);
    show("inodes", st.ino_low == (unsigned)st.ino);
    show("ftruncate64", syscall6(SYS_ftruncate64, fd, 0, 0, 0, 0, 0));
    write_all(fd, "hello", 5);
    struct stat old;
    show("fstat", syscall3(SYS_fstat, fd, (long)&old, 0));
    show("size", old.size);
    show("mode", old.mode);
    show("inodes", old.ino == (unsigned)st.ino);
    show("times", old.times[0] - st.times[0] < 3);
    u64 position = 0;
    size.whole = 3;
    char text[4] = "----";
    show("pread64", syscall6(SYS_pread64, fd, (long)text, 4, 0, size.half[0], size.half[1]));
    write_all(1, text, 4);
    show("llseek", syscall6(SYS_llseek, fd, 1, 2, (long)&position, 0, 0));
    show("position", position);
    struct { short type, whence; int pad; long long start, length; int pid, end; } lock = {.start = 0x123456789ll, .length = 5};
    show("getlk64", syscall3(SYS_fcntl64, fd, F_GETLK64, (long)&lock));
    show("type", lock.type);
    show("start", lock.start);
    syscall3(SYS_close, fd, 0, 0);
    syscall3(SYS_unlink, (long)name, 0, 0);
}

static void others(void)
{
    int ends[2];
    show("pipe", syscall3(SYS_pipe, (long)ends, 0, 0));
    write_all(ends[1], "x", 1);
    struct { int fd; short events, found; } wait = {ends[0], POLLIN, 0};
    show("poll", syscall3(SYS_poll, (long)&wait, 1, 0));
    show("found", wait.found);
    unsigned set = 1u << ends[0];
    long time[2] = {1, 0};
    show("select", syscall6(SYS_select, ends[0] + 1, (long)&set, 0, 0, (long)time, 0));
    show("set", set == 1u << ends[0]);
    long resolution[2];
    show("getres", syscall3(SYS_clock_getres, 1, (long)resolution, 0));
    show("ns", resolution[1]);
    u64 mask = 1ull << 40 | 2, before;
    show("sigprocmask", syscall6(SYS_sigprocmask, 0, (long)&mask, 0, 8, 0, 0));
    show("sigprocmask", syscall6(SYS_sigprocmask, 0, 0, (long)&before, 8, 0, 0));
    show("mask", before);
    u64 limit[2];
    show("prlimit64", syscall6(SYS_prlimit64, 0, 4, 0, (long)limit, 0, 0));
    show("hard", limit[1]);
}

static void data(void)
{
    static union { byte b[16]; unsigned short h[8]; unsigned w[4]; u64 d[2]; } m;
    for (int i = 0; i < 16; i++)
        m.b[i] = 0x11 * i;
    show("half", m.h[1]);
    show("word", m.w[1]);
    show("unaligned", *(volatile unsigned __attribute__((aligned(1))) *)(m.b + 1));
    show("double", m.d[1]);
    unsigned pair[2];
    __asm__("ldrd r2, r3, [%1]\n\tstmia %0, {r2, r3}" : : "r"(pair), "r"(&m) : "r2", "r3", "memory");
    show("ldrd", pair[0]);
    show("ldrd", pair[1]);
    show("tls", syscall3(SYS_set_tls, 0x12345678, 0, 0));
    show("helper", ((unsigned (*)(void))0xffff0fe0)());
    show("version", *(unsigned *)0xffff0ffc);
    unsigned word = 5;
    /* kuser_cmpxchg: 0 if it has stored */
    show("cmpxchg", ((int (*)(int, int, volatile unsigned *))0xffff0fc0)(5, 0x01020304, &word));
    show("word", word);
    u64 from = 0x100000002ull, to = 0x300000004ull, value = from;
    show("cmpxchg64", ((int (*)(u64 *, u64 *, volatile u64 *))0xffff0f60)(&from, &to, &value));
    show("value", value);
}

int main(int argc, char **argv, char **envp, unsigned *auxv)
{
    show("argc", argc);
    (void)envp;
    for (; auxv[0]; auxv += 2)
        if (auxv[0] == 6 || auxv[0] == 17)
            show("auxv", auxv[1]);
    files(argv[1]);
    others();
    data();
    return 7;
}
