/*
 * Start-up code and system calls for guests without a C library (ARM EABI: number in r7, arguments
 * in r0-r5, negative errno as the result).
 */
#ifndef OTHER_ARCHITECTURE
typedef unsigned int size_t;
typedef unsigned char byte;

enum { SYS_exit = 1, SYS_read = 3, SYS_write = 4, SYS_open = 5, SYS_close = 6, SYS_unlink = 10, SYS_lseek = 19,
       SYS_getpid = 20, SYS_kill = 37, SYS_uname = 122 };
enum { SIGABRT = 6, O_CREAT = 0100, O_TRUNC = 01000 };

static inline long syscall3(long number, long a, long b, long c)
{
    register long r7 __asm__("r7") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory");
    return r0;
}

#define UNDEFINED_INSTRUCTION "udf #0"
#endif

static inline void exit(int status)
{
    for (;;)
        syscall3(SYS_exit, status, 0, 0);
}

static inline size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

/* Writes all of it, however the kernel cuts it up; exits with 74 (EX_IOERR) on an error. */
static void write_all(int fd, const void *data, size_t length)
{
    const char *p = data;
    while (length != 0) {
        long n = syscall3(SYS_write, fd, (long)p, length);
        if (n <= 0)
            exit(74);
        p += n;
        length -= n;
    }
}

static inline void print(const char *s)
{
    write_all(1, s, strlen(s));
}

static inline void print_hex(unsigned value)
{
    char text[8];
    for (int i = 7; i >= 0; i--, value >>= 4)
        text[i] = "0123456789abcdef"[value & 15];
    write_all(1, text, 8);
}

/* The compiler calls these for array initialisers and copies. */
void *memset(void *to, int value, size_t n)
{
    volatile byte *p = to;
    while (n--)
        *p++ = value;
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    volatile byte *p = to;
    const byte *q = from;
    while (n--)
        *p++ = *q++;
    return to;
}

int main(int argc, char **argv, char **envp, unsigned *auxv);

/* stack: what the kernel left at sp: argc, argv..., 0, envp..., 0, auxv pairs */
__attribute__((used, noreturn)) void start(long *stack)
{
    char **argv = (char **)(stack + 1);
    char **envp = argv + stack[0] + 1;
    char **end = envp;
    while (*end)
        end++;
    exit(main(stack[0], argv, envp, (unsigned *)(end + 1)));
    for (;;)
        ;
}

#ifndef OTHER_ARCHITECTURE
__attribute__((naked, used)) void _start(void)
{
    __asm__ volatile("mov r0, sp\n\tbl start");
}
#endif
