# Handler of every signal that the guest handles: (edi signal, rsi siginfo_t, rdx ucontext).
#
# It keeps the siginfo for JavaScript, asks compiled code to return and leaves all signals blocked, so that the
# kernel's own queue holds what else arrives. A system call that is about to be made is not made (safe-syscall.s).
signal_entry:
  call .Lfind_thread
  test rax, rax
  jz .Lforeign
  mov ecx, [rax + T_COUNT]
  cmp ecx, SIGNAL_SLOTS
  jae .Lsignal_kept
  inc dword ptr [rax + T_COUNT]
  shl ecx, 7
  lea r8, [rax + rcx + T_INFO]
  mov ecx, SIGINFO_BYTES / 8
1:
  mov r9, [rsi + 8 * rcx - 8]
  mov [r8 + 8 * rcx - 8], r9
  dec ecx
  jnz 1b
.Lsignal_kept:
  mov rcx, NOT_FAULTS
  or [rdx + UC_SIGMASK], rcx
  mov rcx, [rax + T_POLLED]
  mov dword ptr [rcx], 0
  # the call that was about to be made, or that the kernel would make again, must wait for the guest's handler
  mov rcx, [rdx + UC_RIP]
  lea r8, [rip + .Lsafe_start]
  cmp rcx, r8
  jb 2f
  lea r8, [rip + .Lsafe_end]
  cmp rcx, r8
  jae 2f
  lea r8, [rip + .Lsafe_interrupted]
  mov [rdx + UC_RIP], r8
2:
  ret

# The kernel has picked a thread of V8's. It will not do so again: that thread blocks everything from now on, and
# the signal goes back to the process with what it carries.
.Lforeign:
  mov rcx, NOT_SYNCHRONOUS
  or [rdx + UC_SIGMASK], rcx
  mov rdx, rsi
  mov esi, edi
  mov eax, NR_getpid
  syscall
  mov edi, eax
  mov eax, NR_rt_sigqueueinfo
  syscall
  ret

# Handler that makes a thread of V8's block all signals, so that the kernel sends it none (../threads.ts).
silence_entry:
  mov rcx, NOT_SYNCHRONOUS
  or [rdx + UC_SIGMASK], rcx
  lock inc dword ptr [rip + .Ldata + G_SILENCED]
  ret

.balign 16
signal_return:
  mov eax, NR_rt_sigreturn
  syscall
.balign 16
