/** The native launcher as an executable file: launcher-x64.s assembled, in the smallest ELF file that Linux runs. */

/** `as -o launcher.o launcher-x64.s && objcopy -O binary -j .text launcher.o launcher.bin && base64 -w 120 launcher.bin`; a test compares. */
export const LAUNCHER_X64 = `
SInlSIHsADAAAEiJ47gJAAAAMf++ABAAALoHAAAAQboiAAAAScfA/////0UxyQ8FSI01UQMAALpPAAAASIXAD4jaAQAAuFkAAABIjT1HAgAASIneuqAPAAAP
BUiFwA+OrwEAAEiNPAO5AgAAAEj/z0g53w+CmgEAAIA/L3Xv/8l168YHAEiNdQhIi0UATI1sxRBMie9Ig8cISIN/+AB19UyNJXACAABIixZIiwdIhcB0DkiD
xxBIg/gfde5Ii1f4SIXSdBJJidSKAkj/wjwvTA9E4oTAdfFFMf+/QAAAAEiD7CBIieJBuggAAAC4DQAAADH2DwVNAf9IgzoBdQNJ/8f/z3XnuA4AAAAPBUyL
CkiDxCBIi00ASI0EzUAAAABIKcRIg+TwSYnmSI0F7QEAAEmJRghIjQX0AQAASYlGEEiNBfoBAABJiUYYTY1GKEyJ+EwJyHQkSI27yA8AAEmJOEmDwAiwKqpM
ifro6AAAAEyJyujgAAAAxgcATYkgSY14CEiNdQhIgz4AdBVIg8YISIsGSIkHSIPHCEiFwHXt6wdIxwcAAAAASI27ACAAAEiNNfIAAADouQAAAEmJRiBIice4
FQAAAL4EAAAADwWFwHUYSI013wAAAOhaAAAASI01+QAAAOhOAAAASYPGGEiNuwAgAABIjTX+AAAA6HMAAABJiUYISI09BAEAAEmJPug2AAAASI01PgEAALow
AAAAuAEAAAC/AgAAAA8FuOcAAAC/fgAAAA8FSI27ABAAAOgwAAAASYkGSInHuDsAAABMifZMieoPBcO5EAAAAEjBwgSJ0IPgDwQwPDl2AgQnqv/JderDSIn4
SInaigqEyXQKiA9I/8JI/8fr8IoOiA9I/8ZI/8eEyXXywy9wcm9jL3NlbGYvZXhlAC9kaXN0L3RzZW11LmNqcwAvbm9kZV9tb2R1bGVzL25vZGUtbGludXgt
eDY0L2Jpbi9ub2RlAC8uLi9ub2RlLWxpbnV4LXg2NC9iaW4vbm9kZQAvbGF1bmNoZXIvbGF1bmNoZXIuc2gAL2Jpbi9zaAB0c2VtdQAtLWRpc2FibGUtc2ln
dXNyMQAtLXY4LXBvb2wtc2l6ZT0yAC0tbWluLXNlbWktc3BhY2Utc2l6ZT04AHRzZW11OiBjYW5ub3QgZmluZCBpdHNlbGY6IC9wcm9jIGlzIG5vdCBtb3Vu
dGVkCnRzZW11OiBub3QgYWxsb3dlZCB0byBtYWtlIGV4ZWN1dGFibGUgbWVtb3J5IChQUl9TRVRfTURXRSwgc2VjY29tcCBvciBTRUxpbnV4KQo=
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
