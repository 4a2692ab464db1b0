// Handler of SIGSEGV and SIGBUS: (w0 signal, x1 siginfo_t, x2 ucontext).
//
// Notes the address of a fault, then lets V8 turn it into an exception if it happened in WebAssembly. V8 only
// knows SIGSEGV; SIGBUS, from beyond the end of a mapped file, is shown to it as one.
fault_entry:
  ldr w10, [x1, SI_CODE]
  // sent by a process rather than by the processor
  cmp w10, 0
  b.le signal_entry
  stp x29, x30, [sp, -32]!
  str w0, [sp, 16]
  bl .Lfind_thread
  cbz x9, 1f
  ldr x10, [x1, SI_ADDR]
  str x10, [x9, T_FAULT_ADDRESS]
  ldr w10, [sp, 16]
  str w10, [x9, T_FAULT_SIGNAL]
1:
  adr x10, .Ldata
  ldr x10, [x10, G_TRY_HANDLE]
  cbz x10, 2f
  mov w0, SIGSEGV
  blr x10
  tst w0, 0xff
  b.ne 3f
2:
  // not of the guest's doing: with the default action the same access ends the process
  ldr w0, [sp, 16]
  stp xzr, xzr, [sp, -32]!
  stp xzr, xzr, [sp, 16]
  mov x1, sp
  mov x2, 0
  mov x3, 8
  mov x8, NR_rt_sigaction
  svc 0
  add sp, sp, 32
3:
  ldp x29, x30, [sp], 32
  ret
.balign 16
