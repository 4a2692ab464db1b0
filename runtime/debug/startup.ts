/** Marks of where start-up time goes, printed when TSEMU_TRACE_STARTUP is set. */

const enabled = process.env['TSEMU_TRACE_STARTUP'] !== undefined;
const marks: { readonly name: string; readonly at: number }[] = [];

/** Notes that a phase of start-up has just ended. Costs nothing unless asked for. */
export function mark(name: string): void {
  // performance.now() counts from the start of the Node process
  if (enabled) marks.push({ name, at: performance.now() });
}

/** Lines of `milliseconds since process start, milliseconds of the phase, phase`; empty if not asked for. */
export function startupReport(): string {
  let last = 0;
  let text = '';
  for (const { name, at } of marks) {
    text += `startup: ${at.toFixed(2).padStart(8)} ms ${`+${(at - last).toFixed(2)}`.padStart(8)}  ${name}\n`;
    last = at;
  }
  return text;
}
