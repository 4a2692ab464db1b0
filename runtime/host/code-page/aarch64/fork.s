// fork_process(clone flags, address for the pidfd) -> what clone(2) returns, in parent and child.
//
// A child of fork has only the thread that forked, but V8 cannot do without its helper threads, and they may hold
// locks. So they are stopped by a signal at whatever they do, F_TIDS tells which, and the child makes each anew on
// its copied stack and thread pointer; returning from the signal handler then restores all other registers.
fork_process:
  stp x29, x30, [sp, -80]!
  stp x19, x20, [sp, 16]
  stp x21, x22, [sp, 32]
  stp x23, x24, [sp, 48]
  // x19 data, x20 flags, x21 address for the pidfd, x22 threads, x23 result; the mask before at sp + 64
  adr x19, .Ldata
  mov x20, x0
  mov x21, x1
  // no handler may run in the child before JavaScript knows that it is one
  mov x9, -1
  str x9, [sp, 72]
  add x1, sp, 72
  add x2, sp, 64
  bl .Lset_mask
1:
  // threads that a fork before this one has stopped still need their slots
  ldr w9, [x19, F_STOPPED]
  ldr w10, [x19, F_LEFT]
  cmp w10, w9
  b.hs 2f
  bl .Lyield
  b 1b
2:
  str wzr, [x19, F_ARRIVED]
  str wzr, [x19, F_TAKEN]
  str wzr, [x19, F_LEFT]
  str wzr, [x19, F_GO]
  str wzr, [x19, F_WANTED]
  mov w2, SIGSETXID
  bl .Lsignal_threads
  str w22, [x19, F_WANTED]
3:
  add x0, x19, F_ARRIVED
  ldar w2, [x0]
  cmp w2, w22
  b.hs 4f
  ldr x9, =TWO_MS
  stp xzr, x9, [sp, -16]!
  mov x1, FUTEX_WAIT_PRIVATE
  mov x3, sp
  mov x8, NR_futex
  svc 0
  add sp, sp, 16
  cmn x0, ETIMEDOUT
  b.ne 3b
  // a thread that ends takes no signals any more: count those that live
  mov w2, 0
  bl .Lsignal_threads
  str w22, [x19, F_WANTED]
  b 3b
4:
  ldr x9, =(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)
  orr x0, x20, x9
  mov x1, 0
  mov x2, x21
  mov x3, 0
  mrs x4, tpidr_el0
  ldrsw x9, [x19, F_TID_OFFSET]
  add x4, x4, x9
  mov x8, NR_clone
  svc 0
  cbz x0, .Lfork_child
  mov x23, x0
  // the stopped threads go on
  str w22, [x19, F_STOPPED]
  mov w9, 1
  add x0, x19, F_GO
  stlr w9, [x0]
  mov x1, FUTEX_WAKE_PRIVATE
  mov x2, 0x7fffffff
  mov x8, NR_futex
  svc 0
.Lfork_return:
  add x1, sp, 64
  mov x2, 0
  bl .Lset_mask
  mov x0, x23
  ldp x19, x20, [sp, 16]
  ldp x21, x22, [sp, 32]
  ldp x23, x24, [sp, 48]
  ldp x29, x30, [sp], 80
  ret

.Lfork_child:
  str wzr, [x19, F_STOPPED]
  str wzr, [x19, F_LEFT]
  mov x23, 0
  mov w24, 0
