/** The machine code for the host we run on. */
import { IMAGE as ARM64 } from './image-arm64';
import { IMAGE as X64 } from './image-x64';

export interface CodeImage {
  /** Hexadecimal. */
  readonly code: string;
  /** Offset of each entry. */
  readonly entries: Readonly<Record<Entry, number>>;
}

/** The same on every host. */
export type Entry = keyof typeof X64.entries;

export const CODE_IMAGE: CodeImage = process.arch === 'arm64' ? ARM64 : X64;
