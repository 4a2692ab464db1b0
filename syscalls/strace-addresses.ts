/** Socket addresses in the manner of strace(1). */
import { AF } from './constants';

/** sun_path as a string, abstract names with the @ that strace puts for the leading NUL. */
function unixPath(path: Uint8Array): string {
  if (path.length === 0) return '';
  const text = (b: Uint8Array): string => Buffer.from(b).toString('latin1');
  if (path[0] === 0) return `, sun_path=@"${text(path.subarray(1))}"`;
  const nul = path.indexOf(0);
  return `, sun_path="${text(nul < 0 ? path : path.subarray(0, nul))}"`;
}

function inet6Text(a: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (a[2 * i]! * 256 + a[2 * i + 1]!).toString(16));
  return groups
    .join(':')
    .replace(/(^|:)0(:0)+(:|$)/, '::')
    .replace(/:{3,}/, '::');
}

/** An address as the guest has it. */
export function addressText(bytes: Uint8Array, littleEndian: boolean): string {
  if (bytes.length < 2) return '{}';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const family = view.getUint16(0, littleEndian);
  const name = Object.entries(AF).find(([, v]) => v === family)?.[0] ?? String(family);
  const rest = ((): string => {
    if (family === AF['AF_UNIX']) return unixPath(bytes.subarray(2));
    if (family === AF['AF_INET'] && bytes.length >= 8)
      return `, sin_port=htons(${view.getUint16(2, false)}), sin_addr=inet_addr("${bytes.subarray(4, 8).join('.')}")`;
    if (family === AF['AF_INET6'] && bytes.length >= 24)
      return `, sin6_port=htons(${view.getUint16(2, false)}), sin6_addr="${inet6Text(bytes.subarray(8, 24))}"`;
    if (family === AF['AF_NETLINK'] && bytes.length >= 12)
      return `, nl_pid=${view.getUint32(4, littleEndian)}, nl_groups=${view.getUint32(8, littleEndian).toString(16).padStart(8, '0')}`;
    return bytes.length > 2 ? ', ...' : '';
  })();
  return `{sa_family=${name}${rest}}`;
}
