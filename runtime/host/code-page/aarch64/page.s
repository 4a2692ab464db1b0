// The code page for aarch64: see ../x86-64, which these sources follow line by line.
.text
.set .Ldata, .Lstart + CODE_BYTES

// Numbers of include/uapi/asm-generic/unistd.h
.set NR_rt_sigaction, 134
.set NR_rt_sigreturn, 139
.set NR_getpid, 172
.set NR_futex, 98
.set NR_sched_yield, 124
.set NR_tgkill, 131
.set NR_rt_sigprocmask, 135
.set NR_exit, 93
.set NR_set_tid_address, 96
.set NR_clone, 220
.set NR_rt_sigqueueinfo, 138

// struct ucontext (arch/arm64/include/uapi/asm/ucontext.h): 40 bytes, the mask, 120 unused ones, and sigcontext on a
// 16-byte boundary with fault_address, x0-x30, sp, pc
.set UC_SIGMASK, 40
.set UC_PC, 176 + 8 + 8 * 31 + 8
// siginfo_t
.set SI_CODE, 8
.set SI_ADDR, 16

// include/uapi/linux: sched.h, futex.h; asm-generic: signal-defs.h, mman-common.h
.set CLONE_CHILD_CLEARTID, 0x200000
.set CLONE_CHILD_SETTID, 0x1000000
// VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID: as glibc makes threads
.set CLONE_OF_PTHREADS, 0x3d0f00
.set FUTEX_WAIT_PRIVATE, 128
.set FUTEX_WAKE_PRIVATE, 129
.set SIG_SETMASK, 2
.set MADV_DONTFORK, 10
.set MAP_FIXED_OR_NOREPLACE, 0x100010
.set MAP_ANONYMOUS, 0x20
.set ETIMEDOUT, 110
.set TWO_MS, 2000000
// glibc's: what a helper thread can never block
.set SIGSETXID, 33

.set SIGBUS, 7
.set SIGSEGV, 11
// Bit N-1 is signal N
.set FAULTS, 1 << (SIGBUS - 1) | 1 << (SIGSEGV - 1)
.set NOT_FAULTS, ~(FAULTS | 1 << (SIGSETXID - 1))
.set SYNCHRONOUS, FAULTS | 1 << 3 | 1 << 4 | 1 << 7
.set NOT_SYNCHRONOUS, ~(SYNCHRONOUS | 1 << (SIGSETXID - 1))

.Lstart:
.include "find-thread.s"
.include "signal-entry.s"
.include "fault-entry.s"
.include "safe-syscall.s"
.include "fork.s"
.include "renew-thread.s"
