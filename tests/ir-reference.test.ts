/** docs/ir.md says what the op table says. */
import { irReference, reference } from '../scripts/ir-reference';
import { OP_NAMES } from '../translate/ir/ops';

it('docs/ir.md is up to date (npm run ir-reference mends it)', () => {
  expect(reference()).toBe(irReference());
});

it('docs/ir.md has every op', () => {
  const text = reference();
  expect(OP_NAMES.filter((name) => !text.includes(`| \`${name}\` `))).toEqual([]);
});
