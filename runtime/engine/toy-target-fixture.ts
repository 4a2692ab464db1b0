/**
 * A made-up processor for tests of the engine: eight registers, r7 is the link register, instructions
 * are words `oooooooo ddddssss iiiiiiii iiiiiiii`.
 */
import type { CodeReader, Lifter, Target } from '../../targets/target';
import { location, locationPc, type Block, type Location, type Terminator } from '../../translate/ir/block';
import type { Builder } from '../../translate/ir/builder';
import { StateLayout } from '../../translate/ir/state';
import type { I32 } from '../../translate/ir/types';

export const TOY_LAYOUT = new StateLayout(Array.from({ length: 8 }, (_, i) => [`r${i}`, 'i32'] as const));
const R0 = TOY_LAYOUT.index('r0');
const LINK = 7;

/** What the operands after the mnemonic are: registers d and s, a number or a word offset from the instruction to a label. */
const INSTRUCTIONS = {
  /** rd = 4 * address of label: absolute. */
  la: { opcode: 1, operands: ['d', 'address'] },
  addi: { opcode: 2, operands: ['d', 's', 'number'] },
  add: { opcode: 3, operands: ['d', 's'] },
  lw: { opcode: 4, operands: ['d', 's'] },
  sw: { opcode: 5, operands: ['d', 's'] },
  bnez: { opcode: 6, operands: ['s', 'offset'] },
  jump: { opcode: 7, operands: ['offset'] },
  call: { opcode: 8, operands: ['offset'] },
  callr: { opcode: 9, operands: ['s'] },
  jr: { opcode: 10, operands: ['s'] },
  sys: { opcode: 11, operands: ['number'] },
  /** Calls helper 0. */
  helper: { opcode: 12, operands: [] },
  /** Undefined instruction if rs is not 0. */
  trapnz: { opcode: 13, operands: ['s'] },
} as const;
type Mnemonic = keyof typeof INSTRUCTIONS;
const NAMES = new Map(Object.entries(INSTRUCTIONS).map(([name, { opcode }]) => [opcode as number, name as Mnemonic]));

/** Words of a program in lines `label: mnemonic operand, ...`; the labels' addresses go into `labels`. */
export function assemble(base: number, text: string, labels: Record<string, number> = {}): Int32Array {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  const bodies = lines.map((line, i) => {
    const [, label, body] = /^(?:(\w+):)?\s*(.*)$/.exec(line)!;
    if (label !== undefined) labels[label] = base + 4 * i;
    return body!;
  });
  return Int32Array.from(bodies, (body, i) => {
    const [mnemonic, ...operands] = body.split(/[\s,]+/);
    const { opcode, operands: kinds } = INSTRUCTIONS[mnemonic as Mnemonic];
    return kinds.reduce((word: number, kind, k) => word | encode(kind, operands[k]!, base + 4 * i, labels), opcode << 24);
  });
}

function encode(
  kind: (typeof INSTRUCTIONS)[Mnemonic]['operands'][number],
  text: string,
  at: number,
  labels: Record<string, number>,
): number {
  switch (kind) {
    case 'd':
      return Number(text.slice(1)) << 20;
    case 's':
      return Number(text.slice(1)) << 16;
    case 'number':
      return Number(text) & 0xffff;
    case 'address':
      return labels[text]! >> 2;
    case 'offset':
      return ((labels[text]! - at) >> 2) & 0xffff;
  }
}

class ToyLifter implements Lifter {
  lift(ir: Builder, code: CodeReader, at: Location, maxInstructions: number): Block {
    let pc = locationPc(at);
    let n = 0;
    let end: Terminator | undefined;
    while (end === undefined && n < maxInstructions) {
      const word = code.fetch32(pc);
      if (word === undefined) {
        end = n > 0 ? { kind: 'jump', target: pc } : { kind: 'trap', trap: 'fetch', info: 0, at: pc };
        break;
      }
      ir.insn(pc);
      end = this.instruction(ir, pc, word);
      pc += 4;
      n++;
    }
    return ir.finish(at, pc, n, end ?? { kind: 'jump', target: pc });
  }

  private instruction(ir: Builder, pc: number, word: number): Terminator | undefined {
    const d = R0 + ((word >> 20) & 15);
    const s = R0 + ((word >> 16) & 15);
    const immediate = (word << 16) >> 16;
    const target = location(pc + 4 * immediate);
    const next = location(pc + 4);
    const link = (): void => ir.set32(R0 + LINK, ir.const32(next));
    switch (NAMES.get(word >>> 24)) {
      case 'la':
        return void ir.set32(d, ir.const32((word & 0xffff) << 2));
      case 'addi':
        return void ir.set32(d, ir.add32(ir.get32(s), ir.const32(immediate)));
      case 'add':
        return void ir.set32(d, ir.add32(ir.get32(d), ir.get32(s)));
      case 'lw':
        return void ir.set32(d, ir.load32(ir.get32(s), 0, 0));
      case 'sw':
        return void ir.store32(ir.get32(s), ir.get32(d), 0, 0);
      case 'bnez':
        return { kind: 'branch', cond: ir.ne32(ir.get32(s), ir.const32(0)), taken: target, otherwise: next };
      case 'jump':
        return { kind: 'jump', target };
      case 'call':
        link();
        return { kind: 'call', target, returns: next };
      case 'callr': {
        const to: I32 = ir.get32(s);
        link();
        return { kind: 'indirect', target: to, hint: 'call', mode: 0, returns: next };
      }
      case 'jr':
        return { kind: 'indirect', target: ir.get32(s), hint: s === R0 + LINK ? 'return' : 'jump', mode: 0 };
      case 'sys':
        return { kind: 'syscall', info: immediate, next };
      case 'helper':
        return void ir.set32(R0, ir.call0(0));
      case 'trapnz':
        ir.beginIf(ir.ne32(ir.get32(s), ir.const32(0)));
        ir.trap('undefined', pc);
        ir.endIf();
        return undefined;
      case undefined:
        return { kind: 'trap', trap: 'undefined', info: word, at: pc };
    }
  }

  disassemble(): [] {
    return [];
  }
}

/** @param helper what the `helper` instruction runs */
export function toyTarget(helper: () => number): Target {
  return {
    name: 'toy',
    layout: TOY_LAYOUT,
    helpers: [{ name: 'helper', run: helper }],
    models: [],
    defaultModel: '',
    registers: [],
    createLifter: () => new ToyLifter(),
  };
}
