/*
 * What ../arm/crt.h has for ARM: start-up code and system calls (o32: number in v0, arguments in a0-a3,
 * result in v0 and a flag for errors in a3). Included before it, so that the programs there serve both.
 */
#define OTHER_ARCHITECTURE
typedef unsigned int size_t;
typedef unsigned char byte;

enum { SYS_exit = 4001, SYS_read = 4003, SYS_write = 4004, SYS_open = 4005, SYS_close = 4006, SYS_unlink = 4010, SYS_lseek = 4019,
       SYS_getpid = 4020, SYS_kill = 4037, SYS_uname = 4122 };
enum { SIGABRT = 6, O_CREAT = 0x100, O_TRUNC = 0x200 };

static inline long syscall3(long number, long a, long b, long c)
{
    register long v0 __asm__("$2") = number;
    register long a0 __asm__("$4") = a;
    register long a1 __asm__("$5") = b;
    register long a2 __asm__("$6") = c;
    register long a3 __asm__("$7");
    __asm__ volatile("syscall" : "+r"(v0), "=r"(a3) : "r"(a0), "r"(a1), "r"(a2)
                     : "memory", "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo");
    return a3 ? -v0 : v0;
}

#define UNDEFINED_INSTRUCTION ".word 0x0000003f"

__asm__(".text\n.globl __start\n.ent __start\n__start:\n.set noreorder\n"
        "move $4, $29\n\tjal start\n\taddiu $29, $29, -32\n.set reorder\n.end __start");
