/** The processor and memory of a guest process: what programs of one target run on. */
import { AddressSpace, GuestMemory, type SharedMappings } from '../runtime/memory';
import type { CpuModel } from '../targets/target';
import { CpuState } from '../translate/ir/cpu-state';
import type { ProcessAbi } from './abi';

export interface Machine {
  readonly abi: ProcessAbi;
  readonly model: CpuModel;
  readonly memory: GuestMemory;
  readonly space: AddressSpace;
  readonly state: CpuState;
}

/** The machine of another thread of the same process. */
export function threadMachine(
  abi: ProcessAbi,
  model: CpuModel,
  from: Pick<GuestMemory, 'memory' | 'pages'>,
  mappings: SharedMappings,
): Machine {
  const memory = new GuestMemory(abi.byteOrder, from);
  return { abi, model, memory, space: new AddressSpace(memory, abi.userLimit, mappings), state: new CpuState(abi.target.layout) };
}

/** @param before the machine that ran the process so far, whose address space is empty: its memory is used again */
export function createMachine(abi: ProcessAbi, model: CpuModel, before?: Machine): Machine {
  const memory = new GuestMemory(abi.byteOrder, before?.memory);
  return { abi, model, memory, space: new AddressSpace(memory, abi.userLimit), state: new CpuState(abi.target.layout) };
}
