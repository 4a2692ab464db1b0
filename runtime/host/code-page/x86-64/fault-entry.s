# Handler of SIGSEGV and SIGBUS: (edi signal, rsi siginfo_t, rdx ucontext).
#
# Notes the address of a fault, then lets V8 turn it into an exception if it happened in WebAssembly. V8 only
# knows SIGSEGV; SIGBUS, from beyond the end of a mapped file, is shown to it as one.
fault_entry:
  # sent by a process rather than by the processor
  cmp dword ptr [rsi + SI_CODE], 0
  jle signal_entry
  call .Lfind_thread
  test rax, rax
  jz 1f
  mov rcx, [rsi + SI_ADDR]
  mov [rax + T_FAULT_ADDRESS], rcx
  mov [rax + T_FAULT_SIGNAL], edi
1:
  push rdi
  mov rax, [rip + .Ldata + G_TRY_HANDLE]
  test rax, rax
  jz 2f
  mov edi, SIGSEGV
  call rax
  test al, al
  jnz 3f
2:
  # not of the guest's doing: with the default action the same access ends the process
  mov rdi, [rsp]
  sub rsp, 32
  xor eax, eax
  mov [rsp], rax
  mov [rsp + 8], rax
  mov [rsp + 16], rax
  mov [rsp + 24], rax
  mov rsi, rsp
  xor edx, edx
  mov r10d, 8
  mov eax, NR_rt_sigaction
  syscall
  add rsp, 32
3:
  pop rdi
  ret
.balign 16