1:
  cmp w24, w22
  b.hs .Lfork_return
  add x9, x19, F_SLOTS
  add x9, x9, x24, lsl 4
  add w24, w24, 1
  ldp x1, x3, [x9]
  ldrsw x2, [x19, F_TID_OFFSET]
  add x2, x2, x3
  mov x4, x2
  ldr x0, =CLONE_OF_PTHREADS
  mov x8, NR_clone
  svc 0
  cbnz x0, 1b
  // the new thread, on the stack that stop_entry has left: siginfo_t, ucontext
  bl .Lfind_thread
  cbz x9, 2f
  // Another thread of the guest does not exist in the child. It runs until JavaScript notices, but makes no more calls
  mov w10, 1
  str w10, [x9, T_ABANDONED]
  mov w10, SIGNAL_SLOTS
  str w10, [x9, T_COUNT]
  ldr x10, [x9, T_POLLED]
  str wzr, [x10]
  // and signals that the child blocks are not for it
  ldr x10, =NOT_SYNCHRONOUS
  ldr x11, [sp, SIGINFO_BYTES + UC_SIGMASK]
  orr x11, x11, x10
  str x11, [sp, SIGINFO_BYTES + UC_SIGMASK]
  ldr x10, [sp, SIGINFO_BYTES + UC_PC]
  adr x11, .Lsafe_start
  cmp x10, x11
  b.lo 2f
  adr x11, .Lsafe_end
  cmp x10, x11
  b.hs 2f
  adr x11, .Lsafe_interrupted
  str x11, [sp, SIGINFO_BYTES + UC_PC]
2:
  b signal_return
  .ltorg

// Sends signal w2, or none if it is 0, to the threads of F_TIDS; w22 = how many of them there are
.Lsignal_threads:
  mov w22, 0
  mov w11, 0
  mov w12, w2
1:
  ldr w9, [x19, F_COUNT]
  cmp w11, w9
  b.hs 2f
  ldr w0, [x19, F_PID]
  add x9, x19, F_TIDS
  ldr w1, [x9, x11, lsl 2]
  mov w2, w12
  mov x8, NR_tgkill
  svc 0
  add w11, w11, 1
  cbnz x0, 1b
  add w22, w22, 1
  b 1b
2:
  ret

.Lset_mask:
  mov x0, SIG_SETMASK
  mov x3, 8
  mov x8, NR_rt_sigprocmask
  svc 0
  ret

.Lyield:
  mov x8, NR_sched_yield
  svc 0
  ret

// Handler in a helper thread: leaves stack pointer and thread pointer in a slot and waits for the fork to be over.
stop_entry:
  mov x14, x30
  bl .Lfind_thread
  mov x30, x14
  cbz x9, 7f
  mov w10, 1
  str w10, [x9, T_STOPPED]
7:
  adr x9, .Ldata
  add x10, x9, F_TAKEN
1:
  ldaxr w11, [x10]
  add w12, w11, 1
  stlxr w13, w12, [x10]
  cbnz w13, 1b
  add x10, x9, F_SLOTS
  add x10, x10, x11, lsl 4
  mov x11, sp
  mrs x12, tpidr_el0
  stp x11, x12, [x10]
  add x10, x9, F_ARRIVED
2:
  ldaxr w11, [x10]
  add w11, w11, 1
  stlxr w13, w11, [x10]
  cbnz w13, 2b
  dmb ish
  ldr w12, [x9, F_WANTED]
  cmp w11, w12
  b.ne 3f
  // the last
  mov x0, x10
  mov x1, FUTEX_WAKE_PRIVATE
  mov x2, 1
  mov x8, NR_futex
  svc 0
3:
  add x0, x9, F_GO
  mov x1, FUTEX_WAIT_PRIVATE
  mov x2, 0
  mov x3, 0
  mov x8, NR_futex
  svc 0
  add x10, x9, F_GO
  ldar w11, [x10]
  cbz w11, 3b
  add x10, x9, F_LEFT
4:
  ldaxr w11, [x10]
  add w11, w11, 1
  stlxr w13, w11, [x10]
  cbnz w13, 4b
  ret

// In the place of mmap(2) for V8, which wants each piece of its heap at another random place. Every one of them then has page
// tables of its own, which fork has to copy: let the kernel place them beside each other.
mmap_for_fork:
  ldr w9, =MAP_FIXED_OR_NOREPLACE
  tst w3, w9
  b.ne 1f
  tst w3, MAP_ANONYMOUS
  b.eq 1f
  mov x0, 0
1:
  adr x9, .Ldata
  ldr x9, [x9, F_MMAP]
  br x9
  .ltorg

// In the place of madvise(2) for V8, which would keep its heap from the child
madvise_for_fork:
  cmp w2, MADV_DONTFORK
  b.eq 1f
  adr x9, .Ldata
  ldr x9, [x9, F_MADVISE]
  br x9
1:
  mov x0, 0
  ret
.balign 16
