/**
 * Turns test cases into an ELF program. The program walks through an array of records, one for each
 * case and input: it loads the flags and all registers including the PC from the record, which jumps to the case's
 * instructions; they end with a jump back to code that stores all registers and flags. Behind each stored set lies
 * the scratch memory of that record. At the end the program writes everything to standard output.
 */
import type { Format } from './format';
import type { Image } from './image-comparison';
import { align, headersSize, PAGE, placeCases, resolve, runsOf, writeElfHeaders } from './program-file';
import { ARM_NOP, codeSize, THUMB_NOP, type Encoding, type TestCase } from './test-case';

const TEXT_BASE = 0x10000;
const HEADERS_SIZE = headersSize(2);
const EM_ARM = 40;
/** Instructions that load from the PC's neighbourhood reach 4095 bytes to either side. */
const LITERAL_REACH = 4096;
const RECORD_SIZE = 17 * 4; // apsr, r0-r12, sp, lr, pc
const STATE_SIZE = 16 * 4; // r0-r12, sp, lr, apsr

/** What the images of a campaign have in common. */
export interface ImageShape {
  /** Words of scratch memory for each run. */
  readonly scratchWords: number;
  readonly format: Format;
}

/** The output has the registers and then the scratch memory of each run. */
export function buildImage(cases: readonly TestCase[], { scratchWords, format }: ImageShape): Image<TestCase> {
  const runs = runsOf(cases);
  const outputSize = STATE_SIZE + scratchWords * 4;

  const codeStart = TEXT_BASE + HEADERS_SIZE + DRIVER_SIZE + LITERAL_REACH;
  const { text, codeAddress } = layOutCode(cases, codeStart, format);
  const dataBase = align(codeStart + text.length + LITERAL_REACH, PAGE);
  const cursor = dataBase;
  const records = cursor + 8;
  const output = records + runs.length * RECORD_SIZE;
  const end = output + runs.length * outputSize;

  const driver = assembleDriver(
    {
      cursor,
      recordsEnd: output,
      output,
      outputLength: end - output,
      scratchBytes: scratchWords * 4,
    },
    format,
  );
  const elf = Buffer.alloc(end - TEXT_BASE);
  writeHeaders(elf, dataBase - TEXT_BASE, format);
  driver.copy(elf, HEADERS_SIZE);
  text.copy(elf, codeStart - TEXT_BASE);

  const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
  const put = (address: number, value: number): void => view.setInt32(address - TEXT_BASE, value, format.littleEndianData);
  put(cursor, records);
  put(cursor + 4, output);
  runs.forEach(({ testCase, input }, i) => {
    const code = codeAddress.get(testCase)!;
    const scratch = output + i * outputSize + STATE_SIZE;
    const record = records + i * RECORD_SIZE;
    put(record, input.apsr);
    input.registers.forEach((v, r) => put(record + 4 + 4 * r, resolve(v, code, scratch)));
    put(record + 64, code | (testCase.thumb ? 1 : 0));
    input.scratch.forEach((v, k) => put(scratch + 4 * k, resolve(v, code, scratch)));
  });
  return { elf, runs, codeAddress, recordSize: outputSize };
}

function word(value: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, littleEndian);
  return bytes;
}

/** Each case's instructions, 4-aligned, followed by a jump to the driver. */
function layOutCode(
  cases: readonly TestCase[],
  start: number,
  format: Format,
): { text: Buffer; codeAddress: ReadonlyMap<TestCase, number> } {
  const { codeAddress, end } = placeCases(cases, start, (c) => align(codeSize(c.code), 4) + 8);
  const text = Buffer.alloc(end - start);
  for (const c of cases) {
    const code = new CodeWriter(text, codeAddress.get(c)! - start, c.thumb, format);
    for (const e of c.code) code.write(e);
    code.jumpTo(TEXT_BASE + HEADERS_SIZE + DRIVER_EPILOGUE);
  }
  return { text, codeAddress };
}

/** Writes instructions in the byte order of code and what lies among them in that of data. */
class CodeWriter {
  private readonly view: DataView;

  constructor(
    text: Buffer,
    private at: number,
    private readonly thumb: boolean,
    private readonly format: Format,
  ) {
    this.view = new DataView(text.buffer, text.byteOffset, text.length);
  }

  write(e: Encoding): void {
    if (e.size === 2) this.half(e.word, e.data === true ? this.format.littleEndianData : this.format.littleEndianCode);
    else if (this.thumb) {
      this.half(e.word >>> 16);
      this.half(e.word);
    } else this.word(e.word, this.format.littleEndianCode);
  }

  jumpTo(address: number): void {
    if (this.thumb) {
      if (this.at % 4 !== 0) this.half(THUMB_NOP);
      this.half(0xf8df); // ldr.w pc, [pc, #0]
      this.half(0xf000);
    } else {
      this.word(0xe51ff004, this.format.littleEndianCode); // ldr pc, [pc, #-4]
    }
    this.word(address, this.format.littleEndianData);
  }

