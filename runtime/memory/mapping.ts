/** What a mapping is asked to be, and what it shows. */
import { PAGE_SIZE, Prot } from './guest-memory';

/** What a mapping shows, for /proc/self/maps and for keying translations. */
export interface Backing {
  /** Host path of the mapped file, or a bracketed name such as `[heap]`; empty for anonymous memory. */
  readonly name: string;
  readonly device: number;
  readonly inode: number;
  /** Tells states of the file apart; absent if it cannot be told whether the file has changed since it was mapped. */
  readonly version?: string | undefined;
}

export const ANONYMOUS: Backing = { name: '', device: 0, inode: 0 };

/** A file whose mapping was not described; never merged with anonymous memory. */
export const UNNAMED_FILE: Backing = { name: '', device: 0, inode: -1 };

export interface MapRequest {
  /** Page-aligned start, or a hint unless `fixed`; undefined lets us choose. */
  readonly address?: number | undefined;
  /** Bytes; rounded up to whole pages. */
  readonly length: number;
  /** PROT_* bits. */
  readonly prot: number;
  readonly shared?: boolean;
  /** 'replace' as MAP_FIXED, 'noreplace' as MAP_FIXED_NOREPLACE (EEXIST if anything is there). */
  readonly fixed?: 'replace' | 'noreplace';
  /** Host fd and byte offset of a file mapping; anonymous if absent. */
  readonly file?: { readonly fd: number; readonly offset: number };
  readonly backing?: Backing;
  /** Keep the mapping below the mmap area's usual top: grows from here upwards (PIE programs). */
  readonly from?: number;
  /** Host MAP_* flags passed through (MAP_NORESERVE, MAP_POPULATE, MAP_LOCKED). */
  readonly hostFlags?: number;
}

/** A mapping that a host call makes (shmat): shared memory at a place of its own or of the guest's choice. */
export interface AttachRequest {
  readonly address?: number | undefined;
  /** Bytes; rounded up to whole pages. */
  readonly length: number;
  readonly prot: number;
  readonly shared: boolean;
  readonly backing: Backing;
}

const PROT_ALL = Prot.Read | Prot.Write | Prot.Exec;

/**
 * Host protection for a guest's. Guest code is data to the host, which need not be able to execute it; and as on
 * most guests, what can be written or executed can be read (x86 hosts would map PROT_EXEC alone unreadable).
 */
export const hostProt = (prot: number): number => (prot & Prot.Write) | ((prot & PROT_ALL) !== 0 ? Prot.Read : 0);
/** The same for the page table that access checks read. */
export const pageProt = (prot: number): number => (prot & PROT_ALL) | ((prot & PROT_ALL) !== 0 ? Prot.Read : 0);

export const pageUp = (n: number): number => Math.ceil(n / PAGE_SIZE) * PAGE_SIZE;
export const pageDown = (n: number): number => Math.floor(n / PAGE_SIZE) * PAGE_SIZE;
