/** Shell scripts whose output the host's shells and programs give too, if only they are run as they should be. */

export interface Script {
  readonly name: string;
  /** Shells of the sysroot, and how they are called; each is compared with the host's shell of the name in `reference`. */
  readonly shells: readonly { readonly program: string; readonly args: readonly string[]; readonly reference: string }[];
  readonly text: string;
}

const BASH = { program: 'usr/bin/bash', args: [], reference: '/bin/bash' };
const DASH = { program: 'usr/bin/dash', args: [], reference: '/bin/sh' };
const ASH = { program: 'usr/bin/busybox', args: ['sh'], reference: '/bin/sh' };

export const SCRIPTS: readonly Script[] = [
  {
    name: 'pipelines, substitutions, here-documents',
    shells: [BASH, DASH, ASH],
    text: `
      echo "pipeline: $(seq 1 100 | grep 7 | sort -rn | head -3 | tr '\\n' ' ')"
      cat <<EOF | sed 's/a/b/g'
here a doc $((1+2)) \`echo back\`
EOF
      f() { local x=$1; echo "f $x"; return 3; }
      f one || echo "rc $?"
      (cd /; pwd; exit 4) || echo "sub $?"
      x=$(printf 'a\\nb\\n' | while read l; do echo "[$l]"; done); echo "$x"
      echo hello > file; cat < file; cat file file | wc -l | tr -d ' '
      if grep -q hello file; then echo found; fi
      echo "a:b:c" | (IFS=: read q r s; echo $s$r$q)
      exec 5>other; echo to5 >&5; exec 5>&-; cat other
      env -i A=1 PATH=/usr/bin:/bin sh -c 'echo $A'
      mkfifo pipe; (echo through a fifo > pipe) & cat < pipe; wait
      sh -c 'exec sh -c "echo executed twice"'
      yes | head -2
      exit 7`,
  },
  {
    name: 'endings and background jobs',
    shells: [BASH, DASH, ASH],
    text: `
      true & p=$!; wait $p; echo "background $?"
      false & p=$!; wait $p || echo "background $?"
      for i in 3 2 1; do (sleep 0.$i; exit $i) & done; wait; echo waited
      sh -c 'exit 200' || echo "exit $?"
      sh -c 'kill -TERM $$' 2> /dev/null; echo "terminated $?"
      (sleep 5 & p=$!; kill -9 $p; wait $p) 2> /dev/null; echo "killed $?"
      trap 'echo handled' USR1
      kill -USR1 $$
      (sleep 0.2; kill -USR1 $$) & wait $!; wait; echo after
      trap 'echo bye' EXIT
      (trap 'echo inner; exit 9' TERM; sleep 3 > /dev/null & wait) & p=$!
      sleep 0.5; kill -TERM $p; wait $p; echo "inner $?"
      nohup sh -c 'echo nohup' 2> /dev/null
      (ulimit -n 64; ulimit -n)`,
  },
  {
    name: 'programs that start programs',
    shells: [BASH, DASH],
    text: `
      for i in one two three; do echo $i > $i; done
      find . -type f -exec cat {} + | sort
      find . -name one -exec sh -c 'echo "found $1"' _ {} \\;
      printf '%s\\n' a b c | xargs -n1 echo item
      printf '%s\\n' 1 2 3 4 | xargs -n2 sh -c 'echo "$0-$1"'
      xargs -a one -I{} echo "[{}]"
      xargs false < one; echo "xargs $?"
      env A=b sh -c 'echo $A'
      printf '#!/bin/sh\\necho script "$@"\\n' > script; chmod +x script; ./script x "y z"
      printf 'echo no first line\\n' > plain; chmod +x plain; ./plain
      ./missing 2> /dev/null; echo "missing $?"
      ./one 2> /dev/null; echo "not executable $?"
      timeout 0.3 sleep 5; echo "timeout $?"
      nice -n 1 echo nice`,
  },
  {
    name: 'job control and what only bash has',
    shells: [BASH],
    text: `
      set -m
      sleep 5 & p=$!
      kill -TERM $p; wait $p 2> /dev/null; echo "killed $?"
      cat < <(echo process substitution)
      coproc cat 2> /dev/null; echo coprocess >&\${COPROC[1]}; read l <&\${COPROC[0]}; echo "$l"
      true | false | true; echo "\${PIPESTATUS[*]}"
      shopt -s lastpipe; set +m; echo last | read v; echo "$v"
      echo "$(< /dev/null)done"`,
  },
];
