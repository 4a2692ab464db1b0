/** Keeps docs/outline.md complete: `npm run outline` adds files that it lacks and removes those that are gone. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(__dirname, '..');
const OUTLINE = join(ROOT, 'docs/outline.md');

/** An entry of the outline: "- `path`: what is in it". */
const ENTRY = /^- `([^`]+)`: (.+)$/;

const HEADER = `# Outline

Every source file in one line. \`npm run outline\` adds what is missing; a test keeps the list true.
`;

/** Source files that the outline lists: everything tracked or about to be, but tests and declarations of foreign modules. */
export function sourceFiles(): string[] {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs', 'launcher/*'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const deleted = new Set(execFileSync('git', ['ls-files', '--deleted'], { cwd: ROOT, encoding: 'utf8' }).split('\n'));
  return files
    .split('\n')
    .filter((f) => f !== '' && !f.endsWith('.test.ts') && !deleted.has(f))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Sorts by folder first, so that each folder is one section. */
const order = (file: string): string => `${posix.dirname(file)}\0${file}`;

/** Path to description, as docs/outline.md has them. */
export function outlineEntries(): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of readFileSync(OUTLINE, 'utf8').split('\n')) {
    const match = ENTRY.exec(line);
    if (match !== null) entries.set(match[1]!, match[2]!);
  }
  return entries;
}

/** First sentence of a file's leading comment. */
function leadingSentence(file: string): string | undefined {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const comment = /^(?:#!.*\n)?(?:\/\*\*([\s\S]*?)\*\/|((?:#.*\n)+))/.exec(text);
  const words = (comment?.[1] ?? comment?.[2])
    ?.replace(/^\s*(\*|#) ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words === undefined ? undefined : /^(.+?)(?:\.? ?$|\. (?=[A-Z]))/.exec(words)?.[1];
}

function describeFile(file: string): string {
  const sentence = leadingSentence(file) ?? (file.endsWith('/index.ts') ? 'what the folder offers to others' : undefined);
  if (sentence === undefined) throw new Error(`${file} has no leading comment to describe it by`);
  return sentence;
}

function update(): void {
  const known = outlineEntries();
  let text = HEADER;
  let folder = '';
  for (const file of sourceFiles()) {
    const inFolder = posix.dirname(file);
    if (inFolder !== folder) text += `\n## ${inFolder === '.' ? 'the root' : inFolder}\n\n`;
    folder = inFolder;
    text += `- \`${file}\`: ${known.get(file) ?? describeFile(file)}\n`;
  }
  writeFileSync(OUTLINE, text);
}

if (require.main === module) update();
