/** The layering rules of eslint.config.mjs report what they are there for. */
import { join } from 'node:path';
import { runChecked } from './harness/run';

const ROOT = join(__dirname, '..');

/** Lints texts in place of existing files, in a process of its own: jest cannot load an ES module configuration. */
function lint(texts: Readonly<Record<string, string>>): Record<string, string[]> {
  const script = `
    const { ESLint } = require('eslint');
    const texts = ${JSON.stringify(texts)};
    (async () => {
      const eslint = new ESLint();
      const result = {};
      for (const [filePath, text] of Object.entries(texts)) {
        const [{ messages }] = await eslint.lintText(text, { filePath });
        result[filePath] = messages.map((m) => m.ruleId);
      }
      process.stdout.write('RESULT' + JSON.stringify(result));
    })();`;
  const output = runChecked([process.execPath, '-e', script], { cwd: ROOT }).toString();
  return JSON.parse(output.slice(output.indexOf('RESULT') + 6)) as Record<string, string[]>;
}

it('reports imports against the layering', () => {
  const messages = lint({
    'targets/arm/helpers.ts': "export { emitRegion } from '../../translate/emit-js';\n",
    'translate/interpret/index.ts': "export { ARM_TARGET } from '../../targets/arm';\n",
    'translate/ir/types.ts': "export { discover } from '../region';\n",
    'runtime/engine/index.ts': "export { runProgram } from '../../emulator';\n",
    'runtime/host/index.ts': "export { GuestMemory } from '../memory';\n",
    'runtime/memory/index.ts': "export { Interpreter } from '../../translate/interpret';\n",
    'loader/index.ts': "export { SystemCalls } from '../syscalls';\n",
    'emulator/process.ts': "export { main } from '../cli/main';\n",
  });
  for (const rules of Object.values(messages)) expect(rules).toContain('boundaries/dependencies');
});

it('reports Node where a browser must do, foreign functions outside the host, and any', () => {
  const messages = lint({
    'targets/target.ts': "export { readFileSync } from 'node:fs';\nexport const platform = process.platform;\n",
    'translate/ir/block.ts': "import os from 'os';\nexport const n: any = os;\n",
    'runtime/memory/index.ts': "export { load } from 'koffi';\nprocess.dlopen({ exports: {} }, 'x.node');\n",
  });
  expect(messages['targets/target.ts']).toEqual(expect.arrayContaining(['no-restricted-imports', 'no-restricted-globals']));
  expect(messages['translate/ir/block.ts']).toEqual(
    expect.arrayContaining(['no-restricted-imports', '@typescript-eslint/no-explicit-any']),
  );
  expect(messages['runtime/memory/index.ts']).toEqual(expect.arrayContaining(['no-restricted-imports', 'no-restricted-properties']));
});

it('leaves imports with the layering alone', () => {
  const messages = lint({
    'translate/opt/liveness.ts': "export { Op } from '../ir/opcodes';\n",
    'runtime/host/index.ts': "export { load } from 'koffi';\n",
  });
  expect(messages).toEqual({ 'translate/opt/liveness.ts': [], 'runtime/host/index.ts': [] });
});
