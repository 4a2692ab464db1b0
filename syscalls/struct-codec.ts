/**
 * Layouts of kernel structs under a data model, and copying between two layouts of the same struct.
 *
 * A struct is declared once (structs.ts) as a list of typed fields. Its offsets, size and byte order
 * follow from the data model: the guest's ABI or the host's. 64-bit values are moved as two halves,
 * so that no conversion allocates.
 */

/** `long64` is a 64-bit slot of which only the low `long` counts (tv_nsec of the time64 structs). */
export type Scalar = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'long' | 'ulong' | 'pointer' | 'long64';

/** A field: name, a scalar or the name of another struct, and an array length. Names with `_` in front are padding. */
export type FieldSpec = readonly [name: string, type: string, count?: number];

export interface StructSpec {
  readonly fields: readonly FieldSpec[];
  /** Largest alignment of any field, for packed structs. */
  readonly pack?: number;
  /** Fields that must hold the whole value when a wider one is copied in; others are cut (see StructCopier). */
  readonly exact?: readonly string[];
  /** Inode numbers: folded instead of cut, see `foldInode`. */
  readonly inodes?: readonly string[];
  /** Fields that hold a second copy of another field's value: name -> the other. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Fields that hold the upper half of another 64-bit field, which is declared as a 32-bit one here: name -> the other. */
  readonly highs?: Readonly<Record<string, string>>;
  /** Fields whose bits are numbered otherwise: name -> [here, asm-generic] pairs. */
  readonly bits?: Readonly<Record<string, readonly (readonly [here: number, generic: number])[]>>;
  /** The fields strace shows, followed by `...`; all of them if absent. */
  readonly brief?: readonly string[];
}

export interface DataModel {
  readonly byteOrder: 'little' | 'big';
  /** Bytes of `long` and of a pointer. */
  readonly wordSize: 4 | 8;
  /** Alignment of a 64-bit integer in a struct (4 on i386, 8 elsewhere). */
  readonly alignOf64: 4 | 8;
  /** Structs this ABI declares otherwise than the generic kernel headers. */
  readonly structs: Readonly<Record<string, StructSpec>>;
}

