/** The native launcher as an executable file: launcher-x64.s assembled, in the smallest ELF file that Linux runs. */

/** `as -o launcher.o launcher-x64.s && objcopy -O binary -j .text launcher.o launcher.bin && base64 -w 120 launcher.bin`; a test compares. */
export const LAUNCHER_X64 = `
SInlSIHsADAAAEiJ47gJAAAAMf++ABAAALoHAAAAQboiAAAAScfA/////0UxyQ8FSI01LgMAALpPAAAASIXAD4jPAQAAuFkAAABIjT08AgAASIneuqAPAAAP
BUiFwA+OpAEAAEiNPAO5AgAAAEj/z0g53w+CjwEAAIA/L3Xv/8l168YHAEiNdQhIi0UATI1sxRBMie9Ig8cISIN/+AB19UyNJWUCAABIixZIiwdIhcB0DkiD
xxBIg/gfde5Ii1f4SIXSdBJJidSKAkj/wjwvTA9E4oTAdfFFMf+/QAAAAEiD7CBIieJBuggAAAC4DQAAADH2DwVNAf9IgzoBdQNJ/8f/z3XnuA4AAAAPBUyL
CkiDxCBIi00ASI0EzTgAAABIKcRIg+TwSYnmSI0F4gEAAEmJRghIjQXpAQAASYlGEE2NRiBMifhMCch0JEiNu8gPAABJiThJg8AIsCqqTIn66OgAAABMicro
4AAAAMYHAE2JIEmNeAhIjXUISIM+AHQVSIPGCEiLBkiJB0iDxwhIhcB17esHSMcHAAAAAEiNuwAgAABIjTXyAAAA6LkAAABJiUYYSInHuBUAAAC+BAAAAA8F
hcB1GEiNNd8AAADoWgAAAEiNNfkAAADoTgAAAEmDxhBIjbsAIAAASI01/gAAAOhzAAAASYlGCEiNPQQBAABJiT7oNgAAAEiNNSYBAAC6MAAAALgBAAAAvwIA
AAAPBbjnAAAAv34AAAAPBUiNuwAQAADoMAAAAEmJBkiJx7g7AAAATIn2TInqDwXDuRAAAABIwcIEidCD4A8EMDw5dgIEJ6r/yXXqw0iJ+EiJ2ooKhMl0CogP
SP/CSP/H6/CKDogPSP/GSP/HhMl18sMvcHJvYy9zZWxmL2V4ZQAvZGlzdC90c2VtdS5janMAL25vZGVfbW9kdWxlcy9ub2RlLWxpbnV4LXg2NC9iaW4vbm9k
ZQAvLi4vbm9kZS1saW51eC14NjQvYmluL25vZGUAL2xhdW5jaGVyL2xhdW5jaGVyLnNoAC9iaW4vc2gAdHNlbXUALS1kaXNhYmxlLXNpZ3VzcjEALS12OC1w
b29sLXNpemU9MgB0c2VtdTogY2Fubm90IGZpbmQgaXRzZWxmOiAvcHJvYyBpcyBub3QgbW91bnRlZAp0c2VtdTogbm90IGFsbG93ZWQgdG8gbWFrZSBleGVj
dXRhYmxlIG1lbW9yeSAoUFJfU0VUX01EV0UsIHNlY2NvbXAgb3IgU0VMaW51eCkK
`;

const BASE = 0x400000;
const EHDR_SIZE = 64;
const PHDR_SIZE = 56;
const CODE_OFFSET = EHDR_SIZE + 2 * PHDR_SIZE;
const PT = { LOAD: 1, GNU_STACK: 0x6474e551 };
const PF = { X: 1, W: 2, R: 4 };

/** The launcher for a host, or undefined if only the shell script serves there. */
export function nativeLauncher(arch) {
  return arch === 'x64' ? elfExecutable(Buffer.from(LAUNCHER_X64, 'base64')) : undefined;
}

/** An x86-64 ET_EXEC file of position-independent code whose first byte is the entry (System V gABI chapters 4 and 5). */
function elfExecutable(code) {
  const header = Buffer.alloc(CODE_OFFSET);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64-bit, little-endian, version 1
  header.writeUInt16LE(2, 16); // ET_EXEC
  header.writeUInt16LE(62, 18); // EM_X86_64
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(BASE + CODE_OFFSET), 24); // e_entry
  header.writeBigUInt64LE(BigInt(EHDR_SIZE), 32); // e_phoff
  header.writeUInt16LE(EHDR_SIZE, 52);
  header.writeUInt16LE(PHDR_SIZE, 54);
  header.writeUInt16LE(2, 56); // e_phnum
  writeProgramHeader(header, EHDR_SIZE, PT.LOAD, PF.R | PF.X, BASE, CODE_OFFSET + code.length);
  writeProgramHeader(header, EHDR_SIZE + PHDR_SIZE, PT.GNU_STACK, PF.R | PF.W, 0, 0);
  return Buffer.concat([header, code]);
}

function writeProgramHeader(file, at, type, flags, address, size) {
  file.writeUInt32LE(type, at);
  file.writeUInt32LE(flags, at + 4);
  file.writeBigUInt64LE(BigInt(address), at + 16);
  file.writeBigUInt64LE(BigInt(address), at + 24);
  file.writeBigUInt64LE(BigInt(size), at + 32);
  file.writeBigUInt64LE(BigInt(size), at + 40);
  file.writeBigUInt64LE(0x1000n, at + 48);
}
