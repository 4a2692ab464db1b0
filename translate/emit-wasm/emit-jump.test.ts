/** What stands in for a region that a module imports. */
import { CpuState } from '../ir/cpu-state';
import { HEADROOM, StateLayout } from '../ir/state';
import { buildModule, clearJumpCache, emitJump, instantiate, linkEntry } from './index';

const LABEL = 5 << 16;

it('goes to what the jump cache has for its pc while there is headroom, else to the dispatcher', () => {
  const state = new CpuState(new StateLayout([['r0', 'i32']]));
  const memory = new WebAssembly.Memory({ initial: 0, maximum: 65536, shared: true });
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 2 });
  const environment = { state, memory, helpers: [], table };
  clearJumpCache(state.i32);
  const [pc, elsewhere] = [0x8001_0001, 0x2000_0000];
  const [standIn, other] = instantiate(buildModule([emitJump(pc), emitJump(elsewhere)]), environment);
  state.set('headroom', HEADROOM);
  expect(standIn!(LABEL)).toBe(pc | 0);
  table.set(1, other!);
  linkEntry(state.i32, pc | 0, 1);
  expect(standIn!(LABEL)).toBe(elsewhere);
  state.set('headroom', 0);
  expect(standIn!(LABEL)).toBe(pc | 0);
});
