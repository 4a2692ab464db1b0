import { privateSources } from './private-apt';

it('turns stanzas into sources of one type and leaves security out', () => {
  const text = 'Types: deb\nURIs: http://example.org/debian\nSuites: stable\n\nTypes: deb\nSuites: stable-security\n';
  expect(privateSources(text, true, 'deb-src')).toBe('Types: deb-src\nURIs: http://example.org/debian\nSuites: stable\n');
  expect(privateSources(text.replace('deb\n', 'deb deb-src\n'), true, 'deb')).toMatch(/^Types: deb\n/);
});

it('turns lines into sources of one type', () => {
  const text = '# comment\ndeb [arch=amd64] http://example.org/debian stable main\ndeb-src http://example.org/debian stable main\n';
  expect(privateSources(text, false, 'deb-src')).toBe('deb-src [arch=amd64] http://example.org/debian stable main\n');
  expect(privateSources(`${text}deb http://example.org/ stable-security main\n`, false, 'deb')).toMatch(/^deb \[.*main\n$/);
});