export interface LayoutField {
  /** Path of the field, with dots and indices for nested structs and arrays: `ru_utime.tv_sec`, `c_cc.3`. */
  readonly name: string;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

export interface Layout {
  readonly name: string;
  readonly size: number;
  readonly align: number;
  readonly littleEndian: boolean;
  /** Scalars in the order of declaration, without padding. */
  readonly fields: readonly LayoutField[];
  readonly spec: StructSpec;
}

const SIZES: Readonly<Record<Exclude<Scalar, 'long' | 'ulong' | 'pointer' | 'long64'>, 1 | 2 | 4 | 8>> = {
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
};

interface ScalarLayout {
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly align: number;
  /** Bytes the slot takes, and where in it the value is. */
  readonly slot: number;
  readonly skip: number;
}

function scalar(type: string, model: DataModel): ScalarLayout | undefined {
  const { wordSize } = model;
  if (type === 'long64') {
    const skip = model.byteOrder === 'big' ? 8 - wordSize : 0;
    return { size: wordSize, signed: true, align: model.alignOf64, slot: 8, skip };
  }
  if (type === 'long' || type === 'ulong' || type === 'pointer')
    return { size: wordSize, signed: type === 'long', align: wordSize, slot: wordSize, skip: 0 };
  const size = SIZES[type as keyof typeof SIZES];
  if (size === undefined) return undefined;
  return { size, signed: type.startsWith('i'), align: size === 8 ? model.alignOf64 : size, slot: size, skip: 0 };
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Lays a struct out. `declared` holds the generic declarations; the model's own come first. */
export function layoutOf(name: string, model: DataModel, declared: Readonly<Record<string, StructSpec>>): Layout {
  const spec = model.structs[name] ?? declared[name];
  if (spec === undefined) throw new RangeError(`no struct ${name}`);
  const fields: LayoutField[] = [];
  const pack = spec.pack ?? 16;
  let end = 0;
  let align = 1;
  for (const [fieldName, type, count] of spec.fields) {
    const s = scalar(type, model);
    const inner = s === undefined ? layoutOf(type, model, declared) : undefined;
    const elementAlign = Math.min(s?.align ?? inner!.align, pack);
    const size = s?.slot ?? inner!.size;
    end = roundUp(end, elementAlign);
    align = Math.max(align, elementAlign);
    for (let i = 0; i < (count ?? 1); i++, end += size) {
      if (fieldName.startsWith('_')) continue;
      const path = count === undefined ? fieldName : `${fieldName}.${i}`;
      if (s !== undefined) fields.push({ name: path, offset: end + s.skip, size: s.size, signed: s.signed });
      else for (const f of inner!.fields) fields.push({ ...f, name: `${path}.${f.name}`, offset: end + f.offset });
    }
  }
  return { name, size: roundUp(end, align), align, littleEndian: model.byteOrder === 'little', fields, spec };
}

/** True if the bytes mean the same under both layouts, so that a pointer can be passed on unchanged. */
export function sameLayout(a: Layout, b: Layout): boolean {
  if (a.size !== b.size || a.littleEndian !== b.littleEndian || a.fields.length !== b.fields.length) return false;
  return a.fields.every((f, i) => {
    const g = b.fields[i]!;
    return f.name === g.name && f.offset === g.offset && f.size === g.size;
  });
}

/**
 * A 64-bit inode number for a 32-bit field. Numbers that fit are kept; the rest are folded, because
 * EOVERFLOW would make stat and readdir of programs without large-file support fail on file systems
 * with 64-bit inodes.
 */
export function foldInode(low: number, high: number): number {
  return high === 0 ? low : low ^ high || 1;
}

/** How a value that is too wide is stored; the codes of StructCopier's moves. */
const CUT = 0;
const EXACT = 1;
const INODE = 2;

/** Numbers per move: source offset, size (negative if signed), target offset, size (negative if signed), narrowing. */
const MOVE_WORDS = 5;

const upperHalf = (f: LayoutField, littleEndian: boolean): LayoutField => ({
  ...f,
  size: 4,
  offset: littleEndian ? f.offset + 4 : f.offset,
});

/** Copies one struct from one layout to another, field by field by name. */
export class StructCopier {
  /** Flat, because stat is called often enough to notice. */
  private readonly moves: Int32Array;
  /** Bytes of the target that no move writes. */
  private readonly holes: readonly number[];
  /** 32-bit fields of the target whose bits are renumbered once they are copied. */
  private readonly renumbered: readonly { readonly offset: number; readonly pairs: readonly (readonly [from: number, to: number])[] }[];

  constructor(
    readonly from: Layout,
    readonly to: Layout,
  ) {
    const source = new Map(from.fields.map((f) => [f.name, f]));
    const { exact = [], inodes = [], copies = {}, highs = {} } = to.spec;
    const covered = new Set<number>();
    const moves: number[] = [];
    for (const f of to.fields) {
      const upper = highs[f.name];
      const whole = source.get(upper ?? copies[f.name] ?? f.name);
      if (whole === undefined || (upper !== undefined && whole.size !== 8)) continue;
      const s = upper === undefined ? whole : upperHalf(whole, from.littleEndian);
      for (let i = 0; i < f.size; i++) covered.add(f.offset + i);
      const narrow = exact.includes(f.name) ? EXACT : inodes.includes(f.name) ? INODE : CUT;
      moves.push(s.offset, s.signed ? -s.size : s.size, f.offset, f.signed ? -f.size : f.size, narrow);
    }
    this.moves = Int32Array.from(moves);
    const pairsOf = (f: LayoutField): readonly (readonly [number, number])[] =>
      to.spec.bits?.[f.name]?.map(([here, generic]) => [generic, here] as const) ?? from.spec.bits?.[f.name] ?? [];
    this.renumbered = to.fields.map((f) => ({ offset: f.offset, pairs: pairsOf(f) })).filter(({ pairs }) => pairs.length > 0);
    this.holes = Array.from({ length: to.size }, (_, i) => i).filter((i) => !covered.has(i));
  }

  /**
   * Fields the source lacks become 0.
   * @returns false if an `exact` field cannot hold its value (the kernel's EOVERFLOW)
   */
  copy(source: DataView, at: number, target: DataView, to: number): boolean {
    const { moves, holes } = this;
    const le = this.from.littleEndian;
    const toLe = this.to.littleEndian;
    for (let i = 0; i < holes.length; i++) target.setUint8(to + holes[i]!, 0);
    let fits = true;
    for (let m = 0; m < moves.length; m += MOVE_WORDS) {
      const p = at + moves[m]!;
      let low: number;
      let high = 0;
      switch (moves[m + 1]!) {
        case 8:
        case -8:
          low = source.getInt32(le ? p : p + 4, le);
          high = source.getInt32(le ? p + 4 : p, le);
          break;
        case 4:
          low = source.getInt32(p, le);
          break;
        case -4:
          low = source.getInt32(p, le);
          high = low >> 31;
          break;
        case 2:
          low = source.getUint16(p, le);
          break;
        case -2:
          low = source.getInt16(p, le);
          high = low >> 31;
          break;
        case 1:
          low = source.getUint8(p);
          break;
        default:
          low = source.getInt8(p);
          high = low >> 31;
      }
      const q = to + moves[m + 2]!;
      const size = moves[m + 3]!;
      switch (Math.abs(size)) {
        case 8:
          target.setInt32(toLe ? q : q + 4, low, toLe);
          target.setInt32(toLe ? q + 4 : q, high, toLe);
          break;
        case 4: {
          const narrow = moves[m + 4]!;
          if (narrow === INODE) low = foldInode(low, high);
          else if (narrow === EXACT && high !== (size < 0 ? low >> 31 : 0)) fits = false;
          target.setInt32(q, low, toLe);
          break;
        }
        case 2:
          target.setInt16(q, low, toLe);
          break;
        default:
          target.setInt8(q, low);
      }
    }
    for (const { offset, pairs } of this.renumbered)
      target.setInt32(to + offset, renumberBits(target.getInt32(to + offset, toLe), pairs), toLe);
    return fits;
  }
}

/** Moves bits to other places. A bit that means something only on the other side does not get its meaning there. */
export function renumberBits(value: number, pairs: readonly (readonly [from: number, to: number])[]): number {
  let out = value;
  for (const [from, to] of pairs) out &= ~(from | to);
  for (const [from, to] of pairs) if ((value & from) === from) out |= to;
  return out;
}

/** Reads one field as a number (64-bit values lose bits past 2^53). */
export function readField(view: DataView, at: number, layout: Layout, name: string): number {
  const f = layout.fields.find((x) => x.name === name);
  if (f === undefined) throw new RangeError(`struct ${layout.name} has no field ${name}`);
  return readScalar(view, at + f.offset, f.size, f.signed, layout.littleEndian);
}

export function readScalar(view: DataView, at: number, size: number, signed: boolean, littleEndian: boolean): number {
  switch (size) {
    case 1:
      return signed ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return signed ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian);
    case 4:
      return signed ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    default: {
      const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
      const p = littleEndian ? at + 4 : at;
      return (signed ? view.getInt32(p, littleEndian) : view.getUint32(p, littleEndian)) * 2 ** 32 + low;
    }
  }
}

/** Writes one field; the value must fit a double exactly. */
export function writeField(view: DataView, at: number, layout: Layout, name: string, value: number): void {
  const f = layout.fields.find((x) => x.name === name);
  if (f === undefined) throw new RangeError(`struct ${layout.name} has no field ${name}`);
  writeScalar(view, at + f.offset, f.size, value, layout.littleEndian);
}

export function writeScalar(view: DataView, at: number, size: number, value: number, littleEndian: boolean): void {
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, littleEndian);
  else if (size === 4) view.setUint32(at, value, littleEndian);
  else {
    view.setUint32(littleEndian ? at : at + 4, value, littleEndian);
    view.setUint32(littleEndian ? at + 4 : at, Math.floor(value / 2 ** 32), littleEndian);
  }
}
