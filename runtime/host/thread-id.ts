/** The thread ids that glibc keeps: where they are, and how a thread gets another one. */
import { codePage, type CodePage } from './code-page';
import { SHARED } from './code-page/layout';
import { addressOf, hostMemory, syscall } from './ffi';
import { HOST } from './numbers';

const PR_GET_TID_ADDRESS = 40;
/** Bytes on either side of the thread pointer in which glibc's struct pthread has the thread's id. */
const PTHREAD_BYTES = 4096;

/** Tells the code page where threads have their ids. False if they are not where they should be. */
export function findThreadId(page: CodePage): boolean {
  // Another thread of this process may have done it
  if (page.shared.getInt32(SHARED.F_TID_OFFSET, true) !== 0) return true;
  const offset = threadIdOffset(page);
  if (offset === undefined) return false;
  page.shared.setInt32(SHARED.F_TID_OFFSET, offset, true);
  return true;
}

/** Relative to the thread pointer: the kernel knows the address from glibc, or we look for it. */
function threadIdOffset(page: CodePage): number | undefined {
  const threadPointer = page.function('thread_pointer', 0)();
  const tid = syscall(HOST.gettid);
  const result = new BigUint64Array(8);
  if (syscall(HOST.prctl, PR_GET_TID_ADDRESS, addressOf(result)) === 0) {
    const offset = Number(result[0]!) - threadPointer;
    if (Math.abs(offset) < PTHREAD_BYTES && readWord(threadPointer + offset) === tid) return offset;
  }
  for (let offset = 0; offset < PTHREAD_BYTES / 4; offset += 4) if (readWord(threadPointer + offset) === tid) return offset;
  return undefined;
}

const readWord = (address: number): number => new DataView(hostMemory(address, 4)).getInt32(0, true);

/**
 * Makes the calling thread, which must not be the process's first, another one to the kernel: with a new id, no signals pending
 * and no processor time used. No fork may be under way. If the host refuses, nothing changes.
 */
export function renewThread(): void {
  const page = codePage();
  if (page !== undefined && findThreadId(page)) page.function('renew_thread', 0)();
}
