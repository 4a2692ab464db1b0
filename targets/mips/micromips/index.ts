/** The decode tables of microMIPS: instructions of 16 and of 32 bits. */
export { MICROMIPS32_ROWS } from './long';
export { MICROMIPS16_ROWS } from './short';
