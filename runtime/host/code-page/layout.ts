/**
 * Where the code page keeps its data. The assembly sources get every name as a symbol (scripts/code-page.ts),
 * so that TypeScript and machine code cannot disagree.
 */

/** Guest threads that one process can have at a time. */
export const MAX_THREADS = 8192;

/** Threads of V8 and Node that a fork can carry over. */
export const MAX_HELPERS = 512;

/** Signals that a thread can hold before JavaScript takes them: one that may be blocked, and those that may not. */
export const SIGNAL_SLOTS = 4;
export const SIGINFO_BYTES = 128;

/** Bytes from the start of the code to the start of the data, which must not be executable. */
export const CODE_BYTES = 4096;

/** Offsets in the data, which all threads share. */
export const SHARED = {
  /** Address of V8's TryHandleWebAssemblyTrapPosix, or 0. */
  G_TRY_HANDLE: 0,
  /** Entries of the thread table in use: the highest one plus one. */
  G_THREADS_END: 8,
  /** How often `silence_entry` has run. */
  G_SILENCED: 12,
  /** Of fork (fork.s): the process, and its threads besides the forking one. */
  F_PID: 16,
  F_COUNT: 20,
  F_TIDS: 1024,
  /** Threads that have begun to stop, that wait, and that have gone on since; how many must before the next fork. */
  F_TAKEN: 24,
  F_ARRIVED: 28,
  F_LEFT: 32,
  F_STOPPED: 36,
  /** Not 0: they may go on. */
  F_GO: 40,
  /** Where glibc keeps a thread's id, relative to its thread pointer. */
  F_TID_OFFSET: 44,
  /** Address of madvise(2) in libc. */
  F_MADVISE: 48,
  /** How many are to arrive. */
  F_WANTED: 56,
  /** Address of mmap(2) in libc. */
  F_MMAP: 64,
  /** Stack pointer and thread pointer of each. */
  F_SLOTS: 1024 + 4 * MAX_HELPERS,
  /** Per thread two words: its thread pointer, or 0 if the entry is free, and the address of its THREAD data. */
  G_THREADS: 12288,
} as const;

/** Bytes of the data. */
export const SHARED_BYTES = SHARED.G_THREADS + 16 * MAX_THREADS;

/** Offsets in the data of one thread. */
export const THREAD = {
  /** Signals waiting in T_INFO. Others than SIGSEGV and SIGBUS stay blocked until JavaScript sets this to 0. */
  T_COUNT: 0,
  /** Address of a 32-bit word that is set to 0 when a signal arrives (the `headroom` field of the CPU state). */
  T_POLLED: 8,
  /** Address of the thread's last fault (si_addr). */
  T_FAULT_ADDRESS: 16,
  /** Which signal the thread's last fault was. */
  T_FAULT_SIGNAL: 24,
  /** Set when a fork has stopped the thread: a call that returns EINTR may owe it to that. */
  T_STOPPED: 28,
  /** Set in a child of fork(2) in which this is not the thread that forked: it must not go on. */
  T_ABANDONED: 32,
  /** siginfo_t of the waiting signals. */
  T_INFO: 64,
} as const;

export const THREAD_BYTES = THREAD.T_INFO + SIGNAL_SLOTS * SIGINFO_BYTES;

/** What a call through `safe_syscall` returns if a signal came first: ERESTARTSYS, which the kernel never shows. */
export const RESTART = -512;

/** What a guest's system call returns that has set the registers itself. Not an error number either (ERESTARTNOINTR). */
export const NO_RESULT = -513;
