import { guestEnvironment } from './environment';

describe('guestEnvironment', () => {
  it('is the host environment in its order, with variables changed in place, added at the end and removed', () => {
    const environ = ['Z=1', 'A=2', 'A.B=3', 'AB=4'];
    expect(guestEnvironment(environ, [])).toBe(environ);
    expect(guestEnvironment(environ, ['A=5', 'N=6', 'Z'])).toEqual(['A=5', 'A.B=3', 'AB=4', 'N=6']);
  });

  it('lets the last change of a variable win', () => {
    expect(guestEnvironment([], ['A=1', 'A=2'])).toEqual(['A=2']);
    expect(guestEnvironment([], ['A=1', 'A'])).toEqual([]);
    expect(guestEnvironment(['A=0'], ['A', 'A=1'])).toEqual(['A=1']);
  });
});
