/** Writes docs/ir.md, the reference of the IR, from the op table and the pass table: `npm run ir-reference`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OP_NAMES, OPS, type OpName, type OpRow } from '../translate/ir/ops';
import { ENGINE_FIELDS } from '../translate/ir/state';
import { TRAP_KINDS } from '../translate/ir/types';
import { PASSES } from '../translate/opt';

const REFERENCE = join(__dirname, '../docs/ir.md');

export const reference = (): string => readFileSync(REFERENCE, 'utf8');

/** Sections of the op table by their first op, in table order. */
const SECTIONS: readonly (readonly [first: OpName, title: string, text: string])[] = [
  ['const1', 'Constants', ''],
  [
    'get1',
    'Guest state',
    'A field may be accessed as any type of its size, flags only as flags. A write to a field changes all that overlap it.',
  ],
  ['add32', '32-bit integers', 'Shift amounts count modulo 32.'],
  ['eq32', 'Comparisons and flags', ''],
  ['add64', '64-bit integers', 'Shift amounts are `i32` and count modulo 64.'],
  ['addf32', 'Floating point', 'Results are rounded to nearest even; which NaN an operation gives is the business of `nan32` and `nan64`.'],
  [
    'vector1',
    'Vectors',
    'The immediate `vop` is an operation of WebAssembly SIMD by its name, such as `i16x8.add_sat_s`; `translate/ir/vector-ops.ts` lists them.',
  ],
  [
    'load8_u',
    'Guest memory',
    'The effective address is (address + offset) modulo 2^32. Flags: `be` for a big-endian access, `aligned` for one that faults unless its address is a multiple of its size, `aligned4` for one of a word or more that wants a multiple of 4.',
  ],
  ['call0', 'Helpers', 'Functions that a target declares in its helper table.'],
  [
    'insn',
    'Structure',
    '`if` and `endif` guard ops inside a block; they do not nest, and values defined between them are not visible after.',
  ],
];

const INTRODUCTION = `# Intermediate representation

The language between guest and host: lifters (\`targets/\`) produce it through the \`Builder\`, the optimiser (\`translate/opt\`) rewrites it, the
interpreter and the emitters run it. This page is made from the op table in \`translate/ir/ops.ts\` by \`npm run ir-reference\`.

A **block** is straight-line code in SSA form: a value is named by the op that defines it, has one of the types \`i1\` (a flag), \`i32\`, \`i64\`, \`f32\`,
\`f64\` and \`v128\`, and does not leave its block. What crosses blocks is **guest state**: named fields of a layout that each target declares. Every layout
begins with the engine's own fields: ${ENGINE_FIELDS.map(([name]) => `\`${name}\``).join(', ')}.

A block ends in one **terminator**. A location is a guest address, with bit 0 for the compressed instruction set, and a mode after a slash if it is not 0.

## Textual form

\`\`\`
block 0x00010400..0x0001040c {
  insn 0x00010400
  %0 = get32 r0
  %1 = const32 4
  %2 = lt_s32 %0, %1
  if %2 {
    set32 r0, %1
  }
  %3 = load32 %0, +8, be
  branch %2, 0x00010400, 0x0001040c
}
\`\`\`

\`translate/ir/print.ts\` writes it, \`parse.ts\` reads it and \`verify.ts\` checks what it says. The optimiser's tests in \`translate/opt/filetests\` are
written in it.
`;

/** Each kind of terminator in its textual form. */
const TERMINATORS: readonly (readonly [form: string, meaning: string])[] = [
  ['jump LOCATION', 'go on there'],
  ['branch %cond, TAKEN, OTHERWISE', 'go on at the first location if the flag is 1, else at the second'],
  ['call TARGET, returns LOCATION', 'a direct call; the link register is already set'],
  ['indirect %target, HINT[, mode N][, returns LOCATION]', 'go on at an address in interworking form; HINT is `jump`, `call` or `return`'],
  [
    'indirect %target, jump, table FIELD, LOCATION, ...',
    'the same; a value k of the field that is less than the number of locations means the k-th of them',
  ],
  ['indirect %target, jump, table of, LOCATION, ...', 'the same; the computed address may be one of these'],
  ['switch %index, LOCATION, ...', 'a jump table; the index is in range'],
  ['syscall INFO, next LOCATION', 'a system call, then go on there'],
  ['trap KIND, info N, at LOCATION', `an exception: ${TRAP_KINDS.map((k) => `\`${k}\``).join(', ')}`],
];

/** A Markdown table with aligned columns, as prettier writes it. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((h, i) => Math.max(3, h.length, ...rows.map((r) => r[i]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((c, i) => c.padEnd(widths[i]!)).join(' | ')} |\n`;
  return line(header) + line(widths.map((w) => '-'.repeat(w))) + rows.map(line).join('');
}

function opRow(name: OpName): readonly string[] {
  const row: OpRow = OPS[name];
  const result = row.result === 'void' ? '' : row.result;
  return [`\`${name}\``, row.args.join(', '), (row.imms ?? []).join(', '), result, row.doc.replaceAll('*', '×')];
}

/** docs/ir.md as it should be. */
export function irReference(): string {
  let text = `${INTRODUCTION}\n## Terminators\n\n`;
  text += table(
    ['form', 'meaning'],
    TERMINATORS.map(([form, meaning]) => [`\`${form}\``, meaning]),
  );
  SECTIONS.forEach(([first, title, remark], i) => {
    const end = SECTIONS[i + 1]?.[0];
    const ops = OP_NAMES.slice(OP_NAMES.indexOf(first), end === undefined ? undefined : OP_NAMES.indexOf(end));
    text += `\n## ${title}\n\n${remark === '' ? '' : `${remark}\n\n`}`;
    text += table(['op', 'operands', 'immediates', 'result', 'meaning'], ops.map(opRow));
  });
  text += `\n## Passes of the optimiser\n\nIn the order they run; \`--opt\` takes a list of them to run, or with \`-\` to leave out.\n\n`;
  text += table(
    ['pass', 'what it does'],
    Object.entries(PASSES).map(([name, doc]) => [`\`${name}\``, doc]),
  );
  return text;
}

if (require.main === module) writeFileSync(REFERENCE, irReference());
