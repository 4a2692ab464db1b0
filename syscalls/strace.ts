/** Prints system calls in the manner of strace(1), from the argument types of their rows. */
import { AT_FDCWD, O, POLL, SIGNALS, SOL, type Constants } from './constants';
import type { ConstantSet } from './abi/abi';
import type { Context } from './context';
import type { ArgType, Row } from './definition';
import { ERRORS } from './errno';
import { IOCTLS, requestNumber } from './ioctls';
import { hostLevel, socketOption } from './socket-options';
import { addressText } from './strace-addresses';
import { siginfoStruct, SI, SI_KERNEL_CODES } from './siginfo';
import { readScalar, type Layout } from './struct-codec';
import { registersOf } from './thunk';

/** strace's default -s. */
const STRING_LIMIT = 32;
const IOVEC_LIMIT = 8;
const STRINGS_LIMIT = 32;
/** UIO_MAXIOV: more and the call fails. */
const IOV_MAX = 1024;
/** strace prints at most this many characters of a path. */
const PATH_LIMIT = 4096;

const hex = (n: number): string => `0x${n.toString(16)}`;
const octal = (n: number): string => (n === 0 ? '0' : `0${n.toString(8)}`);

const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' };

/** A C string literal; octal escapes are as short as the next character allows. */
export function quote(bytes: Uint8Array, limit = STRING_LIMIT): string {
  let out = '"';
  const shown = bytes.subarray(0, limit);
  shown.forEach((b, i) => {
    const next = shown[i + 1] ?? 0;
    const digitFollows = next >= 0x30 && next <= 0x37;
    if (ESCAPES[b] !== undefined) out += ESCAPES[b];
    else if (b >= 0x20 && b < 0x7f) out += String.fromCharCode(b);
    else out += `\\${b.toString(8).padStart(digitFollows ? 3 : 1, '0')}`;
  });
  return `${out}"${bytes.length > limit ? '...' : ''}`;
}

/** Names of the bits that are set, then what is left in hex. `field` masks an enumeration in the low bits. */
export function decodeFlags(value: number, names: Constants, field = 0): string {
  let rest = value >>> 0;
  const parts: string[] = [];
  const entries = Object.entries(names);
  if (field !== 0) {
    const low = rest & field;
    const name = entries.find(([, v]) => v === low && (v & ~field) === 0)?.[0];
    parts.push(name ?? hex(low));
    rest = (rest & ~field) >>> 0;
  } else if (rest === 0) return entries.find(([, v]) => v === 0)?.[0] ?? '0';
  const widest = entries.filter(([, v]) => v !== 0 && (v & field) === 0).sort(([, a], [, b]) => bitCount(b) - bitCount(a));
  const found = new Map<string, number>();
  for (const [name, v] of widest) {
    if ((rest & v) !== v) continue;
    found.set(name, v);
    rest = (rest & ~v) >>> 0;
  }
  parts.push(...entries.filter(([n]) => found.has(n)).map(([n]) => n));
  if (rest !== 0) parts.push(hex(rest));
  return parts.join('|');
}

/** Flags above permissions: IPC_CREAT|0600. */
function withMode(value: number, names: Constants): string {
  const above = value & ~0o777;
  return `${above === 0 ? '' : `${decodeFlags(above, names)}|`}${octal(value & 0o777).padStart(4, '0')}`;
}

/** A list before and after a call: [128 => 16]. */
const changed = (before: string, after: string): string => (before === after ? after : `${before.slice(0, -1)} => ${after.slice(1)}`);

function bitCount(v: number): number {
  let n = 0;
  for (let b = v >>> 0; b !== 0; b &= b - 1) n++;
  return n;
}

const FILE_TYPES: Readonly<Record<number, string>> = {
  0o010000: 'S_IFIFO',
  0o020000: 'S_IFCHR',
  0o040000: 'S_IFDIR',
  0o060000: 'S_IFBLK',
  0o100000: 'S_IFREG',
  0o120000: 'S_IFLNK',
  0o140000: 'S_IFSOCK',
};

