/** AltiVec encodings (AltiVec PEM chapter 6). */
import type { PpcRow } from '../instruction';

export const ALTIVEC_ROWS: readonly PpcRow[] = [];
