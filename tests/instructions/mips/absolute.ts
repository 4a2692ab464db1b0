/** Jumps of MIPS32 to fixed addresses, also into MIPS16e code, and what needs registers of its own: a system call. */
import type { CaseBuilder, Construct } from './generators';

const J = 2;
const JAL = 3;
const JALX = 0x1d;

/** Puts a jump to the place in the case that `offset` holds in the end. */
function jump(c: CaseBuilder, opcode: number, name: string, target: { readonly offset: number }): void {
  const word = opcode << 26;
  c.code.push({ word, name, essential: true, located: (code) => word | (((code + target.offset) >>> 2) & 0x03ffffff) });
}

const over =
  (opcode: number, name: string): Construct =>
  (c) => {
    const target = { offset: 0 };
    jump(c, opcode, name, target);
    c.code.push(c.filler());
    c.fill(c.rng.below(3));
    target.offset = c.here;
  };

/** Two halfwords that are the same, so that their order does not matter: JRC ra. */
const MIPS16_RETURN = 0xe8a0e8a0;

/** Calls a MIPS16e function that returns at once. */
const exchange: Construct = (c) => {
  const target = { offset: 0 };
  jump(c, JALX, 'jalx', target);
  c.code.push(c.filler());
  c.emit(0x10000002, 'b');
  c.code.push(c.filler());
  target.offset = c.here;
  c.emit(MIPS16_RETURN, 'jrc ra; jrc ra');
};

export const ABSOLUTE: readonly Construct[] = [over(J, 'j'), over(JAL, 'jal'), exchange];

const [V0, A3] = [2, 7];
const GETUID = 4024;
const NO_CALL = 5000;

/** A system call that asks for what does not change, or that there is not. */
export const systemCall: Construct = (c) => {
  c.emit(0x24020000 | c.rng.pick([GETUID, NO_CALL]), 'addiu v0');
  c.emit(0x0000000c, 'syscall', false);
  c.touch(V0);
  c.touch(A3);
};
