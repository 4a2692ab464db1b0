/** Limits of the engine, each with the reason for its value. */

/**
 * Guest instructions per block. Longer straight-line runs are rare; the limit bounds the work done
 * between two looks at the pending flag and the size of one interpreter frame.
 */
export const MAX_BLOCK_INSTRUCTIONS = 128;

/**
 * Executions after which a block becomes the head of a compiled region. A JavaScript region costs
 * about 1 ms to build and warm up, an interpreted block about 0.1 us.
 */
export const HOT_THRESHOLD = 1500;

/** Entries of the direct-mapped cache from guest pc to translation; a power of two. */
export const JUMP_CACHE_ENTRIES = 4096;
