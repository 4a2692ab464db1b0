/**
 * Coprocessor register transfers that User mode may make (Arm ARM DDI 0406C, section B3.17): thread ID
 * registers, PMUSERENR and the CP15 barriers. All others are undefined there (docs/arm.md has what qemu-arm lets be read besides).
 */
import { PC, type LiftContext, type WordFieldName } from '../lift-context';

/** `p`: coprocessor, `o`: opc1, `n`: CRn, `m`: CRm, `q`: opc2. */
export interface CoprocessorOperands {
  readonly p: number;
  readonly o: number;
  readonly n: number;
  readonly m: number;
  readonly q: number;
  readonly t: number;
}

/** Key of a CP15 register with opc1 = 0. */
function cp15(n: number, m: number, q: number): number {
  return (n << 8) | (m << 4) | q;
}

function registerKey({ p, o, n, m, q }: CoprocessorOperands): number | undefined {
  return p === 15 && o === 0 ? cp15(n, m, q) : undefined;
}

const TPIDRURW = cp15(13, 0, 2);
const TPIDRURO = cp15(13, 0, 3);
/** Says that the performance counters are not for User mode; x264 and others ask before they try. */
const PMUSERENR = cp15(9, 14, 0);
const CP15ISB = cp15(7, 5, 4);
const CP15DSB = cp15(7, 10, 4);
const CP15DMB = cp15(7, 10, 5);

// MRC<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>
export function mrc(cx: LiftContext, f: CoprocessorOperands): void | false {
  const key = registerKey(f);
  const field: WordFieldName | undefined = key === TPIDRURO ? 'tpidruro' : key === TPIDRURW ? 'tpidrurw' : undefined;
  if (key === PMUSERENR ? !cx.features.has('v7') : field === undefined || !cx.features.has('v6k')) return false;
  const value = field === undefined ? cx.ir.const32(0) : cx.word(field);
  if (f.t !== PC) return cx.setReg(f.t, value);
  // Rt = 15 is APSR_nzcv.
  cx.setFlag('n', cx.bit(value, 31));
  cx.setFlag('z', cx.bit(value, 30));
  cx.setFlag('c', cx.bit(value, 29));
  cx.setFlag('v', cx.bit(value, 28));
}

// MCR<c> <coproc>, <opc1>, <Rt>, <CRn>, <CRm>, <opc2>
export function mcr(cx: LiftContext, f: CoprocessorOperands): void | false {
  switch (registerKey(f)) {
    case TPIDRURW:
      if (!cx.features.has('v6k') || f.t === PC) return false;
      cx.setWord('tpidrurw', cx.reg(f.t));
      return;
    case CP15ISB:
      if (!cx.features.has('v6')) return false;
      return instructionBarrier(cx);
    case CP15DSB:
    case CP15DMB:
      if (!cx.features.has('v6')) return false;
      cx.ir.fence();
      return;
    default:
      return false;
  }
}

/** What follows an ISB is fetched anew, so the block ends. */
export function instructionBarrier(cx: LiftContext): void {
  cx.terminator = { kind: 'jump', target: cx.nextLocation() };
}
