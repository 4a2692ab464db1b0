/** Runs the semantics of one instruction on given register values, for tests. */
import { GuestAccess, type GuestViews } from '../../../translate/guest-access';
import { Interpreter } from '../../../translate/interpret';
import { Builder } from '../../../translate/ir/builder';
import { CpuState } from '../../../translate/ir/cpu-state';
import { location, type Terminator } from '../../../translate/ir/block';
import { ARM_CPU_MODELS } from '../cpu-models';
import { ARM_HELPERS } from '../helpers';
import { LiftContext } from '../lift-context';
import { ARM_LAYOUT } from '../state';

/** How the instruction is lifted: as the lifter said, simplified by the builder, or with all inputs known constants. */
export const WAYS = ['plain', 'simplified', 'folded'] as const;
export type Way = (typeof WAYS)[number];

/** Register and flag values by field name. */
export type Fields = Readonly<Record<string, number>>;

const MEMORY_BYTES = 0x2000;
const VALUE_FIELD = ARM_LAYOUT.index('exit_info');
const FLAGS = new Set(['n', 'z', 'c', 'v', 'q']);

/** Two pages of readable and writable guest memory at address 0. */
export function smallMemory(): GuestViews {
  const buffer = new ArrayBuffer(MEMORY_BYTES);
  const pages = new Uint8Array(1 << 20);
  pages.fill(3, 0, MEMORY_BYTES >>> 12);
  return { u8: new Uint8Array(buffer), i32: new Int32Array(buffer), view: new DataView(buffer), pages };
}

export interface Outcome {
  readonly state: CpuState;
  readonly terminator: Terminator | undefined;
  /** What the terminator depends on (condition, target); 0 if nothing. */
  readonly value: number;
  /** The lifter's answer: false for undefined. */
  readonly lifted: boolean;
}

/**
 * Lifts and interprets.
 * @param inputs fields that are not 0 before the instruction
 * @param prepare changes the context before the instruction is lifted
 */
export function runSemantics(
  lift: (cx: LiftContext) => void | false,
  inputs: Fields,
  way: Way = 'simplified',
  memory: GuestViews = smallMemory(),
  prepare: (cx: LiftContext) => void = () => {},
): Outcome {
  const ir = new Builder(ARM_LAYOUT, way !== 'plain');
  const cx = new LiftContext(ir, ARM_CPU_MODELS.find((m) => m.name === 'max')!.features);
  cx.pc = 0x1000;
  prepare(cx);
  const state = new CpuState(ARM_LAYOUT);
  for (const [name, value] of Object.entries(inputs)) {
    state.set(name, value);
    if (way === 'folded') setConstant(ir, name, value);
  }
  const lifted = lift(cx) !== false;
  const { terminator } = cx;
  // An engine field that no lifter touches serves to show the value.
  if (terminator?.kind === 'indirect') ir.set32(VALUE_FIELD, terminator.target);
  if (terminator?.kind === 'branch') ir.set1(VALUE_FIELD, terminator.cond);
  const block = ir.finish(location(cx.pc), cx.pc + 4, 1, terminator ?? { kind: 'jump', target: cx.nextLocation() });
  const interpreter = new Interpreter(state, new GuestAccess(memory), ARM_HELPERS);
  interpreter.execute(interpreter.prepare(block));
  return { state, terminator, value: state.get('exit_info'), lifted };
}

function setConstant(ir: Builder, name: string, value: number): void {
  const field = ARM_LAYOUT.index(name);
  if (FLAGS.has(name)) ir.set1(field, ir.const1(value !== 0));
  else ir.set32(field, ir.const32(value));
}
