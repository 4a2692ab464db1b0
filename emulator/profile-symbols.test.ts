import { AddressSpace, GuestMemory, Prot } from '../runtime/memory';
import { run } from '../tests/harness/run';
import { describeIf } from '../tests/harness/tools';
import { compile } from '../tests/programs/compile';
import { GuestSymbols } from './profile-symbols';

const BASE = 0x4000_0000;

describeIf(['arm-linux-gnueabihf-gcc'], 'symbols of guest code', () => {
  it('follow a file wherever it is mapped', () => {
    const file = compile('profiled', { abi: 'armhf', instructionSet: 'thumb', optimisation: 1, linkage: 'static' });
    const line = run(['arm-linux-gnueabihf-nm', file]).stdout.toString().split('\n');
    const address = parseInt(
      line.find((l) => l.endsWith(' T hot'))!,
      16,
    );
    const space = new AddressSpace(new GuestMemory('little'), 0xffff_0000);
    const map = (start: number, name: string): void => {
      // The first segment of a static program holds its code and is mapped from the start of the file at 0x10000
      space.map({ address: start, length: 0x8000, prot: Prot.Read | Prot.Exec, fixed: 'replace', backing: { name, device: 1, inode: 1 } });
    };
    map(BASE, file);
    map(BASE + 0x10_0000, '/nonexistent/lib.so');
    map(BASE + 0x20_0000, '[vectors]');
    const symbols = new GuestSymbols(space.vmas);
    const hot = symbols.at(BASE + (address - 0x10000) + 6);
    expect(hot).toEqual({ name: 'hot', object: file, isSymbol: true });
    expect(symbols.at(BASE + (address - 0x10000) + 1)).toBe(hot);
    expect(symbols.at(BASE + 0x10_0123)).toEqual({ name: 'lib.so+0x122', object: '/nonexistent/lib.so', isSymbol: false });
    expect(symbols.at(BASE + 0x10_1123, 4096).name).toBe('lib.so+0x1000');
    expect(symbols.at(BASE + 0x20_0010)).toMatchObject({ name: '0x40200010', object: '[vectors]' });
    expect(symbols.at(0x5000_0000)).toMatchObject({ object: '[anonymous]', isSymbol: false });
  });
});
