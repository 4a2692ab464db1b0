/** docs/outline.md names every source file, and nothing else. */
import { outlineEntries, sourceFiles } from '../scripts/outline';

it('docs/outline.md lists the source files (npm run outline mends it)', () => {
  expect([...outlineEntries().keys()]).toEqual(sourceFiles());
});
