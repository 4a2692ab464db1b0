import { OPTIONS, UsageError, variablesOf } from './options';
import { parseCommandLine } from './parse';

const parse = (argv: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
  parseCommandLine(argv, (name) => variables[name]);

describe('parseCommandLine', () => {
  it('leaves everything after the program to it', () => {
    const line = parse(['-strace', './prog', '-L', '--strace', '--', '']);
    expect(line.program).toBe('./prog');
    expect(line.args).toEqual(['-L', '--strace', '--', '']);
    expect(line.settings).toMatchObject({ strace: true, ldPrefix: undefined });
  });

  it('takes -- as the end of options, and a lone dash as a program', () => {
    expect(parse(['--', '-prog', 'x'])).toMatchObject({ program: '-prog', args: ['x'] });
    expect(parse(['-'])).toMatchObject({ program: '-', args: [] });
    expect(parse([]).program).toBeUndefined();
  });

  it.each([['-L', '/a'], ['--L', '/a'], ['-L=/a'], ['-ld-prefix', '/a'], ['--ld-prefix', '/a'], ['--ld-prefix=/a']])(
    'reads an argument however it is written: %s %s',
    (...argv) => expect(parse([...argv, 'p'])).toMatchObject({ program: 'p', settings: { ldPrefix: '/a' } }),
  );

  it('keeps a value that has an equals sign or looks like an option', () => {
    expect(parse(['-0=a=b', '-r', '-L', 'p'])).toMatchObject({ program: 'p', settings: { argv0: 'a=b', uname: '-L' } });
  });

  it('accepts every spelling in the table', () => {
    for (const { names, argument, optional } of OPTIONS) {
      for (const name of names) {
        for (const dashes of ['-', '--']) {
          const valid =
            {
              s: '1M',
              'stack-size': '1M',
              'code-cache-size': '1M',
              seed: '1',
              emit: 'js',
              hot: '1',
              opt: 'none',
              E: 'A=1',
              'set-env': 'A=1',
              d: 'page',
              log: 'page',
            }[name] ?? 'x';
          const argv = argument === undefined || optional ? [dashes + name] : [dashes + name, valid];
          expect(parse([...argv, 'program'])).toMatchObject({ program: 'program' });
        }
      }
    }
  });

  it('takes the code cache from options and variables, and the last word from -no-code-cache', () => {
    expect(parse(['program']).settings.codeCache).toBeUndefined();
    expect(parse(['-code-cache', 'program']).settings.codeCache).toBe('');
    expect(parse(['--code-cache=/x', '-code-cache-size', '3G', 'program']).settings).toMatchObject({
      codeCache: '/x',
      codeCacheSize: 3 * 2 ** 30,
    });
    expect(parse(['-code-cache', '-no-code-cache', 'program']).settings.codeCache).toBeUndefined();
  });

  it.each([
    ['8388608', 8388608],
    ['16M', 16 << 20],
    ['64k', 65536],
    ['0x10000', 65536],
  ])('-s %s is %d bytes', (text, bytes) => expect(parse(['-s', text]).settings.stackSize).toBe(bytes));

  it.each([
    [['-zz'], "unknown option '-zz'"],
    [['--zz=1'], "unknown option '--zz=1'"],
    [['--strace=1'], "option 'strace' takes no argument"],
    [['-s', 'big'], "-s: 'big' is not a size in bytes"],
    [['-s', '0'], "-s: '0' is not a possible stack size"],
    [['-s', '9999999M'], "-s: '9999999M' is not a possible stack size"],
    [['--seed=-1'], "--seed: '-1' is not a seed: a whole number below 2^53"],
    [['--hot=0'], "--hot: '0' is not a count from 1 on"],
    [['-emit', 'x86'], "-emit: 'x86' is not one of auto, interp, js, wasm"],
    [['-d', 'in_asm,bogus'], "-d: 'bogus' cannot be logged ('-d help' lists what can)"],
    [['-E', 'FOO'], "-E: 'FOO' is not of the form var=value"],
    [['-U', 'A=1'], "-U: 'A=1' is not the name of a variable"],
  ])('%j is refused', (argv, message) => expect(() => parse([...argv, 'p'])).toThrow(new UsageError(message)));

  it('takes an argument that may be left out only after an equals sign', () => {
    expect(parse(['--profile', 'p'])).toMatchObject({ program: 'p', settings: { profile: '' } });
    expect(parse(['--profile=a.html', 'p'])).toMatchObject({ program: 'p', settings: { profile: 'a.html' } });
    expect(parse(['p']).settings.profile).toBeUndefined();
  });

  it('needs the argument of the last option too', () => {
    expect(() => parse(['-strace', '-L'])).toThrow(new UsageError("missing argument for option 'L'"));
  });

  it('separates environment changes by commas and keeps their order', () => {
    expect(parse(['-E', 'A=1,B=2,3', '-U', 'A,C', '-E', 'A=4']).settings.environment).toEqual(['A=1', 'B=2,3', 'A', 'C', 'A=4']);
  });

  it('collects log items', () => {
    expect([...parse(['-d', 'in_asm,op', '-d', 'page']).settings.logItems]).toEqual(['in_asm', 'op', 'page']);
  });

  it.each([
    ['-h', 'help'],
    ['--help', 'help'],
    ['-version', 'version'],
  ])('%s prints', (arg, print) => expect(parse([arg]).settings.print).toBe(print));

  it('lists instead of running', () => {
    expect(parse(['-cpu', 'help', 'p']).settings.print).toBe('cpu-models');
    expect(parse(['-d', 'help', 'p']).settings.print).toBe('log-items');
  });
});

describe('environment variables', () => {
  it('TSEMU_ comes before QEMU_, and an option before both', () => {
    expect(parse(['p'], { QEMU_CPU: 'q' }).settings.cpu).toBe('q');
    expect(parse(['p'], { QEMU_CPU: 'q', TSEMU_CPU: 't' }).settings.cpu).toBe('t');
    expect(parse(['-cpu', 'o', 'p'], { QEMU_CPU: 'q', TSEMU_CPU: 't' }).settings.cpu).toBe('o');
  });

  it('add to what the options say of the environment and the log', () => {
    const { settings } = parse(['-E', 'B=2', '-d', 'op', 'p'], { QEMU_SET_ENV: 'A=1', TSEMU_UNSET_ENV: 'C', QEMU_LOG: 'page' });
    expect(settings.environment).toEqual(['A=1', 'C', 'B=2']);
    expect([...settings.logItems]).toEqual(['page', 'op']);
  });

  it('switch strace on by being there, as with qemu', () => {
    expect(parse(['p'], { QEMU_STRACE: '' }).settings.strace).toBe(true);
  });

  it('name themselves in errors', () => {
    expect(() => parse(['p'], { QEMU_STACK_SIZE: 'x' })).toThrow(new UsageError("QEMU_STACK_SIZE: 'x' is not a size in bytes"));
  });

  it('exist with the QEMU_ prefix only where qemu-user has the option', () => {
    const qemu = OPTIONS.flatMap(variablesOf).filter((name) => name.startsWith('QEMU_'));
    expect(qemu.sort()).toEqual(
      // qemu-arm -h, version 7.2, and PERFMAP of 8.0
      [
        'ARGV0',
        'CPU',
        'LD_PREFIX',
        'LOG',
        'LOG_FILENAME',
        'PERFMAP',
        'RAND_SEED',
        'SET_ENV',
        'STACK_SIZE',
        'STRACE',
        'UNAME',
        'UNSET_ENV',
      ].map((v) => `QEMU_${v}`),
    );
  });
});
