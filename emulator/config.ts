/** What a caller decides about a run: the interface between the command line (or an embedding program) and the emulator. */
import type { InheritedSignals } from '../runtime/host';

/** How guest code is executed: hot code is compiled to JavaScript or WebAssembly, or never; `auto` is what pays best, WebAssembly. */
export const EMITTERS = ['auto', 'interp', 'js', 'wasm'] as const;
export type Emitter = (typeof EMITTERS)[number];

export interface LogConfig {
  /** Items as after `-d`: names from LOG_ITEMS of runtime/debug. */
  readonly items: ReadonlySet<string>;
  /** Log file, `%d` standing for the process id; standard error if absent. */
  readonly file?: string | undefined;
}

export interface CodeCacheConfig {
  /** Where; the user's own cache directory if absent. */
  readonly directory?: string | undefined;
  /** Bytes that its files may take; DEFAULT_CODE_CACHE_SIZE if absent. */
  readonly size?: number | undefined;
}

export const DEFAULT_CODE_CACHE_SIZE = 512 * 2 ** 20;

export interface RunConfig {
  /** The guest's name as in `tsemu-NAME`; absent: the one that the program's ELF header names. */
  readonly target?: string | undefined;
  /** Path of the program, as host bytes. */
  readonly program: Buffer;
  /** The program's arguments without argv[0], as host bytes without the final NUL. */
  readonly args: readonly Buffer[];
  /** argv[0] if it is not the program's path. */
  readonly argv0?: Buffer | undefined;
  /** The guest's environment, `NAME=value` as host bytes. */
  readonly envp: readonly Buffer[];
  /** Host descriptors that the guest gets, under their own numbers; the standard ones if absent. */
  readonly descriptors?: readonly number[] | undefined;
  /** Signals that are ignored or blocked from the start; none if absent. */
  readonly signals?: InheritedSignals | undefined;
  /** Folder under which the guest's absolute paths of interpreter and libraries are looked for first. */
  readonly sysroot?: string | undefined;
  /** CPU model; the target's default if absent. */
  readonly cpu?: string | undefined;
  /** Kernel release that uname(2) reports; the host's if absent. */
  readonly uname?: string | undefined;
  /** Makes AT_RANDOM repeatable. */
  readonly seed?: number | undefined;
  /** Guest stack in bytes. */
  readonly stackSize: number;
  readonly log: LogConfig;
  /** Print system calls. */
  readonly strace: boolean;
  readonly emit: Emitter;
  /** Executions of a block before it is compiled; the engine's own threshold if absent. */
  readonly hotThreshold?: number | undefined;
  /** Keep translations for later runs; absent: not. */
  readonly codeCache?: CodeCacheConfig | undefined;
  /** Optimiser passes: comma-separated, `all`, `none`, `NAME`, `-NAME`. */
  readonly opt: string;
}
