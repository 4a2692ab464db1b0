# fork_process(clone flags, address for the pidfd) -> what clone(2) returns, in parent and child.
#
# A child of fork has only the thread that forked, but V8 cannot do without its helper threads, and they may hold
# locks. So they are stopped by a signal at whatever they do, F_TIDS tells which, and the child makes each anew on
# its copied stack and thread pointer; returning from the signal handler then restores all other registers.
fork_process:
  push rbx
  push rbp
  push r12
  push r13
  push r14
  push r15
  # the mask before at [rsp], the new one behind it
  sub rsp, 16
  mov r14, rdi
  mov r15, rsi
  lea rbx, [rip + .Ldata]
  # no handler may run in the child before JavaScript knows that it is one
  mov qword ptr [rsp + 8], -1
  lea rsi, [rsp + 8]
  mov rdx, rsp
  call .Lset_mask
1:
  # threads that a fork before this one has stopped still need their slots
  mov eax, [rbx + F_STOPPED]
  cmp [rbx + F_LEFT], eax
  jae 2f
  call .Lyield
  jmp 1b
2:
  mov dword ptr [rbx + F_ARRIVED], 0
  mov dword ptr [rbx + F_TAKEN], 0
  mov dword ptr [rbx + F_LEFT], 0
  mov dword ptr [rbx + F_GO], 0
  mov dword ptr [rbx + F_WANTED], 0
  mov edx, SIGSETXID
  call .Lsignal_threads
  mov [rbx + F_WANTED], r12d
3:
  mov edx, [rbx + F_ARRIVED]
  cmp edx, r12d
  jae 4f
  push TWO_MS
  push 0
  lea rdi, [rbx + F_ARRIVED]
  mov esi, FUTEX_WAIT_PRIVATE
  mov r10, rsp
  mov eax, NR_futex
  syscall
  add rsp, 16
  cmp rax, -ETIMEDOUT
  jne 3b
  # a thread that ends takes no signals any more: count those that live
  xor edx, edx
  call .Lsignal_threads
  mov [rbx + F_WANTED], r12d
  jmp 3b
4:
  mov rdi, r14
  or rdi, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID
  xor esi, esi
  mov rdx, r15
  movsxd r10, dword ptr [rbx + F_TID_OFFSET]
  add r10, fs:[0]
  xor r8d, r8d
  mov eax, NR_clone
  syscall
  test rax, rax
  jz .Lfork_child
  mov r13, rax
  # the stopped threads go on
  mov [rbx + F_STOPPED], r12d
  mov dword ptr [rbx + F_GO], 1
  lea rdi, [rbx + F_GO]
  mov esi, FUTEX_WAKE_PRIVATE
  mov edx, 0x7fffffff
  mov eax, NR_futex
  syscall
  mov rax, r13
.Lfork_return:
  mov r13, rax
  mov rsi, rsp
  xor edx, edx
  call .Lset_mask
  mov rax, r13
  add rsp, 16
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbp
  pop rbx
  ret

.Lfork_child:
  mov dword ptr [rbx + F_STOPPED], 0
  mov dword ptr [rbx + F_LEFT], 0
  xor ebp, ebp
1:
  cmp ebp, r12d
  jae 3f
  mov ecx, ebp
  shl ecx, 4
  inc ebp
  mov rsi, [rbx + rcx + F_SLOTS]
  mov r8, [rbx + rcx + F_SLOTS + 8]
  movsxd rdx, dword ptr [rbx + F_TID_OFFSET]
  add rdx, r8
  mov r10, rdx
  mov edi, CLONE_OF_PTHREADS
  mov eax, NR_clone
  syscall
  test rax, rax
  jnz 1b
  # the new thread, on the stack that stop_entry has left: return address, ucontext
  call .Lfind_thread
  test rax, rax
  jz 2f
  # Another thread of the guest does not exist in the child. It runs until JavaScript notices, but makes no more calls
  mov dword ptr [rax + T_ABANDONED], 1
  mov dword ptr [rax + T_COUNT], SIGNAL_SLOTS
  mov rcx, [rax + T_POLLED]
  mov dword ptr [rcx], 0
  # and signals that the child blocks are not for it
  mov rcx, NOT_SYNCHRONOUS
  or [rsp + 8 + UC_SIGMASK], rcx
  mov rcx, [rsp + 8 + UC_RIP]
  lea r8, [rip + .Lsafe_start]
  cmp rcx, r8
  jb 2f
  lea r8, [rip + .Lsafe_end]
  cmp rcx, r8
  jae 2f
  lea r8, [rip + .Lsafe_interrupted]
  mov [rsp + 8 + UC_RIP], r8
2:
  ret
3:
  xor eax, eax
  jmp .Lfork_return

# Sends signal edx, or none if it is 0, to the threads of F_TIDS; r12d = how many of them there are
.Lsignal_threads:
  xor ebp, ebp
  xor r12d, r12d
1:
  cmp ebp, [rbx + F_COUNT]
  jae 2f
  mov edi, [rbx + F_PID]
  mov esi, [rbx + 4 * rbp + F_TIDS]
  mov eax, NR_tgkill
  syscall
  inc ebp
  test eax, eax
  jnz 1b
  inc r12d
  jmp 1b
2:
  ret

.Lset_mask:
  mov edi, SIG_SETMASK
  mov r10d, 8
  mov eax, NR_rt_sigprocmask
  syscall
  ret

.Lyield:
  mov eax, NR_sched_yield
  syscall
  ret

# Handler in a helper thread: leaves stack pointer and thread pointer in a slot and waits for the fork to be over.
stop_entry:
  call .Lfind_thread
  test rax, rax
  jz 2f
  mov dword ptr [rax + T_STOPPED], 1
2:
  lea r8, [rip + .Ldata]
  mov ecx, 1
  lock xadd [r8 + F_TAKEN], ecx
  shl ecx, 4
  mov [r8 + rcx + F_SLOTS], rsp
  mov rax, fs:[0]
  mov [r8 + rcx + F_SLOTS + 8], rax
  mov ecx, 1
  lock xadd [r8 + F_ARRIVED], ecx
  inc ecx
  cmp ecx, [r8 + F_WANTED]
  jne 2f
  # the last: r8 is not changed by the kernel
  lea rdi, [r8 + F_ARRIVED]
  mov esi, FUTEX_WAKE_PRIVATE
  mov edx, 1
  mov eax, NR_futex
  syscall
2:
  lea rdi, [r8 + F_GO]
  mov esi, FUTEX_WAIT_PRIVATE
  xor edx, edx
  xor r10d, r10d
  mov eax, NR_futex
  syscall
  cmp dword ptr [r8 + F_GO], 0
  je 2b
  lock inc dword ptr [r8 + F_LEFT]
  ret

# In the place of mmap(2) for V8, which wants each piece of its heap at another random place. Every one of them then has page
# tables of its own, which fork has to copy: let the kernel place them beside each other.
mmap_for_fork:
  test ecx, MAP_FIXED_OR_NOREPLACE
  jnz 1f
  test ecx, MAP_ANONYMOUS
  jz 1f
  xor edi, edi
1:
  jmp [rip + .Ldata + F_MMAP]

# In the place of madvise(2) for V8, which would keep its heap from the child
madvise_for_fork:
  cmp edx, MADV_DONTFORK
  je 1f
  jmp [rip + .Ldata + F_MADVISE]
1:
  xor eax, eax
  ret
.balign 16
