// Handler of every signal that the guest handles: (w0 signal, x1 siginfo_t, x2 ucontext).
//
// It keeps the siginfo for JavaScript, asks compiled code to return and leaves all signals blocked, so that the
// kernel's own queue holds what else arrives. A system call that is about to be made is not made (safe-syscall.s).
signal_entry:
  mov x14, x30
  bl .Lfind_thread
  mov x30, x14
  cbz x9, .Lforeign
  ldr w10, [x9, T_COUNT]
  cmp w10, SIGNAL_SLOTS
  b.hs .Lsignal_kept
  add w11, w10, 1
  str w11, [x9, T_COUNT]
  add x11, x9, x10, lsl 7
  add x11, x11, T_INFO
  mov x12, SIGINFO_BYTES
1:
  sub x12, x12, 8
  ldr x13, [x1, x12]
  str x13, [x11, x12]
  cbnz x12, 1b
.Lsignal_kept:
  ldr x10, =NOT_FAULTS
  ldr x11, [x2, UC_SIGMASK]
  orr x11, x11, x10
  str x11, [x2, UC_SIGMASK]
  ldr x10, [x9, T_POLLED]
  str wzr, [x10]
  // the call that was about to be made, or that the kernel would make again, must wait for the guest's handler
  ldr x10, [x2, UC_PC]
  adr x11, .Lsafe_start
  cmp x10, x11
  b.lo 2f
  adr x11, .Lsafe_end
  cmp x10, x11
  b.hs 2f
  adr x11, .Lsafe_interrupted
  str x11, [x2, UC_PC]
2:
  ret

// The kernel has picked a thread of V8's. It will not do so again: that thread blocks everything from now on, and
// the signal goes back to the process with what it carries.
.Lforeign:
  ldr x11, [x2, UC_SIGMASK]
  ldr x10, =NOT_SYNCHRONOUS
  orr x11, x11, x10
  str x11, [x2, UC_SIGMASK]
  mov x2, x1
  mov w1, w0
  mov x8, NR_getpid
  svc 0
  mov x8, NR_rt_sigqueueinfo
  svc 0
  ret

// Handler that makes a thread of V8's block all signals, so that the kernel sends it none (../threads.ts).
silence_entry:
  ldr x11, [x2, UC_SIGMASK]
  ldr x10, =NOT_SYNCHRONOUS
  orr x11, x11, x10
  str x11, [x2, UC_SIGMASK]
  adr x10, .Ldata
  add x10, x10, G_SILENCED
1:
  ldxr w11, [x10]
  add w11, w11, 1
  stxr w12, w11, [x10]
  cbnz w12, 1b
  ret

.balign 16
signal_return:
  mov x8, NR_rt_sigreturn
  svc 0
.balign 16
