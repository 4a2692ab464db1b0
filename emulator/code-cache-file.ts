/**
 * The files of the code cache, one for a program and the options that it is run with. What is in them runs as code of
 * the guest: files and folders that somebody else may have written are left alone.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { processId, SIGNAL, setIgnored } from '../runtime/host';

/** Names of our files and of what has not become one yet. */
const OURS = /^(?:\.\d+-)?[\w.+-]*-[0-9a-f]{16}\.tsc$/;

/** Milliseconds after which a file that is used counts as new again. */
const TOUCH_AFTER = 24 * 3600 * 1000;
/** Milliseconds after which whoever wrote a temporary file must be gone. */
const ABANDONED_AFTER = 3600 * 1000;

/** The user's cache directory (XDG Base Directory Specification). */
function defaultFolder(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homedir(), '.cache'), 'tsemu');
}

/** True if nobody but us can have written it. */
function isPrivate(stats: Stats): boolean {
  return stats.uid === process.geteuid?.() && (stats.mode & 0o022) === 0;
}

/** FNV-1a with two offsets: the name only finds the file, its header holds the key itself. */
function nameOf(program: string, key: Uint8Array): string {
  const hash = (h: number): string => (key.reduce((x, byte) => Math.imul(x ^ byte, 0x01000193), h) >>> 0).toString(16).padStart(8, '0');
  const readable = path.basename(program).replace(/[^\w.+-]/g, '_');
  return `${readable.slice(0, 64)}-${hash(0x811c9dc5)}${hash(0x050c5d1f)}.tsc`;
}

export class CodeCacheFile {
  private readonly folder: string;
  readonly path: string;
  /** The file that was read. */
  private found: Stats | undefined;

  /** @param limit bytes that all files together may take */
  constructor(
    folder: string | undefined,
    private readonly limit: number,
    program: string,
    key: Uint8Array,
  ) {
    // The guest may change the working directory
    this.folder = path.resolve(folder ?? defaultFolder());
    this.path = path.join(this.folder, nameOf(program, key));
  }

  /** The file's words; undefined if there is none that we may use. */
  read(): Int32Array | undefined {
    let fd: number | undefined;
    try {
      if (!this.usable()) return undefined;
      fd = openSync(this.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const stats = fstatSync(fd);
      if (!stats.isFile() || !isPrivate(stats) || stats.size % 4 !== 0 || stats.size > this.limit) return undefined;
      const words = new Int32Array(stats.size / 4);
      const bytes = new Uint8Array(words.buffer);
      let done = 0;
      for (let n = -1; n !== 0 && done < bytes.length; done += n) n = readSync(fd, bytes, done, bytes.length - done, done);
      if (done < bytes.length) return undefined;
      this.found = stats;
      touch(fd, stats);
      return words;
    } catch {
      return undefined;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** Throws if there is no such folder. */
  private usable(): boolean {
    const stats = statSync(this.folder);
    return stats.isDirectory() && isPrivate(stats);
  }

  /**
   * Replaces the file, and removes the oldest files if all are too large together. Another process may have replaced it
   * since it was read: then the larger one stays.
   * @returns whether it was written
   */
  write(words: Int32Array): boolean {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    if (bytes.length > this.limit) return false;
    try {
      makeFolder(this.folder);
      if (!this.usable() || this.overtaken(bytes.length)) return false;
      this.replace(bytes);
      this.shrink();
      return true;
    } catch {
      return false;
    }
  }

  private overtaken(length: number): boolean {
    const now = statSync(this.path, { throwIfNoEntry: false });
    if (now === undefined || (now.ino === this.found?.ino && now.mtimeMs === this.found.mtimeMs)) return false;
    return isPrivate(now) && now.size > length;
  }

  private replace(bytes: Uint8Array): void {
    // The guest's RLIMIT_FSIZE is ours too
    setIgnored(SIGNAL.SIGXFSZ);
    const temporary = path.join(this.folder, `.${processId()}-${path.basename(this.path)}`);
    const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      try {
        fchmodSync(fd, 0o600); // whatever the guest's umask
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, this.path);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    }
  }

  /** Removes our files, the oldest first, until the others are small enough; and what was never finished. */
  private shrink(): void {
    const now = Date.now();
    const files = readdirSync(this.folder)
      .filter((name) => OURS.test(name))
      .map((name) => ({ file: path.join(this.folder, name), temporary: name.startsWith('.') }))
      .flatMap((f) => {
        const stats = statSync(f.file, { throwIfNoEntry: false });
        return stats === undefined ? [] : [{ ...f, size: stats.size, time: stats.mtimeMs }];
      })
      .sort((a, b) => b.time - a.time);
    let total = 0;
    for (const { file, temporary, size, time } of files) {
      if (temporary && now - time < ABANDONED_AFTER) continue;
      total += size;
      if (temporary || (total > this.limit && file !== this.path)) remove(file);
    }
  }
}

/** Not mkdir's own recursion, which does not end where nothing can be made (/proc; Node 24). */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Another process was faster
  }
}

/** Lets a file that is in use count as new. */
function touch(fd: number, { mtimeMs }: Stats): void {
  if (Date.now() - mtimeMs < TOUCH_AFTER) return;
  try {
    futimesSync(fd, new Date(), new Date());
  } catch {
    // Read-only
  }
}