function fileMode(mode: number): string {
  const type = FILE_TYPES[mode & 0o170000];
  const bits = octal(mode & 0o7777).padStart(4, '0');
  return type === undefined ? bits : `${type}|${bits}`;
}

const signalName = (n: number): string => Object.entries(SIGNALS).find(([, v]) => v === n)?.[0] ?? (n >= 32 ? `SIGRT_${n - 32}` : `${n}`);

function codeName(signal: number, code: number): string {
  const general = Object.entries(SI).find(([, v]) => v === code)?.[0];
  return general === undefined ? (SI_KERNEL_CODES[signalName(signal)]?.[code - 1] ?? `${code}`) : `SI_${general}`;
}

export class StracePrinter {
  private readonly ioctlNames: ReadonlyMap<number, string>;
  /** Host error number for a guest one, where they differ. */
  private readonly hostErrors: ReadonlyMap<number, number>;

  constructor(private readonly c: Context) {
    this.ioctlNames = new Map(IOCTLS.map((i) => [requestNumber(i, c.abi, (name) => c.guestLayout(name).size), i.name]));
    this.hostErrors = new Map([...c.abi.errno].map(([host, guest]) => [guest, host]));
  }

  /** The inputs, which the call may overwrite; undefined for what only the call fills. */
  before(row: Row, args: readonly number[]): readonly (string | undefined)[] {
    const at = registersOf(row.args, this.c.abi);
    return row.args.map((t, i) =>
      ('dir' in t && t.dir === 'out') || t.kind === 'sockaddrOut' || t.kind === 'pollfds'
        ? undefined
        : this.argument(t, at[i]!, at, args, 0),
    );
  }

  /** Prints the line; `result` is undefined if the call did not return. */
  after(name: string, row: Row, args: readonly number[], before: readonly (string | undefined)[], result: number | undefined): void {
    const at = registersOf(row.args, this.c.abi);
    const texts = row.args.map((t, i) => {
      const text = (): string => this.argument(t, at[i]!, at, args, result ?? -1);
      return t.kind === 'guestInts' && t.dir === 'inout' ? changed(before[i]!, text()) : (before[i] ?? text());
    });
    const skipped = row.args.map((t) => t.kind === 'openMode' && !creates(this.c, args[at[t.flags]!]!));
    this.c.process.log.strace(`${name}(${texts.filter((_, i) => !skipped[i]).join(', ')}) = ${this.result(row, result)}`);
  }

  /** A signal, from the host's siginfo_t. */
  signal(info: DataView): void {
    const [signo, code] = [info.getInt32(0, true), info.getInt32(8, true)];
    const name = siginfoStruct(signo, code);
    const fields = this.c
      .hostLayout(name)
      .fields.slice(3)
      .map((f) => {
        const value = readScalar(info, f.offset, f.size, f.signed, true);
        return `${f.name}=${/addr|value/.test(f.name) ? hex(value) : value}`;
      });
    const text = [`si_signo=${signalName(signo)}`, `si_code=${codeName(signo, code)}`, ...fields].join(', ');
    this.c.process.log.strace(`--- ${signalName(signo)} {${text}} ---`);
  }

  /** A call that has no row. */
  unknown(name: string, args: readonly number[], result: number): void {
    this.c.process.log.strace(`${name}(${args.slice(0, 6).map(hex).join(', ')}) = ${errorText(result)}`);
  }

  private result(row: Row, r: number | undefined): string {
    if (r === undefined) return row.result === 'exec' ? '0' : '?';
    if (r < 0 && r >= -4095) return errorText(-(this.hostErrors.get(-r) ?? -r));
    if (row.result === 'address') return hex(r);
    return row.result === 'octal' ? octal(r) : String(r);
  }

