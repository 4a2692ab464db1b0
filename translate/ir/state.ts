/**
 * Layout of a guest's register state, declared by a target as a table of fields.
 *
 * All state lives in one block of bytes in host byte order; i1 fields take 4 bytes and hold 0 or 1.
 * Fields may overlap (ARM's s0/s1 inside d0): every pass and cache treats a write to one as a write
 * to all that share bytes with it.
 */
import type { IrType } from './types';

export interface StateField {
  readonly name: string;
  /** The natural type; a field may also be read and written as another type of the same size. */
  readonly type: IrType;
  /** Byte offset, a multiple of the size. */
  readonly offset: number;
}

export const TYPE_SIZE: Readonly<Record<IrType, number>> = { i1: 4, i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };

/**
 * Fields every target has, at fixed offsets; the engine reads and writes them.
 * - `headroom`: how much of the host's stack compiled code may use for guest calls, in units of STACK_UNIT; 0, which
 *   may be set at any time, asks it to return to the dispatcher at the next call, back edge or exit
 * - `exit`, `exit_info`: why `run` returned (see runtime/engine)
 * - `pc`: guest address of the next instruction; bit 0 selects the compressed instruction set
 *   (Thumb, MIPS16, microMIPS), as in the target's interworking branches
 * - `mode`: the rest of the location (see Location)
 */
export const ENGINE_FIELDS = [
  ['headroom', 'i32'],
  ['exit', 'i32'],
  ['exit_info', 'i32'],
  ['pc', 'i32'],
  ['mode', 'i32'],
] as const;

type EngineField = (typeof ENGINE_FIELDS)[number][0];

/** Word of the state block that holds each engine field. */
export const ENGINE_WORD = Object.fromEntries(ENGINE_FIELDS.map(([name], i) => [name, i])) as Readonly<Record<EngineField, number>>;

/** Bytes of the host's stack that compiled code counts together. */
export const STACK_UNIT = 64;

/**
 * The `headroom` field as long as nothing is pending: 704 KiB of V8's 984. The rest is for one more frame and for what
 * runs before compiled code and is called by it. Deeper recursion unwinds to the dispatcher and starts anew.
 */
export const HEADROOM = (704 * 1024) / STACK_UNIT;

/**
 * Values of the `exit` field that compiled code sets before it returns -1 instead of a pc; where to go
 * on is then in the fields `pc` and `mode`. `Relocate` says only that.
 */
export const ExitCode = { None: 0, Syscall: 1, Relocate: 2, FirstTrap: 16 } as const;

export type FieldSpec = readonly [name: string, type: IrType, offset?: number];

export class StateLayout {
  readonly fields: readonly StateField[];
  /** For each field the indices of the other fields that share bytes with it. */
  readonly overlaps: readonly (readonly number[])[];
  /** Size of the block in bytes. */
  readonly size: number;
  private readonly byName: ReadonlyMap<string, number>;

  /**
   * @param specs the target's own fields, after ENGINE_FIELDS. Without an explicit offset a field
   *   follows its predecessor at the next multiple of its size.
   */
  constructor(specs: readonly FieldSpec[]) {
    const fields: StateField[] = [];
    let end = 0;
    for (const [name, type, offset] of [...ENGINE_FIELDS, ...specs] as FieldSpec[]) {
      const size = TYPE_SIZE[type];
      const at = offset ?? Math.ceil(end / size) * size;
      if (at % size !== 0) throw new RangeError(`field ${name}: offset ${at} is not a multiple of ${size}`);
      fields.push({ name, type, offset: at });
      end = Math.max(end, at + size);
    }
    this.fields = fields;
    this.size = Math.ceil(end / 16) * 16;
    this.byName = new Map(fields.map((f, i) => [f.name, i]));
    this.overlaps = overlapsOf(fields);
  }

  /** Index of a field. Throws if there is none of that name. */
  index(name: string): number {
    const i = this.byName.get(name);
    if (i === undefined) throw new RangeError(`no state field ${name}`);
    return i;
  }

  /** Byte offset of a field. */
  offset(name: string): number {
    return this.fields[this.index(name)]!.offset;
  }
}

function overlapsOf(fields: readonly StateField[]): readonly (readonly number[])[] {
  const byWord = new Map<number, number[]>();
  fields.forEach((f, i) => {
    for (let w = f.offset >> 2; w < (f.offset + TYPE_SIZE[f.type]) >> 2; w++) {
      const l = byWord.get(w);
      if (l) l.push(i);
      else byWord.set(w, [i]);
    }
  });
  return fields.map((f, i) => {
    const others = new Set<number>();
    for (let w = f.offset >> 2; w < (f.offset + TYPE_SIZE[f.type]) >> 2; w++) for (const j of byWord.get(w)!) if (j !== i) others.add(j);
    return [...others];
  });
}
