// The code page for aarch64: see ../x86-64, which these sources follow line by line.
.text
.set .Ldata, .Lstart + CODE_BYTES

// Numbers of include/uapi/asm-generic/unistd.h
.set NR_rt_sigaction, 134
.set NR_rt_sigreturn, 139
.set NR_getpid, 172
.set NR_rt_sigqueueinfo, 138

// struct ucontext (arch/arm64/include/uapi/asm/ucontext.h): 40 bytes, the mask, 120 unused ones, and sigcontext on a
// 16-byte boundary with fault_address, x0-x30, sp, pc
.set UC_SIGMASK, 40
.set UC_PC, 176 + 8 + 8 * 31 + 8
// siginfo_t
.set SI_CODE, 8
.set SI_ADDR, 16

.set SIGBUS, 7
.set SIGSEGV, 11
// Bit N-1 is signal N
.set FAULTS, 1 << (SIGBUS - 1) | 1 << (SIGSEGV - 1)
.set SYNCHRONOUS, FAULTS | 1 << 3 | 1 << 4 | 1 << 7

.Lstart:
.include "find-thread.s"
.include "signal-entry.s"
.include "fault-entry.s"
.include "safe-syscall.s"