  private half(h: number, littleEndian = this.format.littleEndianCode): void {
    this.view.setUint16(this.at, h, littleEndian);
    this.at += 2;
  }

  private word(w: number, littleEndian: boolean): void {
    this.view.setInt32(this.at, w, littleEndian);
    this.at += 4;
  }
}

interface DriverParameters {
  readonly cursor: number;
  readonly recordsEnd: number;
  readonly output: number;
  readonly outputLength: number;
  readonly scratchBytes: number;
}

type DriverWord = number | { readonly load: keyof DriverParameters; readonly into: number };

/** A32. The cursor is two words: the address of the current record and that of its output. */
const DRIVER_LOOP: readonly DriverWord[] = [
  { load: 'cursor', into: 14 },
  0xe59ee000, // ldr lr, [lr]
  0xe49e0004, // ldr r0, [lr], #4
  0xe12cf000, // msr APSR_nzcvqg, r0
  0xe89effff, // ldm lr, {r0-pc}
];
const DRIVER_STORE: readonly DriverWord[] = [
  0xee0def50, // mcr p15, 0, lr, c13, c0, 2: TPIDRURW is the one place that needs no free register
  { load: 'cursor', into: 14 },
  0xe59ee004, // ldr lr, [lr, #4]
  0xe8ae1fff, // stm lr!, {r0-r12}
  0xe48ed004, // str sp, [lr], #4
  0xe10f1000, // mrs r1, APSR
  0xee1d0f50, // mrc p15, 0, r0, c13, c0, 2
  0xe8ae0003, // stm lr!, {r0, r1}
  { load: 'scratchBytes', into: 2 },
  0xe08ee002, // add lr, lr, r2
  { load: 'cursor', into: 2 },
  0xe582e004, // str lr, [r2, #4]
  0xe5920000, // ldr r0, [r2]
  0xe2800044, // add r0, r0, #68
  0xe5820000, // str r0, [r2]
  { load: 'recordsEnd', into: 1 },
  0xe1500001, // cmp r0, r1
];
const DRIVER_WRITE: readonly DriverWord[] = [
  { load: 'output', into: 1 },
  { load: 'outputLength', into: 2 },
  0xe3a00001, // write: mov r0, #1
  0xe3a07004, // mov r7, #4: write
  0xef000000, // svc #0
  0xe3500000, // cmp r0, #0
  0xda000003, // ble exit, with the error as the status
  0xe0811000, // add r1, r1, r0
  0xe0522000, // subs r2, r2, r0
  0x1afffff7, // bne write
  0xe3a00000, // mov r0, #0
  0xe3a07001, // exit: mov r7, #1: exit
  0xef000000, // svc #0
];

const DRIVER_EPILOGUE = DRIVER_LOOP.length * 4;
const DRIVER: readonly DriverWord[] = [
  ...DRIVER_LOOP,
  ...DRIVER_STORE,
  // blo to the start
  0x3a000000 | ((-(DRIVER_LOOP.length + DRIVER_STORE.length) - 2) & 0xffffff),
  ...DRIVER_WRITE,
];
const LITERALS = ['cursor', 'recordsEnd', 'output', 'outputLength', 'scratchBytes'] as const;
const DRIVER_SIZE = align((DRIVER.length + LITERALS.length) * 4, 16);

function assembleDriver(parameters: DriverParameters, format: Format): Buffer {
  const out = Buffer.alloc(DRIVER_SIZE, 0);
  DRIVER.forEach((w, i) => {
    // ldr rX, [pc, #to the literal]
    const code = typeof w === 'number' ? w : 0xe59f0000 | (w.into << 12) | ((DRIVER.length + LITERALS.indexOf(w.load) - i - 2) * 4);
    out.set(word(code, format.littleEndianCode), i * 4);
  });
  LITERALS.forEach((name, i) => out.set(word(parameters[name], format.littleEndianData), (DRIVER.length + i) * 4));
  for (let at = (DRIVER.length + LITERALS.length) * 4; at < DRIVER_SIZE; at += 4) out.set(word(ARM_NOP, format.littleEndianCode), at);
  return out;
}

/** A static ARM EABI5 program: one segment for code and one for data, contiguous in the file. */
function writeHeaders(elf: Buffer, textSize: number, { littleEndianData, elfFlags }: Format): void {
  const segments = [
    { offset: 0, size: textSize, flags: 5 },
    { offset: textSize, size: elf.length - textSize, flags: 6 },
  ];
  const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
  writeElfHeaders(view, { littleEndian: littleEndianData, machine: EM_ARM, flags: elfFlags, base: TEXT_BASE, segments }, HEADERS_SIZE);
}
