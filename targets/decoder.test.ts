import { Decoder, type EncodingRow } from './decoder';

const BUCKETS = [
  { shift: 12, width: 4 },
  { shift: 0, width: 2 },
];

function decoder(...rows: readonly (readonly [name: string, pattern: string])[]): Decoder<EncodingRow> {
  return new Decoder(
    rows.map(([name, pattern]) => ({ name, pattern })),
    BUCKETS,
  );
}

describe('Decoder', () => {
  it('finds the row of a word, whatever its order in the table', () => {
    const d = decoder(['general', '0001xxxxxxxxxxxx'], ['special', '00010000xxxxxxxx'], ['other', '0010xxxxxxxxxxx1']);
    expect(d.find(0x1234)?.row.name).toBe('general');
    expect(d.find(0x1034)?.row.name).toBe('special');
    expect(d.find(0x2001)?.row.name).toBe('other');
    expect(d.ambiguities()).toEqual([]);
  });

  it('has no row for an unallocated word', () => {
    const d = decoder(['other', '0010xxxxxxxxxxx1']);
    expect(d.find(0x2000)).toBeUndefined();
    expect(d.find(0x3001)).toBeUndefined();
  });

  it('decodes words with bit 31 set in either sign', () => {
    const d = new Decoder([{ name: 'top', pattern: '1111xxxxxxxxxxxxxxxxxxxxxxxxxxxx' }], [{ shift: 20, width: 12 }]);
    expect(d.find(0xf0000001)?.row.name).toBe('top');
    expect(d.find(0xf0000001 | 0)?.row.name).toBe('top');
  });

  it('takes words apart, also those whose places among the remembered ones are the same', () => {
    const d = decoder(['general', '0001xxxxxxxxyyyy'], ['other', '0010xxxxxxxxxxx1']);
    for (let round = 0; round < 2; round++)
      for (let x = 0; x < 0x1000; x++) expect(d.decode(0x1000 | x)?.fields).toEqual({ x: x >>> 4, y: x & 15 });
    const wide = new Decoder([{ name: 'all', pattern: 'x'.repeat(32) }], [{ shift: 20, width: 12 }]);
    const words = Array.from({ length: 20000 }, (_, i) => Math.imul(i, 0x6c078965) >>> 0);
    for (const word of [...words, ...words]) expect(wide.decode(word)?.fields['x']).toBe(word);
    expect(d.decode(0x3001)).toBeUndefined();
  });

  it('reports rows that overlap without one being a special case of the other', () => {
    const d = decoder(['x', '0001xxxxxxxxxx01'], ['y', '000100xxxxxxxxxx']);
    expect(d.ambiguities().map((pair) => pair.map((r) => r.name).sort())).toEqual([['x', 'y']]);
  });

  it('reports two rows for the same words', () => {
    const d = decoder(['x', '0001xxxxxxxxxxxx'], ['y', '0001yyyyyyyyyyyy']);
    expect(d.ambiguities().length).toBe(1);
  });

  it('does not report rows that a fixed bit tells apart', () => {
    expect(decoder(['x', '0001xxxxxxxxxx01'], ['y', '0001xxxxxxxxxx10']).ambiguities()).toEqual([]);
  });
});
