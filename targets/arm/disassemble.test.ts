import { location } from '../../translate/ir/block';
import type { CodeReader } from '../target';
import { ARM_CPU_MODELS } from './cpu-models';
import { ArmLifter } from './lift';

const BASE = 0x8000;

function disassemble(bytes: Buffer, thumb: boolean): string[] {
  const inside = (address: number, size: number): boolean => address >= BASE && address + size <= BASE + bytes.length;
  const code: CodeReader = {
    fetch16: (a) => (inside(a, 2) ? bytes.readUInt16LE(a - BASE) : undefined),
    fetch32: (a) => (inside(a, 4) ? bytes.readInt32LE(a - BASE) : undefined),
    unimplemented: () => {},
  };
  const lifter = new ArmLifter(ARM_CPU_MODELS[0]!);
  return lifter.disassemble(code, location(BASE | (thumb ? 1 : 0)), BASE + bytes.length).map((i) => i.text);
}

/** Text of one A32 instruction at 0x8000. */
function a32(word: number): string | undefined {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(word);
  return disassemble(bytes, false)[0];
}

/** Texts of T32 halfwords from 0x8000 on. */
function t32(...halfwords: readonly number[]): string[] {
  const bytes = Buffer.alloc(halfwords.length * 2);
  halfwords.forEach((h, i) => bytes.writeUInt16LE(h, 2 * i));
  return disassemble(bytes, true);
}

// Expected texts are objdump's (binutils 2.40, -M reg-names-std).
const A32: readonly (readonly [word: number, text: string])[] = [
  [0xe0810182, 'add r0, r1, r2, lsl #3'],
  [0xe0910312, 'adds r0, r1, r2, lsl r3'],
  [0x02811c01, 'addeq r1, r1, #256'],
  [0xe2811f40, 'add r1, r1, #64, 30'],
  [0xe1a00001, 'mov r0, r1'],
  [0xe1a00061, 'rrx r0, r1'],
  [0xe1b001a1, 'lsrs r0, r1, #3'],
  [0xe1a00021, 'lsr r0, r1, #32'],
  [0xe1a00251, 'asr r0, r1, r2'],
  [0xe1510002, 'cmp r1, r2'],
  [0xe3e00000, 'mvn r0, #0'],
  [0xe3e00102, 'mvn r0, #-2147483648'],
  [0xe30a1bcd, 'movw r1, #43981'],
  [0xe3441bcd, 'movt r1, #19405'],
  [0xe5910004, 'ldr r0, [r1, #4]'],
  [0xe5910000, 'ldr r0, [r1]'],
  [0xe5b10004, 'ldr r0, [r1, #4]!'],
  [0xe4910004, 'ldr r0, [r1], #4'],
  [0xe5110004, 'ldr r0, [r1, #-4]'],
  [0xe7910182, 'ldr r0, [r1, r2, lsl #3]'],
  [0xe6310062, 'ldrt r0, [r1], -r2, rrx'],
  [0xe4f10001, 'ldrbt r0, [r1], #1'],
  [0xe1d100b2, 'ldrh r0, [r1, #2]'],
  [0xe19100f2, 'ldrsh r0, [r1, r2]'],
  [0xe1c100d8, 'ldrd r0, r1, [r1, #8]'],
  [0xe92d4010, 'push {r4, lr}'],
  [0xe8bd8010, 'pop {r4, pc}'],
  [0xe52d4004, 'push {r4}'],
  [0xe49df004, 'pop {pc}'],
  [0xe8910030, 'ldm r1, {r4, r5}'],
  [0xe8a10030, 'stmia r1!, {r4, r5}'],
  [0xe9110030, 'ldmdb r1, {r4, r5}'],
  [0xeafffffe, 'b 0x8000'],
  [0x0b000000, 'bleq 0x8008'],
  [0xfb000000, 'blx 0x800a'],
  [0xe12fff1e, 'bx lr'],
  [0xe10f0000, 'mrs r0, CPSR'],
  [0xe128f001, 'msr CPSR_f, r1'],
  [0xe0000291, 'mul r0, r1, r2'],
  [0xe0810392, 'umull r0, r1, r2, r3'],
  [0xe10000c1, 'smlabt r0, r1, r0, r0'],
  [0xe6a10012, 'ssat r0, #2, r2'],
  [0xe7e00851, 'ubfx r0, r1, #16, #1'],
  [0xe7c3001f, 'bfc r0, #0, #4'],
  [0xe6bf0071, 'sxth r0, r1'],
  [0xe6ef0471, 'uxtb r0, r1, ror #8'],
  [0xe1910f9f, 'ldrex r0, [r1]'],
  [0xe1810f92, 'strex r0, r2, [r1]'],
  [0xee1d0f70, 'mrc 15, 0, r0, cr13, cr0, {3}'],
  [0xf57ff05b, 'dmb ish'],
  [0xf5d1f004, 'pld [r1, #4]'],
  [0xe320f000, 'nop'],
  [0xef000000, 'svc 0x00000000'],
  [0xe1200070, 'bkpt 0x0000'],
  [0xe7f000f0, 'udf #0'],
  [0xe6000010, '<undefined> 0xe6000010'],
];

describe('disassembly', () => {
  it.each(A32.map(([word, text]) => [word.toString(16), word, text] as const))('%s', (_, word, text) => {
    expect(a32(word)).toBe(text);
  });

  it('gives the instructions of an IT block its conditions', () => {
    // After the block, MOV sets the flags again.
    expect(t32(0xbf1a, 0x1840, 0x2001, 0xea41, 0x0002, 0x2001)).toEqual([
      'itte ne',
      'addne r0, r0, r1',
      'movne r0, #1',
      expect.stringMatching(/^orreq(\.w)? r0, r1, r2$/) as string,
      'movs r0, #1',
    ]);
  });

  it('stops where code cannot be read', () => {
    expect(t32(0xe7fe, 0xf000)).toEqual(['b 0x8000']);
  });
});
