/** `#!` lines, as the kernel reads them (fs/binfmt_script.c). */

/** BINPRM_BUF_SIZE: what the kernel looks at of a file. */
const LINE_LIMIT = 256;

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const isBlank = (c: number | undefined): boolean => c === SPACE || c === TAB;

export interface Shebang {
  readonly interpreter: Uint8Array;
  /** Everything after the interpreter: the kernel passes it as one argument. */
  readonly argument: Uint8Array | undefined;
}

export function isScript(head: Uint8Array): boolean {
  return head[0] === 0x23 && head[1] === 0x21;
}

/**
 * Parses the `#!` line of a script.
 * @param head the first bytes of the file, at least 256 of them if it has so many
 * @returns undefined if the line names no interpreter or its name is cut off by the kernel's limit
 */
export function parseShebang(head: Uint8Array): Shebang | undefined {
  const line = head.subarray(0, LINE_LIMIT);
  let end = line.indexOf(NEWLINE);
  const cut = end < 0 && line.length === LINE_LIMIT;
  // The kernel's buffer keeps its last byte for a NUL
  if (end < 0) end = Math.min(line.length, LINE_LIMIT - 1);
  let start = 2;
  while (start < end && isBlank(line[start])) start++;
  while (end > start && isBlank(line[end - 1])) end--;
  let nameEnd = start;
  while (nameEnd < end && !isBlank(line[nameEnd]) && line[nameEnd] !== 0) nameEnd++;
  if (nameEnd === start) return undefined;
  if (cut && nameEnd === LINE_LIMIT - 1 && !isBlank(line[nameEnd]) && line[nameEnd] !== 0) return undefined;
  const interpreter = line.slice(start, nameEnd);
  if (line[nameEnd] === 0) return { interpreter, argument: undefined };
  let argument = nameEnd;
  while (argument < end && isBlank(line[argument])) argument++;
  const nul = line.subarray(argument, end).indexOf(0);
  const argumentEnd = nul < 0 ? end : argument + nul;
  return { interpreter, argument: argumentEnd > argument ? line.slice(argument, argumentEnd) : undefined };
}
