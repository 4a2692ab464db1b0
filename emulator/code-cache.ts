/** Translations kept between runs: the cache file of a program, and what of it and for it the engine may use. */
import type { Log } from '../runtime/debug';
import { StoredTranslations, StoredUnit } from '../runtime/engine';
import { Prot, type GuestMemory, type VmaList } from '../runtime/memory';
import { fuses } from '../translate/emit-wasm';
import { version } from '../package.json';
import { buildId } from './build-id';
import { CodeCacheFile } from './code-cache-file';
import { DEFAULT_CODE_CACHE_SIZE, type CodeCacheConfig, type RunConfig } from './config';

export interface CachedGuest {
  readonly memory: GuestMemory;
  readonly vmas: VmaList;
  /** Whether translations must have all registers in the state wherever they may fault at present. */
  readonly precise: () => boolean;
}

export class CodeCache {
  readonly translations: StoredTranslations;
  /** To be given to the interpreter. */
  readonly constants: Int32Array;

  private constructor(
    private readonly file: CodeCacheFile,
    private readonly key: Uint8Array,
    { memory, vmas, precise }: CachedGuest,
  ) {
    const words = file.read();
    const unit = words && StoredUnit.open(words, key);
    this.translations = new StoredTranslations(unit, memory, (start, end) => showsFile(vmas, start, end), precise);
    this.constants = unit?.constants ?? new Int32Array(0);
  }

  /**
   * Undefined if what this build makes cannot be told from what others make.
   * @param abi name of the ABI: it decides the byte order
   * @param program path of the ELF file
   */
  static open(
    run: RunConfig,
    abi: string,
    { directory, size = DEFAULT_CODE_CACHE_SIZE }: CodeCacheConfig,
    program: string,
    guest: CachedGuest,
  ): CodeCache | undefined {
    if (buildId === undefined) return undefined;
    const key = keyOf(run, abi, program, buildId);
    return new CodeCache(new CodeCacheFile(directory, size, program, key), key, guest);
  }

  /** Before the guest forks. */
  forking(): void {
    this.translations.forking();
  }

  /** In a child that the guest has just forked off. */
  forked(): void {
    this.translations.forked();
  }

  /** Writes the file if that pays; when the guest has ended. */
  save(constants: Int32Array, log: Log): void {
    const { translations, file } = this;
    const { blocksUsed, modulesUsed, blocksMade, modulesMade, rejected } = translations.counts;
    const saved = translations.worthSaving && file.write(translations.save(this.key, constants));
    if (!log.enabled('cache')) return;
    log.write(
      `code cache ${file.path}: used ${blocksUsed} blocks, ${modulesUsed} modules; made ${blocksMade} blocks, ` +
        `${modulesMade} modules; ${rejected} of changed code; ${saved ? 'saved' : 'not saved'}\n`,
    );
  }
}

/** All that decides what is made of guest code, apart from the code. */
function keyOf({ target, cpu, opt, emit, hotThreshold, sysroot }: RunConfig, abi: string, program: string, build: string): Uint8Array {
  const { arch, version: node } = process;
  return Buffer.from(JSON.stringify([version, build, node, arch, program, sysroot, target, abi, cpu, opt, emit, hotThreshold, fuses()]));
}

/** True if [start, end) is a private mapping of a file that the guest cannot write at present. */
export function showsFile(vmas: VmaList, start: number, end: number): boolean {
  const vma = vmas.at(start);
  return vma !== undefined && vma.end >= end && vma.backing.inode > 0 && !vma.shared && (vma.prot & Prot.Write) === 0;
}
