// renew_thread() -> 0, or what clone(2) fails with. Goes on in a new kernel thread with the stack and the thread pointer of the
// calling one, which ends: to the kernel it is another thread, with an id of its own, to libc and V8 the same.
renew_thread:
  // the mask before at sp + 16, the new one behind it: the old thread must not use the stack any more once there is a new one
  stp x29, x30, [sp, -32]!
  mov x9, -1
  str x9, [sp, 24]
  add x1, sp, 24
  add x2, sp, 16
  bl .Lset_mask
  // else its end would clear the id, which is the new thread's
  mov x0, 0
  mov x8, NR_set_tid_address
  svc 0
  mrs x3, tpidr_el0
  adr x9, .Ldata
  ldrsw x9, [x9, F_TID_OFFSET]
  add x2, x3, x9
  mov x4, x2
  mov x1, sp
  ldr x0, =CLONE_OF_PTHREADS
  mov x8, NR_clone
  svc 0
  cbz x0, 2f
  tbnz x0, 63, 1f
  mov x0, 0
  mov x8, NR_exit
  svc 0
1:
  mov x9, x0
  mov x0, x2
  mov x8, NR_set_tid_address
  svc 0
  mov x0, x9
2:
  mov x9, x0
  add x1, sp, 16
  mov x2, 0
  bl .Lset_mask
  mov x0, x9
  ldp x29, x30, [sp], 32
  ret
  .ltorg
.balign 16
