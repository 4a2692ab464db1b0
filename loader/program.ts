/**
 * Finds out what running a file means before anything is mapped: follows `#!` lines, checks the machine,
 * finds the ELF interpreter. All that execve(2) can still refuse is refused here.
 */
import { closeSync } from 'node:fs';
import { isElf, readElf, readElfHeader, type ElfFile, type ElfHeader } from './elf-file';
import { openExecutable, openGuestExecutable, type HostFile } from './host-file';
import { Errno, LoadError, NativeProgram } from './load-error';
import { isNative, targetOf } from './machines';
import { isScript, parseShebang } from './script';

/** Scripts may name scripts as interpreters, this deep (exec_binprm in fs/exec.c). */
const MAX_SCRIPTS = 5;

export interface ProgramOptions {
  /** `-L`: where interpreters are looked for before the host's own root directory. */
  readonly sysroot?: string | undefined;
  /** Targets this command runs, by qemu-user's names. */
  readonly targets: readonly string[];
  /** Where the program lies, if not at the path that it is executed by. */
  readonly hostPath?: Uint8Array | undefined;
  /** An open descriptor of the program, as binfmt_misc's `O` flag passes it; it is used up. */
  readonly fd?: number | undefined;
}

/** A program that is ready to be mapped; its files are open until `close`. */
export interface Program {
  readonly target: string;
  readonly main: ElfFile;
  readonly interpreter: ElfFile | undefined;
  /** As the guest sees it: rewritten by `#!` lines. */
  readonly argv: readonly Uint8Array[];
  /** The path that was executed, a script's if it was one (AT_EXECFN). */
  readonly path: Buffer;
  close(): void;
}

/** Opens a program and everything it needs. Throws LoadError. */
export function openProgram(path: string | Uint8Array, argv: readonly Uint8Array[], options: ProgramOptions): Program {
  const name = Buffer.from(path);
  const open: HostFile[] = [];
  const close = (): void => {
    for (const f of open.splice(0)) closeSync(f.fd);
  };
  try {
    const found = followScripts(name, argv, options, open);
    const target = acceptedTarget(found.header, options, found.script);
    const main = readElf(found.header);
    const interpreter = main.interpreter === undefined ? undefined : openInterpreter(main, main.interpreter, target, options, open);
    return { target, main, interpreter, argv: found.argv, path: name, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** What a program is for. */
export interface Identity {
  /** Undefined for a machine without a name. */
  readonly target: string | undefined;
  readonly native: boolean;
  /** e_flags: variants of the target's ABI. */
  readonly elfFlags: number;
}

/** What a program is for; a script is for what its interpreter is for. Throws LoadError. */
export function identify(path: string | Uint8Array, sysroot?: string): Identity {
  const open: HostFile[] = [];
  try {
    const { header } = followScripts(Buffer.from(path), [], { sysroot, targets: [] }, open);
    const target = targetOf(header);
    return { target, native: target !== undefined && isNative(target), elfFlags: header.flags };
  } finally {
    for (const f of open) closeSync(f.fd);
  }
}

interface Followed {
  readonly header: ElfHeader;
  readonly argv: readonly Uint8Array[];
  /** The script that named the ELF file, for messages. */
  readonly script: string | undefined;
}

/** Opens a file and, as long as it is a script, its interpreter; `open` collects the files. */
function followScripts(name: Buffer, args: readonly Uint8Array[], options: ProgramOptions, open: HostFile[]): Followed {
  // What an interpreter is told, whatever file that is here
  let path = name;
  let argv = args;
  let script: string | undefined;
  let file = openExecutable(options.hostPath === undefined ? path : Buffer.from(options.hostPath), options.fd);
  for (let depth = 0; ; depth++) {
    open.push(file);
    if (isElf(file)) return { header: readElfHeader(file), argv, script };
    if (!isScript(file.head)) throw new LoadError(file.path, file.size === 0 ? 'is empty' : 'not an ELF file', Errno.ENOEXEC);
    if (depth === MAX_SCRIPTS) throw new LoadError(name.toString(), 'too many levels of script interpreters', Errno.ELOOP);
    const line = parseShebang(file.head);
    if (line === undefined) throw new LoadError(file.path, 'its #! line names no interpreter', Errno.ENOEXEC);
    argv = [line.interpreter, ...(line.argument === undefined ? [] : [line.argument]), path, ...argv.slice(1)];
    path = Buffer.from(line.interpreter);
    script = file.path;
    file = openScriptInterpreter(script, path, options.sysroot);
  }
}

function openScriptInterpreter(script: string, path: Buffer, sysroot: string | undefined): HostFile {
  try {
    return openGuestExecutable(path, sysroot);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    throw new LoadError(script, `its interpreter ${error.message}`, error.errno);
  }
}

/** The target of a file if this command runs it; else an error that names the command that does. */
function acceptedTarget(elf: ElfHeader, options: ProgramOptions, script: string | undefined): string {
  const target = targetOf(elf);
  if (target !== undefined && options.targets.includes(target)) return target;
  const wanted = options.targets.join(' or ');
  const kind =
    target === undefined
      ? `is for an unknown machine (ELF machine ${elf.machine}, ${elf.class}-bit ${elf.order}-endian), not for ${wanted}`
      : isNative(target)
        ? `is a program for this machine (${target}), not for ${wanted}`
        : `is for ${target}, not for ${wanted}`;
  const error = target !== undefined && isNative(target) ? NativeProgram : LoadError;
  if (script !== undefined)
    throw new error(script, `its interpreter ${elf.file.path} ${kind}; -L names the directory to look for it in`, Errno.ENOEXEC);
  const advice = target === undefined ? '' : isNative(target) ? '; run it without tsemu' : `: run it with tsemu-${target}`;
  throw new error(elf.file.path, kind + advice, Errno.ENOEXEC);
}

function openInterpreter(main: ElfFile, path: Buffer, target: string, options: ProgramOptions, open: HostFile[]): ElfFile {
  const fail = (what: string, errno: number): LoadError => new LoadError(main.file.path, `its interpreter ${what}`, errno);
  let file: HostFile;
  try {
    file = openGuestExecutable(path, options.sysroot);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    if (error.errno !== Errno.ENOENT) throw fail(error.message, error.errno);
    const where = options.sysroot === undefined ? '' : ` in ${options.sysroot}`;
    throw fail(`${path.toString()} was not found${where}; -L names the directory to look for it in`, Errno.ENOENT);
  }
  open.push(file);
  if (!isElf(file)) throw fail(`${file.path} is not an ELF file`, Errno.ELIBBAD);
  try {
    const header = readElfHeader(file);
    const found = targetOf(header);
    if (found !== target)
      throw fail(
        `${file.path} is for ${found ?? 'an unknown machine'}, not for ${target}; -L names the directory to look for it in`,
        Errno.ELIBBAD,
      );
    return readElf(header);
  } catch (error) {
    if (error instanceof LoadError && error.errno === Errno.ENOEXEC) throw fail(error.message, Errno.ELIBBAD);
    throw error;
  }
}
