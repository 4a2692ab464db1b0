#!/bin/sh
# Builds the guests in arm/, mips/, mipsel/ and ppc/ from the sources in arm/. The results are committed, so that tests and the
# README's first command need no cross compiler. Debian: gcc-arm-linux-gnueabihf gcc-arm-linux-gnueabi
# gcc-mips-linux-gnu gcc-mipsel-linux-gnu gcc-powerpc-linux-gnu.
set -eu
cd "$(dirname "$0")/arm"

common='-Os -std=gnu11 -Wall -Wextra -ffreestanding -fno-builtin -fomit-frame-pointer -fno-stack-protector
  -fno-unwind-tables -fno-asynchronous-unwind-tables -nostdlib -s
  -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack'

# build OUTPUT SOURCE COMPILER FLAGS...
build() {
  out=$1 src=$2 cc=$3
  shift 3
  "$cc" $common "$@" -o "$out" "$src" -lgcc
}

v7="arm-linux-gnueabihf-gcc -static -marm"
for name in hello args exit-status file echo flood die cpuinfo processes; do
  build "$name" "$name.c" $v7
done
build hello-thumb    hello.c arm-linux-gnueabihf-gcc -static -mthumb
build hello-armv4t   hello.c arm-linux-gnueabi-gcc   -static -marm -march=armv4t
build hello-thumb1   hello.c arm-linux-gnueabi-gcc   -static -mthumb -march=armv5te
build hello-pie      hello.c arm-linux-gnueabihf-gcc -pie -Wl,--no-dynamic-linker -fPIE -marm
build args-pie-thumb args.c  arm-linux-gnueabihf-gcc -pie -Wl,--no-dynamic-linker -fPIE -mthumb
build die-thumb      die.c   arm-linux-gnueabihf-gcc -static -mthumb

for target in mips mipsel; do
  cd ../$target
  for name in hello args exit-status file echo flood die cpuinfo; do
    build "$name" "../arm/$name.c" $target-linux-gnu-gcc -include ../mips/arch.h -static -mno-abicalls -fno-pic -G0
  done
done

cd ../ppc
for name in hello args exit-status file echo flood die cpuinfo; do
  build "$name" "../arm/$name.c" powerpc-linux-gnu-gcc -include ../ppc/arch.h -static -fno-pic
done
