# renew_thread() -> 0, or what clone(2) fails with. Goes on in a new kernel thread with the stack and the thread pointer of the
# calling one, which ends: to the kernel it is another thread, with an id of its own, to libc and V8 the same.
renew_thread:
  # the mask before at [rsp], the new one behind it: the old thread must not use the stack any more once there is a new one
  sub rsp, 24
  mov qword ptr [rsp + 8], -1
  lea rsi, [rsp + 8]
  mov rdx, rsp
  call .Lset_mask
  # else its end would clear the id, which is the new thread's
  xor edi, edi
  mov eax, NR_set_tid_address
  syscall
  mov r8, fs:[0]
  movsxd rdx, dword ptr [rip + .Ldata + F_TID_OFFSET]
  add rdx, r8
  mov r10, rdx
  mov rsi, rsp
  mov edi, CLONE_OF_PTHREADS
  mov eax, NR_clone
  syscall
  test rax, rax
  jz 2f
  js 1f
  xor edi, edi
  mov eax, NR_exit
  syscall
1:
  mov r9, rax
  mov rdi, rdx
  mov eax, NR_set_tid_address
  syscall
  mov rax, r9
2:
  mov r9, rax
  mov rsi, rsp
  xor edx, edx
  call .Lset_mask
  mov rax, r9
  add rsp, 24
  ret
.balign 16
