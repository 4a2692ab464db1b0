// x9 = data of the calling guest thread, or 0 if it is a thread of V8's or Node's. Changes x10 to x13.
// A thread is known by its thread pointer, as gettid would be a system call.
.Lfind_thread:
  adr x10, .Ldata
  ldr w11, [x10, G_THREADS_END]
  add x10, x10, G_THREADS
  add x11, x10, x11, lsl 4
  mrs x12, tpidr_el0
1:
  cmp x10, x11
  b.hs 2f
  ldp x13, x9, [x10], 16
  cmp x13, x12
  b.ne 1b
  ret
2:
  mov x9, 0
  ret

// thread_pointer() -> what identifies the calling thread in G_THREADS
thread_pointer:
  mrs x0, tpidr_el0
  ret
.balign 16
