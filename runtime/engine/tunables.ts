/** Limits of the engine, each with the reason for its value. */

/**
 * Guest instructions per block. Longer straight-line runs are rare; the limit bounds the work done
 * between two looks at the pending flag and the size of one interpreter frame.
 */
export const MAX_BLOCK_INSTRUCTIONS = 128;

/**
 * Executions after which a block becomes the head of a compiled region. A region costs 1 to 2 ms to
 * build while the translator itself is cold, an interpreted block 0.1 us. Measured, user time in
 * seconds for thresholds of 1500, 6000 and 24000: `python3 -c pass` 2.4, 1.9, 1.7; `cc1` on a short
 * file 1.8, 1.6, 1.8; loops gain from a low one.
 */
export const HOT_THRESHOLD = 16000;

/** Executions after which a block enters what an earlier run has compiled for it. */
export const RESTORE_THRESHOLD = 16;

/** Entries of the direct-mapped cache from guest pc to translation; a power of two. */
export const JUMP_CACHE_ENTRIES = 4096;

/** Thresholds below this compile code of which too little has run to say which way it goes. */
export const LEAST_HISTORY = 100;

/** A callee that has run this part of the threshold is compiled together with its hot caller, so that the call is direct. */
export const WARM_SHARE = 4;
