/** What the acceptance tests run: programs of Debian's armhf packages on the files of inputs.ts. None of these rows forks. */

export interface Row {
  /** Path in the sysroot. */
  readonly program: string;
  readonly args: readonly string[];
  /** Standard input: a file of inputs.ts or literal text. */
  readonly stdin?: { readonly file: string } | { readonly text: string };
}

function usrBin(program: string, ...args: readonly string[]): Row {
  return { program: `usr/bin/${program}`, args };
}

/** What flac is told of samples without a header. */
const RAW_AUDIO = ['--endian=little', '--sign=signed', '--channels=2', '--bps=16', '--sample-rate=44100'];

const COREUTILS: readonly Row[] = [
  usrBin('ls', '-l', '--time-style=+%s', 'tree'),
  usrBin('ls', '-laR', '--time-style=long-iso', 'tree/sub'),
  usrBin('ls', '-n', 'text.txt', 'missing'),
  usrBin('stat', '-c', '%n %s %a %Y %F', 'tree/alpha', 'tree/sub', 'tree/.hidden'),
  usrBin('sort', 'text.txt'),
  usrBin('sort', '-k2,2r', '-u', 'text.txt'),
  usrBin('sort', '-g', '-t', 'c', '-k', '2', 'text.txt'),
  usrBin('sha256sum', 'binary.dat', 'text.txt'),
  usrBin('sha512sum', 'binary.dat'),
  usrBin('md5sum', 'binary.dat'),
  usrBin('cksum', 'binary.dat'),
  usrBin('wc', 'text.txt', 'binary.dat'),
  { ...usrBin('wc', '-l'), stdin: { file: 'text.txt' } },
  usrBin('date', '-u', '-d', '@1700000000', '+%FT%T%z %A %j'),
  usrBin('date', '-d', 'TZ="Europe/Berlin" 2004-10-31 06:30', '+%s'),
  usrBin('cut', '-d', ' ', '-f', '2,4-5', 'text.txt'),
  { ...usrBin('tr', 'a-e', 'A-E'), stdin: { file: 'text.txt' } },
  usrBin('uniq', '-c', '-w', '2', 'text.txt'),
  usrBin('head', '-c', '1000', 'binary.dat'),
  usrBin('tail', '-n', '+29990', 'text.txt'),
  { ...usrBin('tail', '-n', '3'), stdin: { file: 'text.txt' } },
  usrBin('od', '-A', 'x', '-t', 'x4', '-N', '512', 'binary.dat'),
  usrBin('od', '-t', 'f8', '-N', '512', 'binary.dat'),
  usrBin('base64', 'binary.dat'),
  usrBin('fold', '-s', '-w', '37', 'text.txt'),
  usrBin('nl', 'text.txt'),
  usrBin('comm', '--nocheck-order', 'text.txt', 'other.txt'),
  usrBin('join', '--nocheck-order', 'text.txt', 'other.txt'),
  usrBin('seq', '-f', '%.3f', '1', '0.37', '2000'),
  usrBin('factor', '1234567890', '1234567890123456789', '99999999999'),
  usrBin('expr', '12345678901234567890', '*', '98765432109876543210'),
  usrBin('printf', '%s %d %05.2f %x %b\n', 'text', '42', '3.14159', '255', 'a\\tb'),
  usrBin('numfmt', '--to=iec', '123456789', '1024', '999'),
  usrBin('shuf', '--random-source=binary.dat', '-n', '20', 'text.txt'),
  { ...usrBin('tsort'), stdin: { text: 'a b b c a c d a\n' } },
  usrBin('pr', '-3', '-l', '40', 'text.txt'),
  usrBin('ptx', 'tree/alpha'),
  usrBin('dd', 'if=binary.dat', 'bs=1000', 'skip=3', 'count=7', 'status=none'),
  usrBin('cat', '-A', 'tree/sub/gamma'),
  usrBin('tac', 'text.txt'),
  usrBin('paste', 'text.txt', 'other.txt'),
  usrBin('du', '-ab', 'tree'),
  usrBin('readlink', '-f', 'tree/../tree/sub'),
  usrBin('test', 'tree/alpha', '-nt', 'tree/Beta'),
  usrBin('basename', '/a/b.c', '.c'),
  usrBin('false'),
  usrBin('echo', 'hello'),
];

