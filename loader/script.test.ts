import { isScript, parseShebang } from './script';

/** `interpreter|argument` of a file that starts with `text`. */
function parsed(text: string): string | undefined {
  const line = parseShebang(Buffer.from(text, 'latin1'));
  if (line === undefined) return undefined;
  const name = Buffer.from(line.interpreter).toString('latin1');
  return line.argument === undefined ? name : `${name}|${Buffer.from(line.argument).toString('latin1')}`;
}

describe('parseShebang', () => {
  it.each([
    ['#!/bin/sh\n', '/bin/sh'],
    ['#! \t/bin/sh \t\nsecond line', '/bin/sh'],
    ['#!/bin/sh', '/bin/sh'],
    ['#!/usr/bin/awk -f\n', '/usr/bin/awk|-f'],
    ['#!/usr/bin/env  -S perl -w  \n', '/usr/bin/env|-S perl -w'],
    ['#!/bin/sh\0junk arg\n', '/bin/sh'],
    ['#!/bin/sh a\0b\n', '/bin/sh|a'],
    ['#!/bin/sh\r\n', '/bin/sh\r'],
    ['#!\n/bin/sh', undefined],
    ['#!  \t ', undefined],
    ['#!', undefined],
  ])('%j', (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it('cuts arguments at 255 bytes, as the kernel does, but refuses a cut interpreter', () => {
    expect(parsed(`#!/bin/sh ${'a'.repeat(400)}\n`)).toBe(`/bin/sh|${'a'.repeat(255 - 10)}`);
    expect(parsed(`#!/${'a'.repeat(400)}\n`)).toBeUndefined();
    expect(parsed(`#!/${'a'.repeat(252)} x\n`)).toBe(`/${'a'.repeat(252)}`);
    expect(parsed(`#!/${'a'.repeat(252)}\n`)).toBe(`/${'a'.repeat(252)}`);
    expect(parsed(`#!/${'a'.repeat(253)} x\n`)).toBeUndefined();
  });
});

it('recognizes scripts by their first two bytes', () => {
  expect(isScript(Buffer.from('#!'))).toBe(true);
  expect(isScript(Buffer.from('#'))).toBe(false);
});
