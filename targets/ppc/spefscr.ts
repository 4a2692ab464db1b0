/** SPEFSCR (SPE PEM, section 2.3.2): its bits for the two words of a register. The upper half of it is for the upper word. */

/** An integer result was limited; by `SOV` to the left of it, one was since a program cleared that. */
export const OVERFLOW = { upper: 0x40000000, lower: 0x00004000 } as const;
export const SUMMARY = { upper: 0x80000000 | 0, lower: 0x00008000 } as const;
