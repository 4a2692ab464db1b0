/**
 * A page of machine code in this process, for what cannot be JavaScript: signal handlers and the moment around a
 * system call. It is mapped when the guest first needs it.
 */
import { hostFunction, hostMemory, symbolAddress, syscall, type HostFunction } from '../ffi';
import { HOST } from '../numbers';
import { CODE_IMAGE, type Entry } from './image';
import { CODE_BYTES, SHARED, SHARED_BYTES } from './layout';

const PROT_READ_WRITE = 3;
const PROT_READ_EXEC = 5;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_NORESERVE = 0x4000;

const TRY_HANDLE = '_ZN2v829TryHandleWebAssemblyTrapPosixEiP9siginfo_tPv';

export class CodePage {
  /** The data all threads share, see SHARED. */
  readonly shared: DataView;

  private constructor(private readonly base: number) {
    this.shared = new DataView(hostMemory(base + CODE_BYTES, SHARED_BYTES));
  }

  /** Maps the page; undefined if the host refuses executable memory. */
  static map(): CodePage | undefined {
    const flags = MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE;
    const base = syscall(HOST.mmap, 0, CODE_BYTES + SHARED_BYTES, PROT_READ_WRITE, flags, -1, 0);
    if (base < 0) return undefined;
    new Uint8Array(hostMemory(base, CODE_BYTES)).set(Buffer.from(CODE_IMAGE.code, 'hex'));
    if (syscall(HOST.mprotect, base, CODE_BYTES, PROT_READ_EXEC) < 0) {
      syscall(HOST.munmap, base, CODE_BYTES + SHARED_BYTES);
      return undefined;
    }
    const page = new CodePage(base);
    page.shared.setBigUint64(SHARED.G_TRY_HANDLE, symbolAddress(TRY_HANDLE), true);
    return page;
  }

  /** A page that another thread of this process has mapped. */
  static at(base: number): CodePage {
    return new CodePage(base);
  }

  /** Host address of the page, for `at`. */
  get address(): number {
    return this.base;
  }

  /** Host address of an entry. */
  entry(name: Entry): number {
    return this.base + CODE_IMAGE.entries[name];
  }

  /** An entry as a function of 64-bit integers. */
  function(name: Entry, parameters: number): HostFunction {
    return hostFunction(this.entry(name), parameters);
  }
}

let page: CodePage | undefined | 'refused';

/** The process's code page, mapped on first use; undefined if the host refuses executable memory. */
export function codePage(): CodePage | undefined {
  page ??= CodePage.map() ?? 'refused';
  return page === 'refused' ? undefined : page;
}

/** Takes over the page of another thread of this process. */
export function adoptCodePage(address: number): void {
  page = CodePage.at(address);
}