  private argument(t: ArgType, r: number, registers: readonly number[], args: readonly number[], result: number): string {
    const v = args[r]!;
    const signed = v | 0;
    switch (t.kind) {
      case 'int':
        return t.names === undefined ? String(signed) : (this.nameOf(signed, t.names, t.set) ?? String(signed));
      case 'uint':
        return t.base === 16 ? hex(v) : t.base === 8 ? octal(v) : String(v);
      case 'openMode':
        return octal(v).padStart(4, '0');
      case 'flags':
        if (t.mode === true) return withMode(v, t.names);
        return decodeFlags(v, t.set === undefined ? t.names : { ...t.names, ...this.c.abi.constants[t.set] }, t.field);
      case 'signal':
        return this.nameOf(signed, SIGNALS, 'signal') ?? (signed >= 32 ? `SIGRT_${signed - 32}` : `${signed}`);
      case 'fd':
        return String(signed);
      case 'dirfd':
        return signed === AT_FDCWD ? 'AT_FDCWD' : String(signed);
      case 'path':
      case 'guestPath':
      case 'string':
        return this.text(v);
      case 'sockaddrOut':
        return result < 0 ? this.pointer(v) : this.socketAddress(v, this.intAt(args[registers[t.length]!]!) ?? 0);
      case 'guestInts':
        return t.dir === 'out' && result < 0 ? this.pointer(v) : this.ints(v, t.count ?? Math.min(args[registers[t.length!]!]! >>> 2, 8));
      case 'pollfds':
        return this.pollfds(v, args[registers[t.count]!]!);
      case 'sockaddr':
        return this.socketAddress(v, args[registers[t.length]!]!);
      case 'socketLevel':
        return Object.entries(SOL).find(([, n]) => n === hostLevel(this.c.abi, v))?.[0] ?? String(v);
      case 'socketOption':
        return socketOption(this.c.abi, args[registers[t.level]!]!, v).name;
      case 'strings':
        return this.strings(v, t.many);
      case 'bytes':
      case 'guestBytes':
        return this.bytes(v, t, registers, args, result);
      case 'struct':
      case 'guestStruct':
        return t.dir === 'out' && result < 0 ? this.pointer(v) : this.struct(v, this.c.guestLayout(t.name));
      case 'iovec':
        return this.iovec(v, args[registers[t.count]!]!, t.dir === 'out' ? result : Infinity);
      case 'ioctl':
        return this.ioctlNames.get(v) ?? hex(v);
      case 'address':
        return this.pointer(v);
      case 'pair':
        return String(this.wide(args, r, this.c.memory.littleEndian));
      case 'halves':
        return String(this.wide(args, r, true));
    }
  }

  /** Name of an enumerated value in the guest's numbering. */
  private nameOf(value: number, names: Constants, set: ConstantSet | undefined): string | undefined {
    const own: Constants = (set === undefined ? undefined : this.c.abi.constants[set]) ?? {};
    return Object.keys(names).find((n) => (own[n] ?? names[n]) === value);
  }

  private wide(args: readonly number[], r: number, lowFirst: boolean): bigint | number {
    if (this.c.abi.wordSize === 8) return args[r]!;
    const [low, high] = lowFirst ? [args[r]!, args[r + 1]!] : [args[r + 1]!, args[r]!];
    return (BigInt(high | 0) << 32n) | BigInt(low >>> 0);
  }

  private pointer(v: number): string {
    return v === 0 ? 'NULL' : hex(v);
  }

  private text(address: number): string {
    if (address === 0) return 'NULL';
    const bytes = this.c.paths.bytes(address);
    return bytes === undefined ? hex(address) : quote(bytes, PATH_LIMIT);
  }

  private strings(address: number, many: boolean): string {
    if (address === 0) return 'NULL';
    const word = this.c.abi.wordSize;
    const items: string[] = [];
    for (let at = address; ; at += word) {
      if (!this.c.readable(at, word)) return hex(address);
      const string = this.c.word(at);
      if (string === 0) break;
      if (items.length === STRINGS_LIMIT && !many) {
        items.push('...');
        break;
      }
      const bytes = this.c.paths.bytes(string);
      items.push(bytes === undefined ? hex(string) : quote(bytes));
    }
    return many ? `${hex(address)} /* ${items.length} vars */` : `[${items.join(', ')}]`;
  }

