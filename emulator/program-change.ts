/** execve(2) up to where it can fail: which program is meant, and whether this process can become it. */
import { argumentsFit, LoadError, NativeProgram, openProgram, type Program } from '../loader';
import { inheritedSignalsWord, isOpenForWriting, type InheritedSignals } from '../runtime/host';
import type { ExecRequest } from '../syscalls';
import path from 'node:path';
import type { RunConfig } from './config';
import { TARGETS } from './targets';

const E2BIG = 7;
const ETXTBSY = 26;

/** Leaves the system call when the guest has started another program: nothing can fail any more. */
export class ProgramChange extends Error {
  private constructor(
    readonly program: Program,
    readonly request: ExecRequest,
  ) {
    super('guest exec');
  }

  /** Without a stack trace, which nobody looks at: it takes 0.2 ms in a child that executes a program. */
  static to(program: Program, request: ExecRequest): ProgramChange {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const change = new ProgramChange(program, request);
    Error.stackTraceLimit = stackTraceLimit;
    return change;
  }
}

/** The program, a negative errno, or `native` for one of the host's. */
export function openForExec(config: RunConfig, request: ExecRequest): Program | number | 'native' {
  const { path, argv, envp, hostPath } = request;
  let program: Program;
  try {
    program = openProgram(path, argv, { sysroot: config.sysroot, targets: TARGETS, hostPath });
  } catch (e) {
    if (e instanceof NativeProgram) return 'native';
    if (e instanceof LoadError) return -e.errno;
    throw e;
  }
  const wordSize = program.main.class === 32 ? 4 : 8;
  const fits = argumentsFit({ size: request.stackSize ?? config.stackSize, wordSize, argv: program.argv, envp, path });
  const errno = !fits ? E2BIG : isOpenForWriting(program.main.file.fd) ? ETXTBSY : 0;
  if (errno === 0) return program;
  program.close();
  return -errno;
}

/**
 * The same with tsemu started anew: the only way for a process of several threads, as the kernel must end all but one.
 * @param cpu the model of its processor, if the command line gave one for its target
 * @returns a program of the host's
 */
export function startAnew(config: RunConfig, request: ExecRequest, signals: InheritedSignals, cpu: string | undefined): ExecRequest {
  const { sysroot, uname, strace, emit, opt, seed } = config;
  const options: (string | Uint8Array)[] = [
    ...(sysroot === undefined ? [] : ['-L', sysroot]),
    ...(cpu === undefined ? [] : ['-cpu', cpu]),
    ...(uname === undefined ? [] : ['-r', uname]),
    ...(seed === undefined ? [] : ['-seed', String(seed)]),
    ...(strace ? ['-strace'] : []),
    `--emit=${emit}`,
    `--opt=${opt}`,
    ...(request.argv[0] === undefined ? [] : ['-0', request.argv[0]]),
  ];
  const script = path.join(__dirname, 'tsemu.cjs');
  const word = inheritedSignalsWord(signals);
  const argv = [
    process.execPath,
    script,
    ...(word === undefined ? [] : [word]),
    'tsemu',
    ...options,
    request.hostPath,
    ...request.argv.slice(1),
  ];
  return { ...request, hostPath: Buffer.from(process.execPath), argv: argv.map((a) => (typeof a === 'string' ? Buffer.from(a) : a)) };
}
