import { notOurs, type Descriptor } from './inherited-descriptors';

/** A line is number, target, and letters: c for close-on-exec, n for non-blocking. */
function descriptors(text: string): Descriptor[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '))
    .map(([fd, target, flags = '']) => ({
      fd: Number(fd),
      target: target!,
      cloexec: flags.includes('c'),
      nonblocking: flags.includes('n'),
    }))
    .sort((a, b) => a.fd - b.fd);
}

/** What Node 24 has open when our code starts, from a number on and around those that are taken. */
function node(taken: readonly number[] = []): string {
  const own = ['anon_inode:[eventpoll] c', 'anon_inode:[io_uring] c', 'pipe:[901] c', 'pipe:[901] c', 'pipe:[902] cn', 'pipe:[902] cn'];
  own.push(
    'anon_inode:[eventfd] cn',
    '/dev/null c',
    'anon_inode:[eventpoll] c',
    'pipe:[903] cn',
    'pipe:[903] cn',
    'anon_inode:[eventfd] cn',
  );
  let fd = 2;
  const next = (): number => {
    do fd++;
    while (taken.includes(fd));
    return fd;
  };
  return own.map((what) => `${next()} ${what}`).join('\n');
}

describe('descriptors of the parent', () => {
  it('are none where Node has opened all', () => {
    expect(notOurs(descriptors(node()))).toEqual([]);
  });

  it.each([
    ['a file in front', '3 /etc/hostname c', [3]],
    ['files in between and behind', '4 /etc/hostname c\n9 socket:[5] c\n40 /etc/passwd', [4, 9, 40]],
    ['make’s job server', '3 pipe:[77] c\n4 pipe:[77] c', [3, 4]],
    ['make’s job server in between', '5 pipe:[77] c\n6 pipe:[77] c', [5, 6]],
    ['one end of a pipe', '6 pipe:[950] c', [6]],
    ['/dev/null', '4 /dev/null c', [4]],
    ['a descriptor out of reach of libuv', '63 pipe:[77]', [63]],
  ])('%s', (_, lines, expected) => {
    const taken = lines.split('\n').map((l) => Number(l.split(' ')[0]));
    expect(notOurs(descriptors(`${node(taken)}\n${lines}`))).toEqual(expected);
  });

  it('do not include the file of --perf-basic-prof', () => {
    expect(notOurs(descriptors(`${node()}\n20 /tmp/perf-123.map`))).toEqual([]);
  });
});
