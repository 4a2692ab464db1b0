# The code page for x86-64. Machine code that must run where JavaScript cannot: in signal handlers and around
# system calls. It is position independent; its data (../layout.ts) lie CODE_BYTES behind its start.
#
# Labels other than the entries stay local (`.L`): a relocation against a global one would be left unapplied.
.intel_syntax noprefix
.code64
.text
.set .Ldata, .Lstart + CODE_BYTES

# Numbers of arch/x86/entry/syscalls/syscall_64.tbl
.set NR_rt_sigaction, 13
.set NR_rt_sigreturn, 15
.set NR_getpid, 39
.set NR_rt_sigprocmask, 14
.set NR_sched_yield, 24
.set NR_exit, 60
.set NR_set_tid_address, 218
.set NR_clone, 56
.set NR_futex, 202
.set NR_tgkill, 234
.set NR_rt_sigqueueinfo, 129

# struct ucontext (arch/x86/include/uapi/asm/sigcontext.h): flags, link and stack_t are 40 bytes, RIP is greg 16
.set UC_RIP, 40 + 8 * 16
.set UC_SIGMASK, 40 + 8 * 23 + 8 + 64
# siginfo_t
.set SI_CODE, 8
.set SI_ADDR, 16

# include/uapi/linux: sched.h, futex.h; asm-generic: signal-defs.h, mman-common.h
.set CLONE_CHILD_CLEARTID, 0x200000
.set CLONE_CHILD_SETTID, 0x1000000
# VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID: as glibc makes threads
.set CLONE_OF_PTHREADS, 0x3d0f00
.set FUTEX_WAIT_PRIVATE, 128
.set FUTEX_WAKE_PRIVATE, 129
.set SIG_SETMASK, 2
.set MADV_DONTFORK, 10
.set MAP_FIXED_OR_NOREPLACE, 0x100010
.set MAP_ANONYMOUS, 0x20
.set ETIMEDOUT, 110
.set TWO_MS, 2000000
# glibc's: what a helper thread can never block
.set SIGSETXID, 33

.set SIGBUS, 7
.set SIGSEGV, 11
# Bit N-1 is signal N. What this process itself depends on cannot be blocked: faults of compiled code
.set NOT_FAULTS, ~(1 << (SIGBUS - 1) | 1 << (SIGSEGV - 1) | 1 << (SIGSETXID - 1))
.set NOT_SYNCHRONOUS, ~(1 << 3 | 1 << 4 | 1 << (SIGBUS - 1) | 1 << 7 | 1 << (SIGSEGV - 1) | 1 << (SIGSETXID - 1))

.Lstart:
.include "find-thread.s"
.include "signal-entry.s"
.include "fault-entry.s"
.include "safe-syscall.s"
.include "fork.s"
.include "renew-thread.s"
