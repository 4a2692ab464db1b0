# safe_syscall(thread data, number, six arguments) -> the kernel's result, or RESTART if a signal is waiting for
# JavaScript. Between the test and the call a handler would come too early for the test and too late for EINTR:
# signal-entry.s moves a thread it finds there to .Lsafe_interrupted. The kernel does the same for us when it goes
# back to the instruction to make a call with SA_RESTART again.
safe_syscall:
  mov r11, rdi
  mov rax, rsi
  mov rdi, rdx
  mov rsi, rcx
  mov rdx, r8
  mov r10, r9
  mov r8, [rsp + 8]
  mov r9, [rsp + 16]
.Lsafe_start:
  cmp dword ptr [r11 + T_COUNT], 0
  jne .Lsafe_interrupted
  syscall
.Lsafe_end:
  ret
.Lsafe_interrupted:
  mov rax, RESTART
  ret
.balign 16
