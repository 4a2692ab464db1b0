import { describeIf } from '../tests/harness/tools';
import { expectOutput, measureInterleaved, runOnce, WrongResult, type Timing } from './measure';

const sh = (script: string): { name: string; command: string[] } => ({ name: 'script', command: ['sh', '-c', script] });

describeIf(['gcc'], 'measuring', () => {
  it('reports times, peak memory and output', () => {
    const run = runOnce(sh('echo hello'));
    expect(run.output).toBe('hello');
    expect(run.wallMs).toBeGreaterThan(0);
    // This process is much larger
    expect(run.maxRssKiB).toBeGreaterThan(100);
    expect(run.maxRssKiB).toBeLessThan(process.memoryUsage().rss / 2048);
  });

  it('keeps its own descriptor from the program', () => {
    expect(runOnce(sh('[ -e /proc/$$/fd/3 ] || echo closed')).output).toBe('closed');
  });

  it('hashes long output', () => {
    expect(runOnce(sh('yes | head -c 100000')).output).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells how a command failed', () => {
    expect(() => runOnce(sh('echo why >&2; exit 3'))).toThrow(/^script: sh -c .*: status 3 why$/);
    expect(() => runOnce(sh('kill -9 $$'))).toThrow(/signal 9/);
    expect(() => runOnce({ name: 'none', command: ['/does/not/exist'] })).toThrow(/status 127/);
  });

  it('goes on with the others when a command fails or changes its mind', () => {
    const timings = measureInterleaved([sh('echo $$'), sh('echo same'), sh('exit 1')], 3);
    expect(timings[0]).toBeInstanceOf(WrongResult);
    expect((timings[1] as Timing).runs).toHaveLength(3);
    expect(timings[2]).toBeInstanceOf(WrongResult);
  });

  it('says what was expected', () => {
    const command = sh('echo 1');
    expect(() => expectOutput(command, runOnce(command), '2')).toThrow("printed '1', expected '2'");
  });
});
