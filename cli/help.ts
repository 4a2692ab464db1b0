/** The help text, rendered by yargs from the option table. Loaded only when asked for: yargs takes 60 ms. */
import yargs from 'yargs';
import { DEFAULT_STACK_SIZE } from '../loader';
import { OPTIONS, variablesOf } from './options';

const WIDTH = 110;

/** What `COMMAND -h` prints. */
export async function helpText(command: string): Promise<string> {
  let y = yargs([])
    .scriptName(command)
    .usage(`Usage: ${command} [options] program [arguments...]\n\n${purpose(command)}`)
    .help(false)
    .version(false)
    .wrap(WIDTH);
  for (const option of OPTIONS) {
    const [name, ...alias] = option.names;
    const variables = variablesOf(option).join(', ');
    const argument = option.argument === undefined ? '' : option.optional ? `[=${option.argument}] ` : `<${option.argument}> `;
    y = y.option(name, { alias, describe: `${argument}${option.help}${variables === '' ? '' : ` [${variables}]`}` });
  }
  y = y.epilog(
    "Options are written with one dash or two, with their argument after a space or '='; they end at the program. " +
      'A TSEMU_ variable takes precedence over the QEMU_ one, and an option over both. ' +
      `The stack size is ${DEFAULT_STACK_SIZE} unless given.`,
  );
  return `${await y.getHelp()}\n`;
}

function purpose(command: string): string {
  const target = /^tsemu-(.+)$/.exec(command)?.[1];
  return `Runs a Linux program built for ${target ?? 'another'} processor${target === undefined ? '' : 's'}.`;
}
