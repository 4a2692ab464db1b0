/** Keeps the options in README.md the same as the help text: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helpText } from '../cli/help';

const README = join(__dirname, '../README.md');
const BLOCK = /(<!-- options: npm run readme -->\n\n```\n)[\s\S]*?(```\n)/;

export const readme = (): string => readFileSync(README, 'utf8');

/** README.md as it should be. */
export async function readmeWithOptions(): Promise<string> {
  const help = await helpText('tsemu-arm');
  return readme().replace(BLOCK, (_, before: string, after: string) => before + help + after);
}

if (require.main === module) void readmeWithOptions().then((text) => writeFileSync(README, text));
