import { isNative, MACHINES, targetOf } from './machines';

it('has no two rows for the same file', () => {
  for (const m of MACHINES) {
    const flags = m.flags?.[1] ?? 0;
    const matching = MACHINES.filter(
      (o) => o.machine === m.machine && o.class === m.class && o.order === m.order && ((o.flags?.[0] ?? 0) & flags) === (o.flags?.[1] ?? 0),
    );
    expect(matching).toEqual([m]);
  }
});

it('tells the MIPS ABIs apart', () => {
  expect(targetOf({ machine: 8, class: 32, order: 'big', flags: 0x70001007 })).toBe('mips');
  expect(targetOf({ machine: 8, class: 32, order: 'big', flags: 0x80000027 })).toBe('mipsn32');
  expect(targetOf({ machine: 8, class: 64, order: 'little', flags: 0x80000007 })).toBe('mips64el');
});

it('knows that this machine needs no help with its own programs', () => {
  expect(isNative(process.arch === 'arm64' ? 'aarch64' : 'x86_64')).toBe(true);
  expect(isNative('mips')).toBe(false);
});
