# rax = data of the calling guest thread, or 0 if it is a thread of V8's or Node's. Changes rcx and r8.
# A thread is known by its thread pointer (fs:0 holds its own address), as gettid would be a system call.
.Lfind_thread:
  mov r8d, [rip + .Ldata + G_THREADS_END]
  lea rcx, [rip + .Ldata + G_THREADS]
  shl r8, 4
  add r8, rcx
  mov rax, fs:[0]
1:
  cmp rcx, r8
  jae 2f
  cmp rax, [rcx]
  je 3f
  add rcx, 16
  jmp 1b
2:
  xor eax, eax
  ret
3:
  mov rax, [rcx + 8]
  ret

# thread_pointer() -> what identifies the calling thread in G_THREADS
thread_pointer:
  mov rax, fs:[0]
  ret
.balign 16
