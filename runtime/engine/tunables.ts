/** Limits of the engine, each with the reason for its value. */

/**
 * Guest instructions per block. Longer straight-line runs are rare; the limit bounds the work done
 * between two looks at the pending flag and the size of one interpreter frame.
 */
export const MAX_BLOCK_INSTRUCTIONS = 128;

/**
 * Executions after which a block becomes the head of a compiled region. Compiling costs some 100 us per block of the
 * region, interpreting a block 70 ns. User seconds for thresholds of 1500, 3000, 5000, 8000 and 16000: Lua on four
 * small scripts 2.1, 2.1, 2.2, 2.3, 2.6; `bzip2 -9` on 3 MB 1.4, 1.4, 1.3, 1.3, 1.4; `python3 -S -c pass` 1.5, 1.4,
 * 1.3, 1.1, 1.1. `cc1 -O1` on 40 functions does not care between 6000 and 60000 (13 to 15).
 */
export const HOT_THRESHOLD = 5000;

/**
 * Executions after which a block enters what an earlier run has compiled for it. Code that this run hardly needs shall not
 * cost V8's time; 16, 200 and 2000 make no difference to `python3 -c pass` and `cc1`.
 */
export const RESTORE_THRESHOLD = 200;

/** Entries of the direct-mapped cache from guest pc to translation; a power of two. */
export const JUMP_CACHE_ENTRIES = 4096;

/** Thresholds below this compile code of which too little has run to say which way it goes. */
export const LEAST_HISTORY = 100;

/** A callee that has run this part of the threshold is compiled together with its hot caller, so that the call is direct. */
export const WARM_SHARE = 4;