  private buffer(address: number, length: number): string {
    if (address === 0) return 'NULL';
    const shown = Math.min(length, STRING_LIMIT + 1);
    if (!this.c.readable(address, shown)) return hex(address);
    return quote(this.c.memory.u8.subarray(address, address + shown));
  }

  private bytes(
    address: number,
    t: Extract<ArgType, { kind: 'bytes' | 'guestBytes' }>,
    registers: readonly number[],
    args: readonly number[],
    result: number,
  ): string {
    const size = args[registers[t.length]!]!;
    if (t.dir !== 'out') return this.buffer(address, size);
    return result < 0 ? this.pointer(address) : this.buffer(address, Math.min(size, result));
  }

  private intAt(address: number): number | undefined {
    return address !== 0 && this.c.readable(address, 4) ? this.c.memory.view.getInt32(address, this.c.memory.littleEndian) : undefined;
  }

  private ints(address: number, count: number): string {
    const list = Array.from({ length: count }, (_, i) => this.intAt(address + 4 * i));
    return count === 0 || list.includes(undefined) ? this.pointer(address) : `[${list.join(', ')}]`;
  }

  /** What was asked for and what was answered. */
  private pollfds(address: number, count: number): string {
    const shown = Math.min(count, IOVEC_LIMIT);
    if (address === 0 || !this.c.readable(address, 8 * shown)) return this.pointer(address);
    const { view, littleEndian } = this.c.memory;
    const events = (at: number): string => decodeFlags(view.getUint16(at, littleEndian), POLL);
    const items = Array.from({ length: shown }, (_, i) => {
      const at = address + 8 * i;
      return `{fd=${view.getInt32(at, littleEndian)}, events=${events(at + 4)}, revents=${events(at + 6)}}`;
    });
    return `[${items.join(', ')}${count > shown ? ', ...' : ''}]`;
  }

  private socketAddress(address: number, length: number): string {
    if (address === 0) return 'NULL';
    if (length > 128 || !this.c.readable(address, length)) return hex(address);
    return addressText(this.c.memory.u8.slice(address, address + length), this.c.memory.littleEndian);
  }

  private iovec(address: number, count: number, filled: number): string {
    const word = this.c.abi.wordSize;
    if (count > IOV_MAX || filled < 0 || !this.c.readable(address, 2 * word * count)) return this.pointer(address);
    let left = filled;
    const items: string[] = [];
    for (let i = 0; i < Math.min(count, IOVEC_LIMIT); i++) {
      const [base, length] = [this.c.word(address + 2 * word * i), this.c.word(address + 2 * word * i + word)];
      items.push(`{iov_base=${this.buffer(base, Math.min(length, left))}, iov_len=${length}}`);
      left = Math.max(0, left - length);
    }
    return `[${items.join(', ')}${count > IOVEC_LIMIT ? ', ...' : ''}]`;
  }

  private struct(address: number, layout: Layout): string {
    if (address === 0) return 'NULL';
    if (!this.c.readable(address, layout.size)) return hex(address);
    const { brief } = layout.spec;
    const fields = brief === undefined ? layout.fields : layout.fields.filter((f) => brief.includes(f.name));
    const pointers = new Set(layout.spec.fields.filter(([, type]) => type === 'pointer').map(([n]) => n));
    const items = fields.map((f) => {
      const v = readScalar(this.c.memory.view, address + f.offset, f.size, f.signed, layout.littleEndian);
      return `${f.name}=${f.name.endsWith('_mode') ? fileMode(v) : pointers.has(f.name) ? this.pointer(v) : v}`;
    });
    if (layout.fields.length === 1) return `[${items[0]!.replace(/^[^=]*=/, '')}]`;
    return `{${items.join(', ')}${brief === undefined ? '' : ', ...'}}`;
  }
}

function creates(c: Context, openFlags: number): boolean {
  const own: Constants = { ...O, ...c.abi.constants.open };
  return (openFlags & (own['O_CREAT']! | own['__O_TMPFILE']!)) !== 0;
}

function errorText(r: number): string {
  const info = ERRORS.get(-r);
  return info === undefined ? `-1 (errno ${-r})` : `-1 ${info.name} (${info.message})`;
}
