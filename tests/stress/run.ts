/**
 * npm run stress -- [--seed N] [--rounds N] [NAME...]: signals, processes and threads under pressure, many rounds of each
 * scenario. What fails is printed with the seed that repeats it.
 */
import { killTree, SCENARIOS } from './scenarios';

function option(args: string[], name: string): number | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : Number(args.splice(at, 2)[1]);
}

async function main(args: string[]): Promise<void> {
  const seed = option(args, '--seed') ?? Math.floor(Math.random() * 2 ** 31);
  const rounds = option(args, '--rounds');
  const report = (name: string, start: number, wrong: string | undefined): void => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${name}: ${wrong === undefined ? 'ok' : `FAILED, --seed ${seed}: ${wrong}`} (${seconds} s)\n`);
    if (wrong !== undefined) process.exitCode = 1;
  };
  process.stdout.write(`seed ${seed}\n`);
  for (const scenario of SCENARIOS.filter(({ name }) => args.length === 0 || args.includes(name))) {
    const start = performance.now();
    report(`${scenario.name}, ${rounds ?? scenario.many} rounds`, start, scenario.run(seed, rounds ?? scenario.many));
  }
  if (args.length > 0 && !args.includes('tree')) return;
  const start = performance.now();
  const left = await killTree();
  report('tree', start, left.length === 0 ? undefined : left.join(''));
}

void main(process.argv.slice(2));
