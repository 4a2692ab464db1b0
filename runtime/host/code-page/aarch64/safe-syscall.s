// safe_syscall(thread data, number, six arguments) -> the kernel's result, or RESTART if a signal is waiting for
// JavaScript. Between the test and the call a handler would come too early for the test and too late for EINTR:
// signal-entry.s moves a thread it finds there to .Lsafe_interrupted. The kernel does the same for us when it goes
// back to the instruction to make a call with SA_RESTART again.
safe_syscall:
  mov x9, x0
  mov x8, x1
  mov x0, x2
  mov x1, x3
  mov x2, x4
  mov x3, x5
  mov x4, x6
  mov x5, x7
.Lsafe_start:
  ldr w10, [x9, T_COUNT]
  cbnz w10, .Lsafe_interrupted
  svc 0
.Lsafe_end:
  ret
.Lsafe_interrupted:
  mov x0, RESTART
  ret
.balign 16
