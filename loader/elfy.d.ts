/**
 * The part of elfy we use. elfy trusts its input, so elf-file.ts calls it only on bytes it has measured,
 * and takes the machine from the raw header: elfy names machines and forgets the number of unknown ones.
 */
declare module 'elfy' {
  interface Header {
    readonly class: '32' | '64';
    readonly endian: 'lsb' | 'msb';
    /** e_version. */
    readonly version: number;
    /** Undefined for a value elfy has no name for. */
    readonly type: 'none' | 'rel' | 'exec' | 'dyn' | 'core' | 'num' | undefined;
    /** 64-bit fields are doubles: exact up to 2^53. */
    readonly entry: number;
    readonly phoff: number;
    readonly flags: number;
    readonly phentsize: number;
    readonly phnum: number;
  }

  interface Program {
    /** Undefined for a value elfy has no name for. */
    readonly type: string | undefined;
    readonly offset: number;
    readonly vaddr: number;
    readonly filesz: number;
    readonly memsz: number;
    readonly flags: { readonly r?: true; readonly w?: true; readonly x?: true };
    readonly align: number;
  }

  class Parser {
    parseHeader(bytes: Buffer): Header;
    /** Returns nothing if `phoff` is 0; throws if the table reaches past the buffer. */
    parsePrograms(bytes: Buffer, header: Header): Program[];
  }
}
