import { fileVersion } from '.';

const NOW = 1_700_000_000_000;

describe('the version of a file', () => {
  it('tells changes of time and size apart', () => {
    const versions = [
      fileVersion(1000, 5, 10, NOW),
      fileVersion(1000, 6, 10, NOW),
      fileVersion(1000, 5, 11, NOW),
      fileVersion(1001, 5, 10, NOW),
    ];
    expect(new Set(versions).size).toBe(4);
    expect(versions).not.toContain(undefined);
    expect(fileVersion(1000, 5, 10, NOW + 1e9)).toBe(versions[0]);
  });

  it('is unknown as long as the file may change again within a tick', () => {
    expect(fileVersion(NOW / 1000, 0, 1, NOW)).toBeUndefined();
    expect(fileVersion(NOW / 1000 + 5, 0, 1, NOW)).toBeUndefined();
    expect(fileVersion(NOW / 1000 - 2, 0, 1, NOW)).toBeDefined();
  });
});