const TEXT_TOOLS: readonly Row[] = [
  usrBin('grep', '-cE', '(ab|bc)+d?[0-9]{2,}', 'text.txt'),
  usrBin('grep', '-n', '^abc.*99', 'text.txt'),
  usrBin('grep', '-oP', '(?<=d)\\d+(?= )', 'text.txt'),
  usrBin('grep', '-rl', 'a', 'tree'),
  usrBin('grep', 'matches nothing', 'text.txt'),
  usrBin('sed', '-E', 's/([a-z]+)([0-9]+)/\\2\\1/g', 'text.txt'),
  usrBin('sed', '-n', '100,200{/7/{s//seven/gp}}', 'text.txt'),
  usrBin('gawk', 'BEGIN{for(i=0;i<20000;i++){x=sin(i)*x+i%13; a[i%100]=x}; printf "%.9g\\n", x; print PROCINFO["version"]}'),
  usrBin('gawk', '{n[substr($1,1,2)]+=length($0)} END{m=asorti(n,k); for(i=1;i<=m;i++) print k[i], n[k[i]]}', 'text.txt'),
  usrBin('gawk', '-M', 'BEGIN{print 2^300; printf "%.40f\\n", atan2(1,1)*4}'),
];

/** Programs of a larger system: python, perl and so on (fetch.ts PACKAGE...). */
const OTHERS: readonly Row[] = [
  usrBin('busybox', 'sha256sum', 'binary.dat'),
  usrBin('busybox', 'awk', '{n[$1]+=length($0)} END{for(k in n) s+=n[k]; print s}', 'text.txt'),
  { ...usrBin('busybox', 'bc', '-l'), stdin: { text: '2^500; scale=50; 4*a(1)\n' } },
  usrBin('bash', '-c', 'a=0; for ((i=0;i<5000;i++)); do ((a+=i*i%7)); done; echo $a; printf "%s\\n" ${BASH_VERSION}'),
  usrBin('dash', '-c', 'i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; echo $i'),
  usrBin('mawk', 'BEGIN{for(i=1;i<50000;i++) s+=1/i; printf "%.12f\\n", s}'),
  usrBin('find', 'tree', '-type', 'f', '-newermt', '2004-11-11'),
  usrBin('diff', 'text.txt', 'other.txt'),
  usrBin(
    'perl',
    '-e',
    'my %h; $h{$_*7%1009}.=$_ for 1..50000; print join(",",map{length $h{$_}} sort {$a<=>$b} keys %h) =~ tr/0-9//, "\\n"; printf "%.10f\\n", atan2(1,1)*4',
  ),
  usrBin(
    'python3.11',
    '-S',
    '-c',
    'import hashlib,json,re,zlib,math; d={str(i):i**3 for i in range(2000)}; s=json.dumps(d); print(hashlib.sha256(s.encode()).hexdigest(), zlib.crc32(s.encode()), math.pi**10, 2**521-1)',
  ),
  usrBin(
    'lua5.4',
    '-e',
    'local function fib(n) if n<2 then return n end return fib(n-1)+fib(n-2) end print(fib(20), math.pi, string.rep("x",10):gsub("x","%0y"))',
  ),
  usrBin(
    'sqlite3',
    ':memory:',
    'create table t(a,b); with recursive c(x) as (values(1) union all select x+1 from c where x<20000) insert into t select x, x*x%997 from c; select count(*), sum(b), avg(b) from t; select b,count(*) from t group by b order by 2 desc,1 limit 3;',
  ),
  usrBin('gzip', '-6nc', 'text.txt'),
  usrBin('bzip2', '-9c', 'text.txt'),
  usrBin('xz', '-T1', '-2c', 'text.txt'),
  usrBin('openssl', 'dgst', '-sha3-256', 'binary.dat'),
  usrBin('openssl', 'dgst', '-sha1', '-hmac', 'key', 'binary.dat'),
  usrBin('openssl', 'enc', '-aes-256-ctr', '-K', '00112233445566778899aabbccddeeff', '-iv', '0123456789abcdef', '-in', 'binary.dat'),
  usrBin('openssl', 'enc', '-aes-128-cbc', '-K', '00112233445566778899aabbccddeeff', '-iv', '0123456789abcdef', '-in', 'text.txt'),
  usrBin('cjpeg', '-quality', '90', 'image.ppm'),
  usrBin('cjpeg', '-dct', 'float', '-progressive', 'image.ppm'),
  usrBin('flac', '-s', '-c', '--force-raw-format', ...RAW_AUDIO, 'binary.dat'),
  usrBin('lame', '--quiet', '-r', '-s', '44.1', 'text.txt', '-'),
  { ...usrBin('bc', '-l'), stdin: { text: 'scale=100; 4*a(1)\n' } },
  { ...usrBin('dc'), stdin: { text: '2 2281^1-p\n' } },
  { ...usrBin('jq', '-c', '[.. | numbers] | add'), stdin: { text: '{"a":[1,2,{"b":3.5}]}\n' } },
  { ...usrBin('m4'), stdin: { text: 'define(f,$1-$2-$1)f(x,f(y,z))\n' } },
  { ...usrBin('ed', '-s'), stdin: { text: 'a\nhello\n.\n,p\nQ\n' } },
];

export const ROWS: readonly Row[] = [...COREUTILS, ...TEXT_TOOLS, ...OTHERS];
